using Tapestry.Autodiff.Symbolic;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Symbolic;

public class ExpressionTests
{
    // Each worked out by the rules of calculus: the value, its derivative by a, and the second.
    public static TheoryData<string, string, string, string> Derivatives => new()
    {
        { "readme", "a*b + exp(a)", "b + exp(a)", "exp(a)" },
        { "polynomial", "a^3 + 2*a^2 - a/b", "3*a^2 + 4*a - 1/b", "6*a + 4" },
        { "quotient", "(a - b)/(a + b)", "1/(a + b) - (a - b)/(a + b)^2", "2*(a - b)/(a + b)^3 - 2/(a + b)^2" },
        { "root", "sqrt(a^2 + b)", "a/sqrt(a^2 + b)", "1/sqrt(a^2 + b) - a^2/sqrt(a^2 + b)^3" },
        { "logarithm", "log(a*b)", "1/a", "-1/a^2" },
        { "tanh", "tanh(a*b)", "b*(1 - tanh(a*b)^2)", "-2*b^2*tanh(a*b)*(1 - tanh(a*b)^2)" },
        { "kinks", "relu(a) - abs(a*b)", "greater(relu(a), 0) - b*sign(a*b)", "0" },
        { "powers", "a^3 + sqrt(a)^3 + a^0.25", "3*a^2 + 3*sqrt(a)/2 + a^(-0.75)/4", "6*a + 3/(4*sqrt(a)) - 0.1875*a^(-1.75)" },
        { "inverse root", "1/sqrt(a)", "-1/(2*sqrt(a)^3)", "3/(4*sqrt(a)^5)" },
        { "choice", "where(greater(a, b), a^2, a*b)", "b*where(greater(a, b), 0, 1) + 2*a*greater(a, b)", "2*greater(a, b)" },
        { "choices that are none", "a^2 + b", "2*a", "2" },
        { "constants", "0.3*a + b", "0.3", "0" },
        { "constant in a", "b^2", "0", "0" },
    };

    private static Variable One => Tensor.Scalar(1, DType.F64);

    private static Dictionary<string, Func<Variable, Variable, Variable>> Functions => new()
    {
        ["readme"] = (a, b) => (a * b) + Op.Exp(a),
        ["polynomial"] = (a, b) => (a * a * a) + (2 * Op.Square(a)) - (a / b),
        ["quotient"] = (a, b) => (a - b) / (a + b),
        ["root"] = (a, b) => Op.Sqrt((a * a) + b),
        ["logarithm"] = (a, b) => Op.Log(a * b),
        ["tanh"] = (a, b) => Op.Tanh(a * b),
        ["kinks"] = (a, b) => Op.Relu(a) - Op.Abs(b * a),
        ["powers"] = (a, b) => Op.Power(a, 3) + Op.Power(a, 1.5) + Op.Power(a, 0.25) + Op.Power(a, 0) - 1,
        ["inverse root"] = (a, b) => Op.Rsqrt(a),
        ["choice"] = (a, b) => Op.Where(Op.Greater(a, b), a * a, a * b),
        ["choices that are none"] = (a, b) => Op.Where(Op.Less(b - b, One), a * a, b) + Op.Where(Op.Equal(a - a, One), a, b),
        ["constants"] = (a, b) => (0.1 * a * 3) + b,
        ["constant in a"] = (a, b) => b * b,
    };

    [Theory]
    [MemberData(nameof(Derivatives))]
    public void A_recorded_gradient_reads_as_the_derivative_that_one_would_write(string function, string value, string first, string second)
    {
        using Tape tape = new();
        Variable a = Scalar(tape, 1.5), b = Scalar(tape, 2.5), one = Scalar(tape, 1);
        Variable y = Functions[function](a, b);

        // The seed is watched and put in as a number afterwards, so that the tape rounds no constants before they are read.
        Variable dy = tape.Gradient(y, a, one, record: true);
        Variable ddy = tape.Gradient(dy, a, one, record: true);

        Assert.Equal(value, Simple(y));
        Assert.Equal(first, Simple(dy));
        Assert.Equal(second, Simple(ddy));

        string Simple(Variable variable) => Expression.Of(variable, (a, "a"), (b, "b"), (one, "1")).Simplify(("1", 1)).ToString();
    }

