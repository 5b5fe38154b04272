using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Tapestry.Autodiff.Inspection;

namespace Tapestry.Autodiff.Tests.Inspection;

public class TapeDotTests
{
    [Fact]
    public async Task The_example_is_a_graph() => await Verifier.Verify(TapeDot.Write(Tapes.Example(Adjoints.Recorded)));

    [Fact]
    public async Task Layers_are_frames() => await Verifier.Verify(TapeDot.Write(Tapes.Layers(Adjoints.Kept)));

    [ToolFact(Tool.Graphviz)]
    public void Graphviz_draws_every_tape_without_a_complaint()
    {
        foreach (TapeView view in (TapeView[])[Tapes.Example(Adjoints.None), Tapes.Example(Adjoints.Recorded), Tapes.Layers(Adjoints.Recorded), Tapes.Hostile()])
        {
            string svg = Drawn(TapeDot.Write(view));

            Assert.Equal(view.Nodes.Count, Regex.Count(svg, "class=\"node\""));
            Assert.Equal(view.Nodes.Sum(node => node.Inputs.Count), Regex.Count(svg, "class=\"edge\""));
        }
    }

    [ToolFact(Tool.Graphviz)]
    public void Whatever_a_name_holds_is_drawn_as_it_is()
    {
        string svg = System.Net.WebUtility.HtmlDecode(Drawn(TapeDot.Write(Tapes.Hostile())));

        Assert.All(["a\"b", "<b>&amp;", "back\\slash\\n", "%% {init}", "#35; `code` *x* _y_", "--> n0; end", "\U0001F600", "<layer \"1\">", "\"<title>\" \\"], name => Assert.Contains(name, svg, StringComparison.Ordinal));
    }

    private static string Drawn(string text)
    {
        using Process dot = Process.Start(new ProcessStartInfo("dot", ["-Tsvg"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8 })!;
        Task<string> error = dot.StandardError.ReadToEndAsync(), output = dot.StandardOutput.ReadToEndAsync();
        dot.StandardInput.Write(text);
        dot.StandardInput.Close();
        dot.WaitForExit();
        Assert.Equal("", error.Result);
        Assert.Equal(0, dot.ExitCode);
        return output.Result;
    }
}
