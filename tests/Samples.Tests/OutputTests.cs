using System.Text;
using System.Text.RegularExpressions;

namespace Tapestry.Samples.Tests;

/// <summary>What each sample prints, so that none of them rots.</summary>
public sealed partial class OutputTests
{
    private static readonly string[] Samples = ["TapeTour", "CustomOperation", "CustomLayer"];

    [Fact]
    public async Task Each_sample_prints_what_its_comments_say()
    {
        StringBuilder text = new();
        foreach (string sample in Samples) text.Append("$ dotnet run --project samples/").Append(sample).Append('\n').Append(SampleRun.Of(sample)).Append('\n');

        // Where rounding leaves a check worst, and by how much, is the machine's own.
        await Verifier.Verify(Rounding().Replace(text.ToString(), "passed: ..."));
    }

    [Fact]
    public void Output_does_not_depend_on_the_culture()
    {
        foreach (string sample in Samples) Assert.Equal(SampleRun.Of(sample), Culture.Foreign(() => SampleRun.Of(sample)));
    }

    [GeneratedRegex("passed: .+")]
    private static partial Regex Rounding();
}
