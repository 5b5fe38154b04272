using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Tapestry.Autodiff;

namespace Tapestry.Mlp.Tests;

/// <summary>Expressions as commands read them, seen through the tape that they leave.</summary>
public class ExpressionTests
{
    // At a = 3, b = 2, x = [1, 2, 3], W = [[1, 2, 3], [4, 5, 6]]. Powers group to the right and bind tighter than the sign before them.
    [Theory]
    [InlineData("a - b - 1", 0)]
    [InlineData("a / b / 2", 0.75)]
    [InlineData("a + b * 4", 11)]
    [InlineData("(a + b) * 4", 20)]
    [InlineData("-a * -b", 6)]
    [InlineData("a - -b", 5)]
    [InlineData("--a", 3)]
    [InlineData("-a^2", -9)]
    [InlineData("(-a)^2", 9)]
    [InlineData("2 * a^2", 18)]
    [InlineData("b^a^2", 512)]
    [InlineData("b^-1", 0.5)]
    [InlineData("(-a)^3", -27)]
    [InlineData("power(a, b)", 9)]
    [InlineData("a*1.5e1 + .5", 45.5)]
    [InlineData("  a  +\tb ", 5)]
    [InlineData("sum(x)", 6)]
    [InlineData("SUM(x) + Sum(x)", 12)]
    [InlineData("max(x*x, 0)", 9)]
    [InlineData("sum(matmul(W, reshape(x, [3, 1])))", 46)]
    [InlineData("sum(W * [[1], [10]])", 156)]
    [InlineData("sum(sum(W, 1) * [1, -1])", -9)]
    [InlineData("sum(clip(x, 1.5, 2.5))", 6)]
    [InlineData("clip(-a, -2, 0)", -2)]
    [InlineData("sum(where(greater(x, b), x, -x))", 0)]
    [InlineData("elu(-1000 * a, 0.5)", -0.5)]
    [InlineData("log_sum_exp(0*x)", 1.0986122886681098)]
    public async Task They_mean_what_they_mean_on_paper(string expression, double expected)
    {
        string at = string.Join(",", new[] { ("a", "a=3"), ("b", "b = 2"), ("x", "x=[1,2,3]"), ("W", "W=[[1, 2, 3], [4, 5, 6]]") }.Where(pair => Uses(expression, pair.Item1)).Select(pair => pair.Item2));

        Assert.Equal(expected, await Value(expression, at), 1e-12);
    }

    [Fact]
    public async Task What_is_written_is_what_is_recorded()
    {
        JsonObject tape = await Tape("a*b + exp(a)", "a=1,b=2");

        Assert.Equal(["Multiply", "Exp", "Add"], tape["nodes"]!.AsArray().Where(node => node!["operation"] is not null).Select(node => node!["operation"]!.GetValue<string>()));
        Assert.Equal(["a", "b"], tape["nodes"]!.AsArray().Take(2).Select(node => node!["name"]!.GetValue<string>()));
    }

    /// <summary>
    /// A value, and a text for it with no more brackets than precedence asks for, but for some that are put in anyway, as blanks are. Two ways to compute it may differ by its
    /// error: a few units in the last place in each operation, which a difference of two near numbers leaves much larger than the rest.
    /// </summary>
    private sealed record Written(string Text, double Value, int Tightness, double Error)
    {
        private const double Unit = 1e-15;

        public static Written Exactly(string text, double value) => new(text, value, 4, 0);

        public static Written Rounded(string text, double value, int tightness, double error) => new(text, value, tightness, error + (Unit * Math.Abs(value)));

        public static Written Quotient(string text, Written x, Written y)
        {
            double value = x.Value / y.Value, smallest = Math.Abs(y.Value) - y.Error;
            return Rounded(text, value, 1, smallest > 0 ? (x.Error + (Math.Abs(value) * y.Error)) / smallest : double.PositiveInfinity);
        }
    }

    // 0: sums, 1: products, 2: a sign, 3: powers, 4: what holds together by itself.
    private static Gen<Written> Expressions(int size)
    {
        Gen<Written> leaf = Gen.OneOf(
            Gen.Elements(Written.Exactly("a", 3), Written.Exactly("b", 2), Written.Exactly("c_1", 0.5)),
            from number in Gen.Choose(0, 99) select Written.Exactly((number / 4.0).ToString(CultureInfo.InvariantCulture), number / 4.0));
        if (size <= 0) return leaf;
        Gen<Written> smaller = Expressions(size - 1);
        Gen<string> blank = Gen.Elements("", "", " ");
        return Gen.OneOf(
            leaf,
            from x in smaller from y in smaller from s in blank select Written.Rounded($"{In(x, 0)}{s}+{s}{In(y, 1)}", x.Value + y.Value, 0, x.Error + y.Error),
            from x in smaller from y in smaller from s in blank select Written.Rounded($"{In(x, 0)}{s}-{s}{In(y, 1)}", x.Value - y.Value, 0, x.Error + y.Error),
            from x in smaller from y in smaller from s in blank select Written.Rounded($"{In(x, 1)}{s}*{s}{In(y, 2)}", x.Value * y.Value, 1, (Math.Abs(x.Value) * y.Error) + (Math.Abs(y.Value) * x.Error) + (x.Error * y.Error)),
            from x in smaller from y in smaller from s in blank select Written.Quotient($"{In(x, 1)}{s}/{s}{In(y, 2)}", x, y),
            from x in smaller from s in blank select new Written($"-{s}{In(x, 2)}", -x.Value, 2, x.Error),
            from x in smaller from s in blank select Written.Rounded($"{In(x, 4)}{s}^{s}2", x.Value * x.Value, 3, (2 * Math.Abs(x.Value) * x.Error) + (x.Error * x.Error)),
            from x in smaller from s in blank select Written.Rounded($"tanh{s}({s}{x.Text}{s})", Math.Tanh(x.Value), 4, x.Error),
            from x in smaller select x with { Text = $"({x.Text})", Tightness = 4 });
    }

