using System.Text.Json.Nodes;

namespace Tapestry.Mlp.Tests;

/// <summary>
/// The numbers of <c>mlp explain bn --json</c> against those of batchnorm.md, section 1.7, which were computed apart from this project and are printed with nine decimals. The
/// column is [1, 2, 3, 4]: μ = 2.5, σ² = 1.25; statistics start at 0 and 1, γ at 1 and β at 0.
/// </summary>
public class ExplainNumbersTests
{
    private const double Printed = 6e-10;

    // G1 and A17, each ε being a dialect's default where there is one.
    [Theory]
    [InlineData("--epsilon 0", 1.341640786, 0.447213595)]
    [InlineData("--dialect keras1", 1.341635420, 0.447211807)]
    [InlineData("--dialect lasagne", 1.341587124, 0.447195708)]
    [InlineData("", 1.341104452, 0.447034817)]
    [InlineData("--dialect contrib", 1.341104452, 0.447034817)]
    [InlineData("--dialect tf1", 1.341104452, 0.447034817)]
    [InlineData("--dialect paper --epsilon 0", 1.341640786, 0.447213595)]
    [InlineData("--dialect keras1 --mode 2 --training false", 1.341635420, 0.447211807)]
    public async Task G1_training_normalizes_by_the_batch(string options, double outer, double inner) =>
        Near([-outer, -inner, inner, outer], (await Explain($"{options} --on 1,2,3,4"))["output"]);

    [Theory]
    [InlineData("1,2,3,4;", new[] { -1.341623420, -0.447207807, 0.447207807, 1.341623420 })]
    [InlineData("0,0.002;", new[] { -0.300604986, 0.300604986 })]
    public async Task G2_mode_1_takes_each_row_by_itself_and_epsilon_twice(string row, double[] expected) =>
        Near(expected, (await Explain($"--dialect keras1 --mode 1 --on {row}"))["output"]);

    [Theory]
    [InlineData("", "moving_mean", 0.025, "moving_variance", 1.0025)]
    [InlineData("--dialect contrib", "moving_mean", 0.0025, "moving_variance", 1.00025)]
    [InlineData("--dialect lasagne", "mean", 0.25, "inv_std", 0.989439142)]
    [InlineData("--momentum 0.9", "moving_mean", 0.25, "moving_variance", 1.025)]
    [InlineData("--dialect keras1", "running_mean", 0.025, "running_std", 1.0025)]
    [InlineData("--dialect keras1 --mode 1", "running_mean", 0, "running_std", 1)]
    [InlineData("--dialect keras1 --mode 2", "running_mean", 0, "running_std", 1)]
    [InlineData("--training false", "moving_mean", 0, "moving_variance", 1)]
    [InlineData("--dialect contrib --updates deferred", "moving_mean", 0, "moving_variance", 1)]
    [InlineData("--steps 100", "moving_mean", 1.584919147, "moving_variance", 1.158491915)]
    [InlineData("--momentum 0.999 --steps 100", "moving_mean", 0.238019632, "moving_variance", 1.023801963)]
    [InlineData("--dialect contrib --steps 100", "moving_mean", 0.238019632, "moving_variance", 1.023801963)]
    [InlineData("--dialect contrib --updates deferred --steps 100", "moving_mean", 0, "moving_variance", 1)]
    [InlineData("--dialect contrib --updates immediate --steps 100", "moving_mean", 0.238019632, "moving_variance", 1.023801963)]
    public async Task G3_and_G5_passes_move_the_statistics(string options, string mean, double meanAfter, string spread, double spreadAfter)
    {
        JsonNode variables = (await Explain($"{options} --on 1,2,3,4"))["variables"]!;

        Near([meanAfter], variables[mean]);
        Near([spreadAfter], variables[spread]);
    }

    [Fact]
    public async Task G5_a_lasagne_mean_has_nearly_arrived_after_a_hundred_passes() =>
        Near([2.499933597], (await Explain("--dialect lasagne --on 1,2,3,4 --steps 100"))["variables"]!["mean"]);

    // C5: each row has statistics of its own. [1, 2, 3]: μ = 2, σ² = 2/3; [4, 5, 9]: μ = 6, σ² = 14/3; x̂ = (x - μ)/√(σ² + 1e-4). β and γ have an element for each row.
    [Fact]
    public async Task C5_each_example_can_have_statistics_and_weights_of_its_own()
    {
        JsonNode explained = await Explain("--dialect lasagne --axes 1 --on 1,2,3;4,5,9 --upstream 1,1,1,2,2,2 --use-averages false --update-averages false");

        (double first, double second) = (Math.Sqrt((2.0 / 3) + 1e-4), Math.Sqrt((14.0 / 3) + 1e-4));
        Near([-1 / first, 0, 1 / first, -2 / second, -1 / second, 3 / second], explained["output"]);
        Near([3, 6], explained["gradients"]!["beta"]);
        Near([0, 0], explained["variables"]!["mean"]);
    }

