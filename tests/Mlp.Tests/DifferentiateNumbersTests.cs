using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tapestry.Mlp.Tests;

/// <summary>
/// The numbers of <c>mlp differentiate --json</c>: for batch normalization those of batchnorm.md, section 1.7, which were computed apart from this project and are printed with
/// nine decimals; for expressions those of calculus.
/// </summary>
public class DifferentiateNumbersTests
{
    private const double Printed = 6e-10;
    private const double Exact = 1e-12;
    private const double Numerical = 1e-6;

    [Theory]
    [InlineData("--epsilon 0", 1, new[] { 0.268328157, -0.357770876, -0.089442719, 0.178885438 }, -1.341640786, 1)]
    [InlineData("--on 1,2,3,4 --upstream 1,0,0,0", 1, new[] { 0.268542498, -0.357520651, -0.089514166, 0.178492319 }, -1.341104452, 1)]
    [InlineData("--gamma 2 --upstream 1,2,0,-1", 2, new[] { -1.249982247, 1.967524943, -0.179385674, -0.538157022 }, -3.576278539, 2)]
    public async Task G6_every_method_finds_the_gradient_of_batch_normalization(string options, double gamma, double[] dx, double dgamma, double dbeta)
    {
        JsonObject study = await Differentiate($"bn {options}");

        Assert.Equal(gamma, Flat(study["at"]!["gamma"]).Single());
        Assert.True(Methods(study).Count >= 6);
        foreach ((string method, JsonNode row) in Methods(study))
        {
            bool isNumerical = method.Contains("difference", StringComparison.Ordinal);
            double[] derivatives = [.. Flat(row["derivatives"]!["x"]), .. Flat(row["derivatives"]!["gamma"]), .. Flat(row["derivatives"]!["beta"])];
            Near([.. dx, dgamma, dbeta], derivatives, isNumerical ? Numerical : Printed, method);
            Assert.InRange(row["error"]!.GetValue<double>(), 0, isNumerical ? Numerical : Exact);
        }
    }

    [Fact]
    public async Task G7_every_method_finds_the_hessian_of_the_first_output_symmetric_and_with_rows_that_sum_to_0()
    {
        double[] expected =
        [
            0.241495052, -0.187508134, -0.080498351, 0.026511433,
            -0.187508134, 0.116168279, -0.026832784, 0.098172639,
            -0.080498351, -0.026832784, 0.205503774, -0.098172639,
            0.026511433, 0.098172639, -0.098172639, -0.026511433,
        ];
        JsonNode hessian = (await Differentiate("bn"))["hessian"]!;

        Near(expected, Flat(hessian["values"]), Printed, "forward over reverse");
        Assert.InRange(hessian["asymmetry"]!.GetValue<double>(), 0, Exact);
        Near([0, 0, 0, 0], Flat(hessian["row_sums"]), Exact, "row sums");
        Assert.Equal(["by hand", "5-point difference of the gradient", "symbolic", "reverse over reverse"], hessian["errors"]!.AsObject().Select(pair => pair.Key));
        Assert.All(hessian["errors"]!.AsObject(), pair => Assert.InRange(pair.Value!.GetValue<double>(), 0, pair.Key.Contains("difference", StringComparison.Ordinal) ? Numerical : Exact));
    }

    // Rows of two features are two columns side by side; the second is three times the first, whose x̂ is the same but for ε.
    [Fact]
    public async Task Every_feature_has_its_own_statistics()
    {
        JsonObject study = await Differentiate("bn --on 1,3;2,6;3,9;4,12 --upstream 1,1;0,0;0,0;0,0 --epsilon 0");

        double[] dx = Flat(Row(study, "by hand")["derivatives"]!["x"]);
        Near([0.268328157, 0.268328157 / 3, -0.357770876, -0.357770876 / 3, -0.089442719, -0.089442719 / 3, 0.178885438, 0.178885438 / 3], dx, Printed, "dx");
        Assert.All(Methods(study), pair => Assert.InRange(pair.Row["error"]!.GetValue<double>(), 0, Numerical));
    }