    [Theory]
    [InlineData("a + 0", "a")]
    [InlineData("0 + a", "a")]
    [InlineData("a - 0", "a")]
    [InlineData("0 - a", "-a")]
    [InlineData("a*1", "a")]
    [InlineData("a*0 + b", "b")]
    [InlineData("a/1", "a")]
    [InlineData("-(-a)", "a")]
    [InlineData("-(a - b)", "b - a")]
    [InlineData("a - a", "0")]
    [InlineData("a/a", "1")]
    [InlineData("a*a", "a^2")]
    [InlineData("a*b*a", "a^2*b")]
    [InlineData("(a*b)^2/b", "a^2*b")]
    [InlineData("a + a + a", "3*a")]
    [InlineData("2*(a + b) - a", "a + 2*b")]
    [InlineData("2*(a + b)", "2*(a + b)")]
    [InlineData("(a + b)*(b + a)", "(a + b)^2")]
    [InlineData("a*0.5", "a/2")]
    [InlineData("0.1*(3*a)", "0.3*a")]
    [InlineData("a*1e-7", "1e-7*a")]
    [InlineData("a/3 + a/7", "10*a/21")]
    [InlineData("1e300*(1e300*a)", "1e300*(1e300*a)")]
    [InlineData("sqrt(a)*sqrt(a)", "a")]
    [InlineData("sqrt(a*a)", "sqrt(a^2)")]
    [InlineData("sqrt(a*a)*sqrt(a*a)", "a^2")]
    [InlineData("1/sqrt(4)", "0.5")]
    [InlineData("1/(a*b)", "1/(a*b)")]
    [InlineData("where(greater(a, b), a, a)", "a")]
    [InlineData("-2*a - 3", "-2*a - 3")]
    public void Laws_of_arithmetic_make_it_shorter(string recorded, string simple)
    {
        using Tape tape = new();
        Variable a = Scalar(tape, 1.5), b = Scalar(tape, 2.5), zero = Scalar(tape, 0), one = Scalar(tape, 1);
        Variable y = recorded switch
        {
            "a + 0" => a + zero,
            "0 + a" => zero + a,
            "a - 0" => a - zero,
            "0 - a" => zero - a,
            "a*1" => a * one,
            "a*0 + b" => (a * zero) + b,
            "a/1" => a / one,
            "-(-a)" => -(-a),
            "-(a - b)" => -(a - b),
            "a - a" => a - a,
            "a/a" => a / a,
            "a*a" => a * a,
            "a*b*a" => a * b * a,
            "(a*b)^2/b" => Op.Square(a * b) / b,
            "a + a + a" => a + a + a,
            "2*(a + b) - a" => (2 * (a + b)) - a,
            "2*(a + b)" => 2 * (a + b),
            "(a + b)*(b + a)" => (a + b) * (b + a),
            "a*0.5" => a * 0.5,
            "0.1*(3*a)" => 0.1 * (3 * a),
            "a*1e-7" => a * 1e-7,
            "a/3 + a/7" => (a / 3) + (a / 7),
            "1e300*(1e300*a)" => 1e300 * (1e300 * a),
            "sqrt(a)*sqrt(a)" => Op.Sqrt(a) * Op.Sqrt(a),
            "sqrt(a*a)" => Op.Sqrt(a * a),
            "sqrt(a*a)*sqrt(a*a)" => Op.Sqrt(a * a) * Op.Sqrt(a * a),
            "1/sqrt(4)" => one / Op.Sqrt(4 * one),
            "1/(a*b)" => one / (a * b),
            "where(greater(a, b), a, a)" => Op.Where(Op.Greater(a, b), a, a),
            _ => (-2 * a) - 3,
        };
        Expression expression = Expression.Of(y, (a, "a"), (b, "b"), (zero, "0"), (one, "1"));

        Assert.Equal(recorded == "-2*a - 3" ? "(-2)*a - 3" : recorded == "1/sqrt(4)" ? "1/sqrt(4*1)" : recorded, expression.ToString());
        Assert.Equal(simple, expression.Simplify(("0", 0), ("1", 1)).ToString());
    }

