using System.Globalization;

namespace Tapestry.Mlp.Tests;

public class ExplainTextTests
{
    private const int MostLines = 45;

    [Fact]
    public async Task Each_dialect_is_explained_and_followed_number_by_number()
    {
        string text = "";
        foreach (string options in (string[])
        [
            "--dialect keras",
            "--dialect keras1",
            "--dialect keras1 --mode 1",
            "--dialect contrib",
            "--dialect lasagne",
            "--dialect tf1",
            "--dialect tf1 --renorm rmax=1.1,dmax=0.5 --adjustment 1.05,0.1",
            "--dialect tf1 --virtual-batch-size 2",
            "--dialect paper",
            "--dialect paper --training false",
        ])
        {
            // Mode 1 takes each row by itself: it gets one row of four.
            string line = $"{options} --on 1,2,3,4{(options.EndsWith("--mode 1", StringComparison.Ordinal) ? ";" : "")} --upstream 1,0,0,0";
            MlpRun run = await Explain(line);
            Assert.InRange(run.Output.Split('\n').Length, 15, MostLines);
            text += $"$ mlp explain bn {line.Replace("1,2,3,4;", "'1,2,3,4;'", StringComparison.Ordinal)}\n{run.Output}\n";
        }

        await Verifier.Verify(text);
    }

    [Fact]
    public async Task Without_numbers_it_explains_a_layer_of_the_books_size()
    {
        MlpRun run = await Explain("--axis 1,2 --training false --center false");

        await Verifier.Verify(run.Output);
    }

    // γ = 1 and β = 0, so that what is worked out by hand in the columns before y, apart from the layer, must be y.
    [Theory]
    [InlineData("--on 1,2,3,4")]
    [InlineData("--on 1,2,3,4 --training false --steps 3")]
    [InlineData("--on 1,10;2,40;5,90 --dialect lasagne")]
    [InlineData("--on 1,10;2,40;5,90 --dialect lasagne --use-averages true --steps 4")]
    [InlineData("--on 1,10;2,40;5,90 --dialect keras1 --mode 1")]
    [InlineData("--on 1,10;2,40;5,90 --dialect keras1 --mode 2 --training false")]
    [InlineData("--on 1,10;2,40;5,90 --axes 0,1 --center false --scale false")]
    [InlineData("--on 1,10;2,40;5,90 --dialect contrib --steps 5")]
    [InlineData("--on 1,10;2,40;5,90 --dialect lasagne --axes 1 --center false --scale false")]
    [InlineData("--on 1,10;2,40;5,90 --dialect lasagne --axes -1 --center false --scale false --use-averages true --steps 3")]
    [InlineData("--on 1,10;2,40;5,90 --dialect tf1 --renorm --steps 5")]
    [InlineData("--on 1,10;2,40;5,90 --dialect tf1 --renorm rmax=3,rmin=2,dmax=1 --adjustment 0.93,-0.1 --steps 5")]
    [InlineData("--on 1,7,3,4,8,9 --virtual-batch-size 2")]
    [InlineData("--on 1,7,3,4,8,9 --virtual-batch-size 2 --grouping contiguous")]
    [InlineData("--on 1,7,3,4,8,9 --virtual-batch-size 3 --renorm --steps 3")]
    [InlineData("--on 1,10;2,40;5,90 --dialect paper --training false")]
    public async Task The_columns_lead_to_the_layers_own_output(string options)
    {
        string[] lines = (await Explain(options)).Output.Split('\n');

        int heading = Array.FindIndex(lines, line => line.TrimStart().StartsWith("row ", StringComparison.Ordinal));
        string[] names = Cells(lines[heading].Replace("x - μ", "x-μ", StringComparison.Ordinal));
        string[][] rows = [.. lines[(heading + 1)..].Select(Cells).TakeWhile(cells => cells.Length == names.Length)];
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            double At(string name, double otherwise) => Array.IndexOf(names, name) is >= 0 and var column ? double.Parse(row[column], CultureInfo.InvariantCulture) : otherwise;
            double normalized = At("x̂", double.NaN), result = At("adjusted", (normalized * At("r", 1)) + At("d", 0));
            Assert.Equal(At("x", double.NaN) - At("μ", double.NaN), At("x-μ", double.NaN), 2e-6);

            // Each printed number is off by half a millionth at most, and x̂ and r are multiplied.
            Assert.Equal(result, At("y", double.NaN), 1e-6 * (2 + Math.Abs(normalized) + Math.Abs(At("r", 1))));
        });
    }

    [Theory]
    [InlineData("--dialect contrib --on 1,2,3,4 --steps 3", "the deferred updates were run after each pass")]
    [InlineData("--dialect contrib --on 1,2,3,4 --steps 3 --updates deferred", "6 deferred updates are still queued, and nothing has moved")]
    [InlineData("--dialect contrib", "this pass queues the updates, which do nothing until RunUpdates()")]
    [InlineData("--dialect contrib", "(no γ)")]
    [InlineData("--dialect lasagne", "inv_std ← 0.9·inv_std + 0.1·(1/√(σ² + ε))")]
    [InlineData("--dialect keras1 --mode 1", "x̂  = (x - μ)/(√(σ² + ε) + ε), ε = 1e-5: twice")]
    [InlineData("--axes 0,2,3 --dialect lasagne", "σ² = mean of (x - μ)² over axes 0, 2, 3: divided by m, not by m - 1")]
    [InlineData("--axis 1,2", "[1, 28, 28]")]
    [InlineData("--dialect keras1 --mode 1 --on 1,2,3,4", "of one feature is its own mean. Rows of several end in a semicolon: --on '1,2,3,4;'")]
    [InlineData("--dialect keras1", "running_std holds the variance, whatever its name says")]
    [InlineData("--axes 0 --epsilon 0.25 --momentum 0.75", "x̂  = (x - μ)/√(σ² + ε), ε = 0.25")]
    [InlineData("--axes 0 --epsilon 0.25 --momentum 0.75", "moving_variance ← 0.75·moving_variance + 0.25·σ²")]
    public async Task The_text_says_what_the_options_make(string options, string expected) =>
        Assert.Contains(expected, (await Explain(options)).Output, StringComparison.Ordinal);

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<MlpRun> Explain(string line)
    {
        MlpRun run = await MlpRun.Of(["explain", "bn", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Status);
        return run;
    }
}