    // Truncation falls as h² and as h⁴; rounding rises as 1/h, to where nothing is right.
    [Fact]
    public async Task The_error_of_differences_over_the_step_is_a_V()
    {
        foreach (string line in (string[])["bn", "--expression exp(a)*tanh(b) --at a=1,b=0.5"])
        {
            JsonObject study = await Differentiate(line);
            foreach ((string key, double order) in ((string, double)[])[("central", 2), ("five_point", 4)])
            {
                double[] errors = [.. study["steps"]!.AsArray().Select(step => step!["errors"]![key]!.GetValue<double>())];
                double[] steps = [.. study["steps"]!.AsArray().Select(step => step!["h"]!.GetValue<double>())];
                int best = Array.IndexOf(steps, study["best"]![key]!.GetValue<double>());

                Assert.Equal(14, steps.Length);
                Assert.Equal((1e-1, 1e-14), (steps[0], steps[^1]));
                Assert.Equal(errors.Min(), errors[best]);
                Assert.InRange(steps[best], 1e-7, 1e-2);
                Assert.InRange(Math.Log10(errors[0] / errors[1]), order - 0.1, order + 0.1);
                Assert.True(errors[^1] > 1e5 * errors[best], $"{line}, {key}: {errors[best]} at best, {errors[^1]} in the end");
            }
        }
    }

    // c = a·b + eᵃ at a = 1, b = 2: dc/da = b + eᵃ = 2 + e, dc/db = a = 1.
    [Fact]
    public async Task Every_method_agrees_on_the_readmes_example()
    {
        JsonObject study = await Differentiate("--expression a*b+exp(a) --at a=1,b=2");

        Assert.Equal(["central difference", "5-point difference", "symbolic", "forward mode", "reverse mode"], Methods(study).Select(pair => pair.Method.Split(',')[0]).Where(method => !method.StartsWith("elimination", StringComparison.Ordinal)));
        foreach ((string method, JsonNode row) in Methods(study))
        {
            Near([2 + Math.E, 1], [.. Flat(row["derivatives"]!["a"]), .. Flat(row["derivatives"]!["b"])], method.Contains("difference", StringComparison.Ordinal) ? Numerical : Exact, method);
        }

        Assert.Equal(2 + Math.E, study["value"]!.GetValue<double>(), Exact);
        Assert.Equal("1*exp(a) + 1*b", Lines(study["formulas"]!["a"]!["recorded"]));
        Assert.Equal("b + exp(a)", Lines(study["formulas"]!["a"]!["simplified"]));
        Assert.Equal("a", Lines(study["formulas"]!["b"]!["simplified"]));
    }

    // Three entries forward: a·b, eᵃ and the sum. In reverse ȳ·eᵃ, ȳ·b, their sum, and ȳ·a; forward ta·b, ta·eᵃ, their sum, and tb·a. The formulas are eᵃ and a sum.
    [Fact]
    public async Task Operations_are_the_entries_that_each_method_leaves()
    {
        JsonObject study = await Differentiate("--expression a*b+exp(a) --at a=1,b=2");

        int[] counts = [.. Methods(study).Where(pair => pair.Row["operations"] is not null).Select(pair => pair.Row["operations"]!.GetValue<int>())];
        Assert.Equal([2 * 2 * 3, 4 * 2 * 3, 2, 3 + 4, 3 + 4], counts);
    }