    [Fact]
    public void Brackets_stand_where_the_order_of_operations_needs_them_and_nowhere_else()
    {
        using Tape tape = new();
        Variable a = Scalar(tape, 1), b = Scalar(tape, 2), c = Scalar(tape, 3);

        Assert.Equal("a - (b - c)", Text(a - (b - c)));
        Assert.Equal("a - b - c", Text(a - b - c));
        Assert.Equal("a/(b/c)", Text(a / (b / c)));
        Assert.Equal("a/b/c", Text(a / b / c));
        Assert.Equal("a*(b + c)", Text(a * (b + c)));
        Assert.Equal("a*b + c", Text((a * b) + c));
        Assert.Equal("-(a + b)", Text(-(a + b)));
        Assert.Equal("-a*b", Text(-(a * b)));
        Assert.Equal("(-a)*b", Text(-a * b));
        Assert.Equal("(-a)^2", Text(Op.Square(-a)));
        Assert.Equal("a^(-b)", Text(Op.Power(a, -b)));
        Assert.Equal("(a*b)^(b*c)", Text(Op.Power(a * b, b * c)));
        Assert.Equal("(a^b)^c", Text(Op.Power(Op.Power(a, b), c)));
        Assert.Equal("a^(b^c)", Text(Op.Power(a, Op.Power(b, c))));
        Assert.Equal("(a^2)^2", Text(Op.Square(Op.Square(a))));
        Assert.Equal("exp(a + b)", Text(Op.Exp(a + b)));
        Assert.Equal("greater(a, b + c)*c", Text(Op.Greater(a, b + c) * c));

        string Text(Variable y) => Expression.Of(y, (a, "a"), (b, "b"), (c, "c")).ToString();
    }

