using System.Text.RegularExpressions;
using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Explorer.Tests;

/// <summary>What needs no browser.</summary>
public partial class TapePageTests
{
    [Fact]
    public void The_page_names_no_address_and_leaves_no_place_open()
    {
        string page = TapePage.Write(Tapes.Expression());

        Assert.Equal(["http://www.w3.org/2000/svg"], Address().Matches(page).Select(match => match.Value));
        Assert.DoesNotMatch(@"\{\{\w+\}\}", page);
        Assert.Contains(TapeJson.Write(Tapes.Expression()), page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_in_a_title_neither_ends_the_page_nor_fills_a_place()
    {
        using Tape tape = new();
        string page = TapePage.Write(TapeView.Of(tape, tape.Watch(Tensor.Scalar(1)), title: "</title></script>{{tape}}"));

        Assert.Contains("<title>&lt;/title&gt;&lt;/script&gt;{{tape}}</title>", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "</script>"));
    }

    [Fact]
    public void It_is_the_same_in_every_culture()
    {
        TapeView view = Tapes.Expression();

        Assert.Equal(TapePage.Write(view), Culture.Foreign(() => TapePage.Write(view)));
    }

    [GeneratedRegex(@"\b\w+://[^\s'""<>)]+")]
    private static partial Regex Address();
}
