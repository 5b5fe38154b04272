using System.Text.RegularExpressions;

namespace Tapestry.Mlp.Tests;

public partial class DifferentiateTextTests
{
    [Fact]
    public async Task Every_method_is_explained_and_its_numbers_stand_beside_the_others()
    {
        string text = "";
        foreach (string[] args in (string[][])
        [
            ["--expression", "a*b + exp(a)", "--at", "a=1,b=2"],
            ["--expression", "tanh(w*x)", "--at", "w=0.5,x=2", "--wrt", "w", "--by-hand", "w=x*(1 - tanh(w*x)^2)"],
            ["bn", "--on", "1,2,3,4", "--upstream", "1,0,0,0"],
        ])
        {
            MlpRun run = await MlpRun.Of(["differentiate", .. args]);
            Assert.Equal((0, ""), (run.Status, run.Error));
            Assert.All(run.Output.Split('\n'), line => Assert.InRange(line.Replace("\u0302", "", StringComparison.Ordinal).Length, 0, 80)); // the hat of x̂ takes no room
            Assert.All(run.Output.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
            text += $"$ mlp differentiate {string.Join(' ', args.Select(arg => arg.Contains(' ', StringComparison.Ordinal) ? $"'{arg}'" : arg))}\n{run.Output}\n";
        }

        await Verifier.Verify(Masked(text));
    }

    [Fact]
    public async Task Long_inputs_are_cut_short_and_wide_matrices_left_out()
    {
        string output = (await MlpRun.Of("differentiate", "bn", "--on", string.Join(',', Enumerable.Range(1, 20)))).Output;

        Assert.Contains("\n  df/dx[11] ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\n  df/dx[12] ", output, StringComparison.Ordinal);
        Assert.Contains("\n  and 10 more, which --json prints\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("row's sum", output, StringComparison.Ordinal);
        Assert.Contains("\n  largest sum of a row ", output, StringComparison.Ordinal);
    }

    /// <summary>Without times, and without what rounding makes of errors: both are the machine's. Their columns' widths go with them.</summary>
    private static string Masked(string text) => Blanks().Replace(Best().Replace(Errors().Replace(Times().Replace(Steps().Replace(text, "H"), "TIME"), "ERROR"), ""), "  ");

    [GeneratedRegex(@"(?<=difference, h = )1e-\d+")]
    private static partial Regex Steps();

    [GeneratedRegex(@"\d+(\.\d)? µs")]
    private static partial Regex Times();

    [GeneratedRegex(@"(?<=  )(0|-?\d\.\de-?\d+)(?=\s)|(?<= )-?\d\.\de-?\d+(?=[ ,\n])")]
    private static partial Regex Errors();

    [GeneratedRegex(@" +best(?=\s)")]
    private static partial Regex Best();

    [GeneratedRegex("(?<=[^ \n] {1,40}) {2,}(?=[^ ])|(?<=[^ \n]) {3,}")]
    private static partial Regex Blanks();
}