    // Columns of variance 1 and 4, one pass each from inv_std = 1: a = 0.9 + 0.1/√(1 + ε) and b = 0.9 + 0.1/√(4 + ε). One after the other they make 0.9·a + (b - 0.9).
    [Fact]
    public async Task G4_lasagne_averages_the_inverse_deviation()
    {
        double a = Number((await Explain("--dialect lasagne --on -1,1"))["variables"]!["inv_std"]);
        double b = Number((await Explain("--dialect lasagne --on -2,2"))["variables"]!["inv_std"]);

        Assert.Equal(0.949994875, (0.9 * a) + (b - 0.9), Printed);
    }

    // The third row has γ = 2 in the source, which doubles dx alone.
    [Theory]
    [InlineData("--epsilon 0 --upstream 1,0,0,0", 1, new[] { 0.268328157, -0.357770876, -0.089442719, 0.178885438 }, -1.341640786, 1)]
    [InlineData("--upstream 1,0,0,0", 1, new[] { 0.268542498, -0.357520651, -0.089514166, 0.178492319 }, -1.341104452, 1)]
    [InlineData("--upstream 1,2,0,-1", 2, new[] { -1.249982247, 1.967524943, -0.179385674, -0.538157022 }, -3.576278539, 2)]
    [InlineData("", 1, new[] { 0.0, 0, 0, 0 }, 0, 4)]
    public async Task G6_the_gradient_of_training_passes_through_the_batchs_statistics(string options, double gamma, double[] dx, double dgamma, double dbeta)
    {
        JsonObject numbers = await Explain($"{options} --on 1,2,3,4");

        Near([.. dx.Select(value => value / gamma)], numbers["input_gradient"]);
        Near([dgamma], numbers["gradients"]!["gamma"]);
        Near([dbeta], numbers["gradients"]!["beta"]);
    }

    [Fact]
    public async Task G8_in_inference_each_row_has_a_gradient_of_its_own() =>
        Near([0.999500375, 0, 0, 2 * 0.999500375], (await Explain("--training false --on 1,2,3,4 --upstream 1,0,0,2"))["input_gradient"], 2 * Printed);

    // The upstream [1, 0, 0, 0] would make r times the gradient of G6; r = 1.118481113, or 1.1 where it is clipped.
    [Theory]
    [InlineData("", new[] { 1.0, 2, 3, 4 }, 1.118481113)]
    [InlineData("rmax=1.1,rmin=0.9,dmax=0.5", new[] { -0.975214897, 0.008261701, 0.991738299, 1.975214897 }, 1.1)]
    public async Task G9_renormalization_corrects_towards_its_own_averages(string bounds, double[] expected, double r)
    {
        JsonObject numbers = await Explain($"--dialect tf1 --on 1,2,3,4 --upstream 1,0,0,0 --renorm {bounds}");

        Near(expected, numbers["output"]);
        Near([.. new[] { 0.268542498, -0.357520651, -0.089514166, 0.178492319 }.Select(value => value * r)], numbers["input_gradient"], 2 * Printed);
        Near([1.001184811], numbers["variables"]!["moving_stddev"]);
        Near([1.001184811], numbers["variables"]!["renorm_stddev"]);
        Near([1.001371026], numbers["variables"]!["moving_variance"]);
        Near([0.025], numbers["variables"]!["moving_mean"]);
        Near([0.025], numbers["variables"]!["renorm_mean"]);
    }

    [Theory]
    [InlineData("", new[] { -1.0, -1, 1, 1 }, 0.999500375, 1)]
    [InlineData("--grouping strided", new[] { -1.0, -1, 1, 1 }, 0.999500375, 1)]
    [InlineData("--grouping contiguous", new[] { -1.0, 1, -1, 1 }, 0.998005980, 0.9925)]
    public async Task G10_virtual_batches_are_normalized_by_themselves(string options, double[] signs, double size, double variance)
    {
        JsonObject numbers = await Explain($"--dialect tf1 --virtual-batch-size 2 {options} --on 1,2,3,4");

        Near([.. signs.Select(sign => sign * size)], numbers["output"]);
        Near([0.025], numbers["variables"]!["moving_mean"]);
        Near([variance], numbers["variables"]!["moving_variance"]);
    }