    private static string In(Written written, int tightness) => written.Tightness >= tightness ? written.Text : $"({written.Text})";

    [Fact]
    public void Any_expression_has_the_value_that_it_was_written_for() => Prop.ForAll(Expressions(5).ToArbitrary(), written =>
    {
        string at = string.Join(",", new[] { ("a", "a=3"), ("b", "b=2"), ("c_1", "c_1=0.5") }.Where(pair => Uses(written.Text, pair.Item1)).Select(pair => pair.Item2));
        if (at.Length == 0) return true;
        double value = Value(written.Text, at).GetAwaiter().GetResult();
        return value.Equals(written.Value) || double.IsNaN(written.Error) || Math.Abs(value - written.Value) <= written.Error;
    }).QuickCheckThrowOnFailure();

    // Whatever stands in the text, the answer is a tape or one line and status 2.
    [Fact]
    public void Any_text_is_read_or_refused_in_one_line()
    {
        Gen<string> texts =
            from pieces in Gen.Elements("a", "1", "2.", ".5", "1e", "e9", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "=", "exp", "sum(", "é", "\0", "\U0001F600", "\uD800", " ", "\n", "\u202E", "a=").ListOf()
            select string.Concat(pieces);
        int read = 0, refused = 0;

        Prop.ForAll(texts.ToArbitrary(), texts.ToArbitrary(), (expression, at) =>
        {
            MlpRun run = MlpRun.Of("tape", "--expression=" + expression, "--at=" + at).GetAwaiter().GetResult();
            if (run.Status == 0) read++;
            else refused++;
            return run.Status == 0 || (run.Status == 2 && run.Output.Length == 0 && run.Error.StartsWith("mlp: ", StringComparison.Ordinal) && !run.Error.TrimEnd('\n').Any(c => char.IsControl(c) && c != '\n'));
        }).QuickCheckThrowOnFailure();
        Assert.True(refused > 0);
    }

    [Theory]
    [InlineData("", "", "--expression: expected a number, a name or '(' at character 1, got the end.")]
    [InlineData("a +", "a=1", "--expression: expected a number, a name or '(' at character 4, got the end.")]
    [InlineData("a ** 2", "a=1", "--expression: expected a number, a name or '(' at character 4, got '*'. A power is written with ^.")]
    [InlineData("2a", "a=1", "--expression: expected an operator or the end at character 2, got 'a'. Products are written with *.")]
    [InlineData("(a", "a=1", "--expression: expected an operator or ')' at character 3, got the end.")]
    [InlineData("a)", "a=1", "--expression: expected an operator or the end at character 2, got ')'.")]
    [InlineData("exp(a", "a=1", "--expression: expected an operator, ',' or ')' at character 6, got the end.")]
    [InlineData("ext(a)", "a=1", "--expression: expected an operation before '(' at character 1, got 'ext'. Did you mean exp?")]
    [InlineData("a*frobnicate(a)", "a=1", "--expression: expected an operation before '(' at character 3, got 'frobnicate'. 'mlp gradcheck' names those that there are.")]
    [InlineData("exp(a, a)", "a=1", "--expression: expected exp(x) at character 1, got 'exp' with 2 arguments.")]
    [InlineData("exp()", "a=1", "--expression: expected exp(x) at character 1, got 'exp' with 0 arguments.")]
    [InlineData("clip(a, a, 1)", "a=1", "--expression: expected clip(x, low: a number, high: a number) at character 1, got 'clip' with 3 arguments.")]
    [InlineData("sum(a, 0.5)", "a=[1]", "--expression: expected sum(x[, axes: whole numbers]) at character 1, got 'sum' with 2 arguments.")]
    [InlineData("sum(x, 2)", "x=[1]", "--expression: 'sum' at character 1: Axes: expected axes from -1 to 0 of a tensor of rank 1, got 2.")]
    [InlineData("x + y", "x=[1,2],y=[1,2,3]", "--expression: '+' at character 3: Broadcast: expected sizes that are equal or 1")]
    [InlineData("a*1e999", "a=1", "--expression: expected a finite number at character 3, got '1e999'.")]
    [InlineData("a*[1,[2]]", "a=1", "--expression: expected items of one shape, got [] and [1] at character 6.")]
    [InlineData("1 + 2", null, "--expression: expected a name in it, whose value --at tells, got numbers alone.")]
    [InlineData("a", null, "--at: expected a value for a, which is used at character 1 of the expression, got none.")]
    [InlineData("alpha*a", "a=1,alpa=2", "--at: expected a value for alpha, which is used at character 1 of the expression, got a, alpa. Did you mean alpa?")]
    [InlineData("exp + a", "a=1", "--at: expected a value for exp, which is used at character 1 of the expression, got a. An operation takes its operands in brackets: exp(...).")]
    [InlineData("a", "a=1,b=2", "--at: expected values for the names in the expression, a, got one for b.")]
    [InlineData("a", "a=1,a=2", "--at: expected each name once at character 5, got 'a'.")]
    [InlineData("a", "a", "--at: expected '=' at character 2, got the end.")]
    [InlineData("a", "1=a", "--at: expected a name at character 1, got '1'.")]
    [InlineData("a", "a=b", "--at: expected a number or '[' at character 3, got 'b'.")]
    [InlineData("a", "a=1e999", "--at: expected a finite number at character 3, got '1e999'.")]
    [InlineData("a", "a=1;b=2", "--at: expected ',' or the end at character 4, got ';'.")]
    [InlineData("a", "a=[[1,2],[3]]", "--at: expected items of one shape, got [2] and [1] at character 10.")]
    [InlineData("a", "a=[]", "--at: expected a number or '[' at character 4, got ']'.")]
    [InlineData("a", "a=[1", "--at: expected ',' or ']' at character 5, got the end.")]
    [InlineData("a", "a=[[[[[1]]]]]", "--at: expected a number, at most 4 lists deep, at character 7, got '['.")]
    public async Task What_is_wrong_is_told_with_its_position(string expression, string? at, string expected)
    {
        using TemporaryFolder folder = new();

        string message = await HostileRefusal.Expect(expression, folder, ["tape", "--expression", expression, .. at is null ? Array.Empty<string>() : ["--at", at]]);

        Assert.StartsWith($"mlp: {expected}", message, StringComparison.Ordinal);
        Assert.Single(message.Split('\n'));
    }