    // A vertex costs what leads into it times what leads out of it. (a·b)·(eᵃ)²: forward the product of the inputs 2·1, eᵃ and its square 1·1 each; backward the same.
    // sin u·cos v + w with u = v = w = a·b, each written out and so recorded: forward u, sin, v, cos, their product and w all have come to depend on both inputs, 2·1 each;
    // backward w and the product 2·1, cos 1·1, v 2·1, sin 1·1, u 2·1. The cheapest first costs as much.
    [Theory]
    [InlineData("a*b*exp(a)^2", 4, 4, 4)]
    [InlineData("sin(a*b)*cos(a*b)+a*b", 12, 10, 10)]
    public async Task Orders_of_elimination_are_told_by_their_multiplications(string expression, params int[] expected)
    {
        JsonObject study = await Differentiate($"--expression {expression} --at a=1,b=2");

        string[] names = ["elimination, forward", "elimination, reverse", "elimination, Markowitz's"];
        Assert.Equal(expected, names.Select(name => Row(study, name)["multiplications"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("exp(t)", "t=0.5", "df/dt = exp(t)")]
    [InlineData("log(t)", "t=0.5", "df/dt = 1/t")]
    [InlineData("log1p(t)", "t=0.5", "df/dt = 1/(1 + t)")]
    [InlineData("expm1(t)", "t=0.5", "df/dt = exp(t)")]
    [InlineData("sqrt(t)", "t=0.5", "df/dt = 1/(2*sqrt(t))")]
    [InlineData("rsqrt(t)", "t=0.5", "df/dt = -1/(2*t*sqrt(t))")]
    [InlineData("t^2", "t=0.5", "df/dt = 2*t")]
    [InlineData("t^3", "t=-0.5", "df/dt = 3*t^(3 - 1)")]
    [InlineData("3^t", "t=0.5", "df/dt = 3^t*log(3)")]
    [InlineData("u^v", "u=0.5,v=3", "df/du = v*u^(v - 1) | df/dv = u^v*log(u)")]
    [InlineData("tanh(t)", "t=0.5", "df/dt = 1 - tanh(t)^2")]
    [InlineData("sigmoid(t)", "t=0.5", "df/dt = sigmoid(t)*(1 - sigmoid(t))")]
    [InlineData("softplus(t)", "t=0.5", "df/dt = sigmoid(t)")]
    [InlineData("sin(t)", "t=0.5", "df/dt = cos(t)")]
    [InlineData("cos(t)", "t=0.5", "df/dt = -sin(t)")]
    [InlineData("tan(t)", "t=0.5", "df/dt = 1 + tan(t)^2")]
    [InlineData("-t", "t=0.5", "df/dt = -1")]
    [InlineData("b+a", "a=2,b=3", "df/da = 1 | df/db = 1")]
    [InlineData("b-a", "a=2,b=3", "df/da = -1 | df/db = 1")]
    [InlineData("b*a", "a=2,b=3", "df/da = b | df/db = a")]
    [InlineData("b/a", "a=2,b=3", "df/da = -b/a^2 | df/db = 1/a")]
    [InlineData("2/t", "t=0.5", "df/dt = -2/t^2")]
    public async Task A_single_operation_has_the_derivative_of_the_textbook(string expression, string at, string formulas)
    {
        JsonObject study = await Differentiate($"--expression {expression} --at {at}");

        Assert.Equal(formulas, Lines(study["by_hand"]));
        Assert.InRange(Row(study, "by hand")["error"]!.GetValue<double>(), 0, Exact);
    }

    [Theory]
    [InlineData("exp(sin(t))", "t=0.5")]
    [InlineData("t*t", "t=0.5")]
    [InlineData("abs(t)", "t=0.5")]
    [InlineData("sum(x)", "x=[1,2]")]
    public async Task What_a_textbook_does_not_list_has_none_by_hand(string expression, string at)
    {
        JsonObject study = await Differentiate($"--expression {expression} --at {at}");

        Assert.Null(study["by_hand"]);
        Assert.DoesNotContain("by hand", Methods(study).Select(pair => pair.Method));
    }

    // d(a·b)/db is a and not b, which are 1 and 2: an error of 1 where the largest derivative is 2.
    [Fact]
    public async Task A_users_own_derivative_is_judged()
    {
        JsonObject right = await Differentiate("--expression a*b --at a=1,b=2 --by-hand a=b --by-hand b=a"), wrong = await Differentiate("--expression a*b --at a=1,b=2 --by-hand b=b --by-hand a=b");

        Assert.Equal(0, Row(right, "by hand")["error"]!.GetValue<double>());
        Assert.Equal(0.5, Row(wrong, "by hand")["error"]!.GetValue<double>());
        Assert.Equal("df/da = b | df/db = b", Lines(wrong["by_hand"]));
    }

    // f = Σ x²·w: df/dx = 2·x·w, element by element.
    [Fact]
    public async Task Vectors_are_differentiated_by_every_element()
    {
        JsonObject study = await Differentiate("--expression sum(x^2*w) --at x=[1,2,3],w=10 --wrt x --by-hand x=2*x*w");

        Assert.Equal(["x"], study["wrt"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.All(Methods(study), pair => Near([20, 40, 60], Flat(pair.Row["derivatives"]!["x"]), 1e-4, pair.Method));
        Assert.Equal("2*x*w", Lines(study["formulas"]!["x"]!["simplified"]));
        Assert.Equal(0, Row(study, "by hand")["error"]!.GetValue<double>());
    }

    [Theory]
    [InlineData("a*b+exp(a)")]
    [InlineData("a^3-2*a/b")]
    [InlineData("a^(-0.75)/sqrt(a+b)")]
    [InlineData("relu(a)*abs(b-3*a)")]
    [InlineData("(a-b)*(a+b)/(1e-7+a^2)")]
    [InlineData("elu(-a*b,0.7)+clip(a,0,2)")]
    [InlineData("log1p(a)*maximum(a,b)")]
    public async Task A_formula_that_is_printed_can_be_read_again(string expression)
    {
        JsonObject study = await Differentiate($"--expression {expression} --at a=0.7,b=1.3 --wrt a");
        string formula = Whole(study["formulas"]!["a"]!["simplified"]!).Replace(" ", "", StringComparison.Ordinal);

        JsonObject again = await Differentiate($"--expression b-b+a-a+{formula} --at b=1.3,a=0.7");

        Assert.Equal(Flat(Row(study, "reverse mode")["derivatives"]!["a"]).Single(), again["value"]!.GetValue<double>(), Exact);
    }

    [Fact]
    public async Task Json_is_one_object()
    {
        JsonObject study = await Differentiate("bn");

        Assert.Equal(["function", "at", "value", "wrt", "reference", "methods", "steps", "best", "formulas", "by_hand", "hessian"], study.Select(pair => pair.Key));
        Assert.Equal(["x", "gamma", "beta", "dy"], study["at"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal("reverse mode", study["reference"]!.GetValue<string>());
        Assert.All(study["methods"]!.AsArray(), row =>
        {
            Assert.Equal(["method", "derivatives", "error", "operations", "multiplications", "microseconds"], row!.AsObject().Select(pair => pair.Key));
            Assert.True(row["microseconds"]!.GetValue<double>() > 0);
            Assert.True(row["operations"] is null != row["multiplications"] is null);
        });
        Assert.DoesNotContain("hessian", (await Differentiate("--expression a --at a=1")).Select(pair => pair.Key));
    }

    private static async Task<JsonObject> Differentiate(string line)
    {
        MlpRun run = await MlpRun.Of(["differentiate", .. line.Split(' '), "--json"]);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Status);
        return Assert.Single(run.Objects);
    }

    private static IReadOnlyList<(string Method, JsonNode Row)> Methods(JsonObject study) => [.. study["methods"]!.AsArray().Select(row => (row!["method"]!.GetValue<string>(), row))];

    private static JsonNode Row(JsonObject study, string method) => Methods(study).Single(pair => pair.Method == method).Row;

    private static string Lines(JsonNode? lines) => string.Join(" | ", lines!.AsArray().Select(line => line!.GetValue<string>()));

    /// <summary>A formula with its parts in the place of their names.</summary>
    private static string Whole(JsonNode lines)
    {
        string[] all = [.. lines.AsArray().Select(line => line!.GetValue<string>())];
        for (int i = all.Length - 2; i >= 0; i--) all[^1] = Regex.Replace(all[^1], $@"\bt{i + 1}\b", $"({all[i].Split(" = ")[1]})");
        return all[^1];
    }

    private static double[] Flat(JsonNode? node) => node is JsonArray array ? [.. array.SelectMany(Flat)] : [node!.GetValue<double>()];

    private static void Near(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= tolerance, $"{what}: expected {pair.First}, got {pair.Second}"));
    }
}