    [Fact]
    public void Tensors_read_element_by_element_and_other_operations_as_calls()
    {
        using Tape tape = new();
        Variable w = tape.Watch(Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } })), v = tape.Watch(Tensor.From([1.0, 2, 3])), one = Scalar(tape, 1);

        Assert.Equal("sum(W*tanh(v), axis 0)", Text(Op.Sum(w * Op.Tanh(v), 0)));
        Assert.Equal("sum(W, axes [0, 1], kept)", Text(Op.Sum(w, [0, 1], keepDimensions: true)));
        Assert.Equal("matmul(W, W, transpose b)", Text(Op.MatMul(w, w, transposeB: true)));
        Assert.Equal("reshape(W, [3, 2])", Text(Op.Reshape(w, [3, 2])));
        Assert.Equal("W + v", Text(w + Op.Reshape(v, [1, 3])));
        Assert.Equal("matmul(W, broadcast_to(v, [3, 3]))", Text(Op.MatMul(w, Op.BroadcastTo(v, [3, 3]))));

        // d/dv Σ v² = 2v, the Σ of W's 6 ones times v's is 2 each, and d/dW Σ tanh(W·v) is a product again.
        Assert.Equal("2*v", Text(tape.Gradient(Op.Sum(Op.Square(v)), v, one, record: true)));
        Assert.Equal("2", Text(tape.Gradient(Op.Sum(w + v), v, one, record: true)));
        Assert.Equal("t1 = reshape(v, [3, 1]) | matmul(1 - tanh(matmul(W, t1))^2, t1, transpose b)", Text(tape.Gradient(Op.Sum(Op.Tanh(Op.MatMul(w, v.Reshape(3, 1)))), w, one, record: true)).Replace("\n", " | ", StringComparison.Ordinal));

        string Text(Variable y) => Expression.Of(y, (w, "W"), (v, "v"), (one, "1")).Simplify(("1", 1)).ToString();
    }

    [Fact]
    public Task Long_expressions_are_cut_into_named_parts()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4], [4, 1])), gamma = tape.Watch(Tensor.Ones([1, 1], DType.F64)), dy = tape.Watch(Tensor.From([1.0, 0, 0, 0], [4, 1]));
        Variable centered = x - Op.Mean(x, 0, keepDimensions: true);
        Variable y = gamma * centered / Op.Sqrt(Op.Mean(Op.Square(centered), 0, keepDimensions: true) + 1e-3);
        Expression gradient = Expression.Of(tape.Gradient(y, x, dy, record: true), (x, "x"), (gamma, "t1"), (dy, "dy"));

        return Verifier.Verify($"as recorded\n{gradient}\n\nsimplified\n{gradient.Simplify()}");
    }

    [Fact]
    public void Leaves_without_a_name_get_one_and_keep_their_value()
    {
        using Tape tape = new();
        Variable a = Scalar(tape, 2), b = Scalar(tape, 3);
        Expression expression = Expression.Of(a * Tensor.From([1.0, 2]) * b + 7, (b, "x1"));

        Assert.Equal("x2*c1*x1 + 7", expression.ToString());
        Assert.Equal(["x1", "x2", "c1"], expression.Symbols);
        Expect.Near([13, 19], expression.Evaluate(new Dictionary<string, Variable>()).Value, 0);
        Expect.Near([17, 27], expression.Evaluate(new Dictionary<string, Variable> { ["x1"] = Tensor.Scalar(5, DType.F64) }).Value, 0);
    }

    [Fact]
    public void A_name_for_an_intermediate_hides_what_it_was_computed_from()
    {
        using Tape tape = new();
        Variable a = Scalar(tape, 2), square = a * a;

        Assert.Equal("exp(s) + a", Expression.Of(Op.Exp(square) + a, (a, "a"), (square, "s")).ToString());
    }

    [Fact]
    public void Numbers_of_F32_are_as_short_as_they_were_written()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(2));
        Expression expression = Expression.Of(a * 0.1 * 3, (a, "a")).Simplify();

        Assert.Equal("0.3*a", expression.ToString());
        Expect.SameBits(Tensor.Scalar(0.6f), expression.Evaluate(new Dictionary<string, Variable>()).Value);
    }

    [Fact]
    public void Evaluating_on_a_tape_records_so_that_the_value_can_be_differentiated()
    {
        using Tape tape = new();
        Variable a = Scalar(tape, 2);
        Expression cube = Expression.Of(a * a * a, (a, "a")).Simplify();
        using Tape other = new();
        Variable x = Scalar(other, 5);

        Variable y = cube.Evaluate(new Dictionary<string, Variable> { ["a"] = x });

        Expect.Near([125], y.Value, 0);
        Expect.Near([75], other.Gradient(y, x).Value, 0);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        using Tape tape = new();
        Variable a = Scalar(tape, 2), y = a * a;

        Assert.Equal(
            "Expression: expected a name for each variable that no other has, got 'a' twice. (Parameter 'names')",
            Assert.Throws<ArgumentException>(() => Expression.Of(y, (a, "a"), (y, "a"))).Message);
        Assert.Equal(
            "Expression: expected a name for each variable that no other has, got ''. (Parameter 'names')",
            Assert.Throws<ArgumentException>(() => Expression.Of(y, (a, ""))).Message);
        Assert.Equal(
            "Expression: expected a finite number for 'a', got NaN. (Parameter 'numbers')",
            Assert.Throws<ArgumentException>(() => Expression.Of(y, (a, "a")).Simplify(("a", double.NaN))).Message);
        Assert.Equal(
            "Expression: expected F64[] for 'a', got F64[2].",
            Assert.Throws<ArgumentException>(() => Expression.Of(y, (a, "a")).Evaluate(new Dictionary<string, Variable> { ["a"] = Tensor.From([1.0, 2]) })).Message);
    }

    // Written out, the n-th has 2ⁿ terms, and the plain power has an exponent of n binary digits.
    [Theory]
    [InlineData(60)]
    [InlineData(1500)]
    public void What_is_used_twice_is_held_once_however_deep(int depth)
    {
        using Tape tape = new();
        Variable a = Scalar(tape, 0.5);
        Variable y = a, power = a, doubled = a;
        for (int i = 0; i < depth; i++)
        {
            y = Op.Tanh(y) + (y / 4);
            power *= power;
            doubled += doubled;
        }

        foreach (Variable deep in (Variable[])[y, power, doubled, tape.Gradient(y, a, record: true)])
        {
            Expression expression = Expression.Of(deep, (a, "a"));

            Assert.InRange(expression.ToLines().Count, 1, 8 * depth);
            Assert.InRange(expression.Simplify().ToLines().Count, 1, 8 * depth);
            Assert.All(expression.Simplify().ToLines(), line => Assert.InRange(line.Length, 1, 2000));
            double expected = deep.Value.ToScalar(), value = expression.Simplify().Evaluate(new Dictionary<string, Variable>()).Value.ToScalar();
            Assert.True(expected == value || Math.Abs(expected - value) <= 1e-12 * expected, $"expected {expected:R}, got {value:R}");
        }
    }

    private static Variable Scalar(Tape tape, double value) => tape.Watch(Tensor.Scalar(value, DType.F64));
}