    [Theory]
    [InlineData("(", "at most 200 brackets, signs and powers inside each other")]
    [InlineData("-", "at most 200 brackets, signs and powers inside each other")]
    [InlineData("exp(", "at most 200 brackets, signs and powers inside each other")]
    [InlineData("a^", "at most 200 brackets, signs and powers inside each other")]
    [InlineData("[", "at most 4 lists deep")]
    public async Task Ten_thousand_of_anything_are_refused(string piece, string expected)
    {
        using TemporaryFolder folder = new();

        string message = await HostileRefusal.Expect(piece, folder, "tape", "--expression", string.Concat(Enumerable.Repeat(piece, 10_000)) + "a", "--at", "a=1");

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 200);
    }

    [Fact]
    public async Task A_sum_may_be_as_long_as_one_likes() =>
        Assert.Equal(5000, await Value(string.Join('+', Enumerable.Repeat("a", 5000)), "a=1"));

    // An operation can be called unless its entry point takes what no expression writes: lists of operands, an equation, ranges and paddings, functions.
    [Fact]
    public async Task Every_operation_of_the_catalogue_can_be_called()
    {
        string[] unwritten = [nameof(Op.Concatenate), nameof(Op.Stack), nameof(Op.Einsum), nameof(Op.Slice), nameof(Op.Split), nameof(Op.Pad), nameof(Op.Checkpoint), nameof(Op.CustomGradient), nameof(Op.SoftmaxCrossEntropy)];
        foreach (string name in Catalogue.Operations.Select(row => row.Name).Except(unwritten).Select(name => name.ToLowerInvariant()))
        {
            using TemporaryFolder folder = new();
            string message = await HostileRefusal.Expect(name, folder, "tape", "--expression", $"{name}(a,a,a,a,a,a,a)", "--at", "a=1");
            Assert.StartsWith($"mlp: --expression: expected {name}(", message, StringComparison.Ordinal);
        }
    }

    private static bool Uses(string expression, string name) =>
        System.Text.RegularExpressions.Regex.IsMatch(expression, $@"(?<![\w]){name}(?![\w(])", System.Text.RegularExpressions.RegexOptions.CultureInvariant);

    private static async Task<double> Value(string expression, string at)
    {
        JsonObject tape = await Tape(expression, at);
        JsonNode element = tape["nodes"]![tape["output"]!.GetValue<int>()]!["value"]!["elements"]![0]!;
        return element.GetValueKind() == System.Text.Json.JsonValueKind.String ? double.Parse(element.GetValue<string>(), CultureInfo.InvariantCulture) : element.GetValue<double>();
    }

    private static async Task<JsonObject> Tape(string expression, string at)
    {
        MlpRun run = await MlpRun.Of("tape", "--json", "--expression=" + expression, "--at=" + at);
        Assert.Equal("", run.Error);
        return Assert.Single(run.Objects);
    }
}