    // The source has γ = 2 and β = 0.5 behind the adjustment.
    [Fact]
    public async Task G11_the_adjustment_comes_before_gamma_and_beta()
    {
        double[] source = [-2.116319349, -0.238773116, 1.638773116, 3.516319349];

        Near([.. source.Select(value => (value - 0.5) / 2)], (await Explain("--dialect tf1 --adjustment 1.05,0.1 --on 1,2,3,4"))["output"]);
        Near([1, 2, 3, 4], (await Explain("--dialect tf1 --adjustment 1.05,0.1 --on 1,2,3,4 --training false --epsilon 0"))["output"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--dialect keras1")]
    [InlineData("--dialect contrib")]
    [InlineData("--dialect lasagne")]
    [InlineData("--dialect tf1")]
    [InlineData("--dialect paper")]
    public async Task G15_a_batch_of_one_becomes_beta(string options) => Near([0], (await Explain($"{options} --on 3"))["output"]);

    // The four cases of C9; averages are 0 and 1 before the pass, and γ is 1.
    [Theory]
    [InlineData("true", "true", 1, 1, 0.25)]
    [InlineData("true", "false", 1, 1, 0)]
    [InlineData("false", "true", -1.341587124, 0, 0.25)]
    [InlineData("false", "false", -1.341587124, 0, 0)]
    public async Task Lasagne_decides_use_and_update_of_averages_apart(string use, string update, double first, double dx, double mean)
    {
        foreach (string training in (string[])["true", "false"])
        {
            JsonObject numbers = await Explain($"--dialect lasagne --use-averages {use} --update-averages {update} --training {training} --on 1,2,3,4");

            Assert.Equal(first, Number(numbers["output"]![0]), Printed);
            Near([mean], numbers["variables"]!["mean"]);
            Near([dx, dx, dx, dx], numbers["input_gradient"]);
        }
    }

    // E[x] = 2.5, Var[x] = 4/3·1.25 = 5/3: -1.5/√(5/3) = -1.161895004, and no coupling between rows: 1/√(5/3) = 0.774596669.
    [Fact]
    public async Task The_papers_inference_takes_the_populations_statistics()
    {
        JsonObject numbers = await Explain("--dialect paper --epsilon 0 --training false --on 1,2,3,4 --upstream 1,0,0,0");

        Near([-1.161895004, -0.387298335, 0.387298335, 1.161895004], numbers["output"]);
        Near([0.774596669, 0, 0, 0], numbers["input_gradient"]);
        Near([2.5], numbers["variables"]!["population_mean"]);
        Near([5 / 3.0], numbers["variables"]!["population_variance"]);
    }

    [Fact]
    public async Task Json_is_one_object_of_rows_and_of_values_by_name_in_the_layers_order()
    {
        JsonObject numbers = await Explain("--dialect lasagne --on 1,10;2,20;3,30");

        Assert.Equal(["output", "input_gradient", "variables", "gradients"], numbers.Select(pair => pair.Key));
        Assert.All((string[])["output", "input_gradient"], name => Assert.Equal([2, 2, 2], numbers[name]!.AsArray().Select(row => row!.AsArray().Count)));
        Assert.Equal(["beta", "gamma", "mean", "inv_std"], numbers["variables"]!.AsObject().Select(pair => pair.Key));
        Assert.All(numbers["variables"]!.AsObject(), pair => Assert.Equal(2, pair.Value!.AsArray().Count));
        Assert.Equal(["beta", "gamma"], numbers["gradients"]!.AsObject().Select(pair => pair.Key));
        Near([0.2, 2], numbers["variables"]!["mean"]);
    }

    [Theory]
    [InlineData("--dialect contrib", "beta")]
    [InlineData("--center false", "gamma")]
    [InlineData("--center false --scale false", "")]
    [InlineData("--dialect paper", "gamma beta")]
    public async Task Only_the_weights_that_there_are_have_gradients(string options, string names)
    {
        JsonObject numbers = await Explain($"{options} --on 1,2,3,4");

        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries), numbers["gradients"]!.AsObject().Select(pair => pair.Key));
    }

    private static async Task<JsonObject> Explain(string line)
    {
        MlpRun run = await MlpRun.Of(["explain", "bn", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--json"]);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Status);
        return Assert.Single(run.Objects);
    }

    private static void Near(double[] expected, JsonNode? actual, double tolerance = Printed)
    {
        double[] values = [.. actual!.AsArray().SelectMany(item => item is JsonArray row ? row.Select(Number) : [Number(item)])];
        Assert.Equal(expected.Length, values.Length);
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    private static double Number(JsonNode? node) => node is JsonArray row ? row.Single()!.GetValue<double>() : node!.GetValue<double>();
}
