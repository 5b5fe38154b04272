using System.Text;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>The line that each kind of anomaly is told in, in one snapshot.</summary>
public class AnomalyTextTests
{
    private static readonly Tensor Huge = Tensor.From([1e308, 1e308]);

    private static readonly (string Cause, Action<Tape> Act)[] Anomalies =
    [
        ("log of 0", tape => Op.Log(tape.Watch(Tensor.From(new double[,] { { 1, 2 }, { 3, 0 } })))),
        ("root of a negative number", tape => Op.Sqrt(tape.Watch(Tensor.Scalar(-2.5, DType.F64)))),
        ("0/0", tape => Op.Divide(tape.Watch(Tensor.From([1.0, 0])), tape.Constant(Tensor.From([1.0, 0])))),
        ("a pole, broadcast", tape => Op.Divide(tape.Watch(Tensor.From(new double[,] { { 1, 2 }, { 3, 4 } })), tape.Watch(Tensor.From([1.0, 0])))),
        ("overflow of exp in F32", tape => Op.Exp(tape.Watch(Tensor.From([0.1f, 88.8f])))),
        ("overflow of a product", tape => Op.Multiply(tape.Watch(Huge), tape.Watch(Huge))),
        ("overflow of a sum", tape => Op.Sum(tape.Watch(Huge), 0)),
        ("overflow of a sum to both sides", tape => Op.Sum(tape.Watch(Tensor.From([1.5e308, -1.5e308, 0, 0, 1.5e308, -1.5e308, 0, 0])))),
        ("overflow of a matrix product", tape => Op.MatMul(tape.Watch(Tensor.From(new double[,] { { 1, 1, 1 }, { -1e200, 5, 0 } })), tape.Watch(Tensor.From(new double[,] { { 1, 2 }, { 2, 3 }, { 3, 1e100 } })) * 1e200)),
        ("a product with a parameter that has grown", tape => Op.MatMul(tape.Watch(Tensor.From(new float[,] { { 3, 4 } })), tape.Watch(new Parameter("dense/kernel", Tensor.From(new float[,] { { 2 }, { 3e38f } }))))),
        ("inside layers", InsideLayers),
        ("the gradient of a root at 0", tape => Backward(tape, Op.Sqrt, 4, 0)),
        ("division by 0 in the backward pass alone", tape => Backward(tape, x => Op.Apply(new Inverted(), x), 4, 0)),
        ("an adjoint that overflows as it is summed", tape => Backward(tape, x => Op.BroadcastTo(x, [3, 1]) * 1e308, 1e-9)),
        ("adjoints that overflow as they are added", tape => Backward(tape, x => (x * 1e308) + (x * 1e308), 0.1)),
        ("a rule that computes its derivative off the tape", tape => Backward(tape, x => Op.Apply(new OffTape(), x), 1, 2)),
        ("forward mode", tape => ForwardMode(tape, Op.Sqrt, 4, 0)),
        ("forward mode of a rule that computes it off the tape", tape => ForwardMode(tape, x => Op.Apply(new OffTape(), x), 1, 2)),
        ("the second derivative", SecondOrder),
        ("a fused operation", tape => Fused(tape, 0, 1, 1)),
        ("a fused operation's derivative", tape => FusedBackward(tape)),
        ("a fused operation in forward mode", tape => FusedForwardMode(tape)),
        ("a NaN from outside", tape => Op.Reshape(tape.Constant(Tensor.From([1, double.NaN, 3, 4])), [2, 2])),
        ("a NaN from outside in an elementwise operation", tape => Op.Negate(tape.Constant(Tensor.From([1, double.NaN])))),
        ("a NaN from outside in a reduction", tape => Op.Sum(tape.Constant(Tensor.From(new double[,] { { 1, 2 }, { double.NaN, 4 } })), 0)),
        ("a NaN in the upstream weights", tape => Upstream(tape, double.NaN)),
        ("infinities that meet", tape => Op.Softmax(tape.Watch(Tensor.From([1.0, 2])) + Tensor.From([double.NegativeInfinity, double.NegativeInfinity]))),
        ("0 times an infinity in a matrix product", tape => Op.MatMul(tape.Watch(Tensor.From(new double[,] { { 0, 1 } })), tape.Constant(Tensor.From(new double[,] { { double.PositiveInfinity }, { 1 } })))),
        ("a parameter that is not finite", tape => tape.Watch(new Parameter("dense/kernel", Tensor.From(new float[,] { { 1, 2 }, { 3, float.NaN } })))),
    ];

    [Fact]
    public Task Each_is_told_in_one_line() => Verifier.Verify(Collect());

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        string expected = Collect();

        Assert.Equal(expected, Culture.Foreign(Collect));
    }

    private static string Collect()
    {
        StringBuilder text = new();
        foreach ((string cause, Action<Tape> act) in Anomalies)
        {
            using Tape tape = new() { DetectAnomaly = true };
            Exception? anomaly = Record.Exception(() => act(tape));
            text.Append(cause).Append("\n    ").Append(anomaly is null ? "nothing was thrown" : $"{anomaly.GetType().Name}: {anomaly.Message}").Append("\n\n");
        }

        return text.ToString();
    }

    private static void InsideLayers(Tape tape)
    {
        Variable x = tape.Watch(Tensor.From([1.0, -1]));
        using (tape.EnterScope("sequential"))
        using (tape.EnterScope("dense_1"))
        {
            Op.Log(x);
        }
    }

    private static void Backward(Tape tape, Func<Variable, Variable> function, params double[] at)
    {
        Variable x = tape.Watch(Tensor.From(at));
        Variable y;
        using (tape.EnterScope("dense")) y = function(x * 1);
        tape.Gradient(Op.Sum(y), x);
    }

    private static void ForwardMode(Tape tape, Func<Variable, Variable> function, params double[] at)
    {
        Variable x = tape.Watch(Tensor.From(at));
        tape.Jvp(function(x), [x], [Tensor.Ones([at.Length], DType.F64)]);
    }

    /// <summary>y = ln(1 + √x): at 1e-320 dy/dx is about 0.5/√x = 5e159, and the second derivative -0.25/√x³ lies beyond 1e308.</summary>
    private static void SecondOrder(Tape tape)
    {
        Variable x = tape.Watch(Tensor.From([4.0, 1e-320]));
        Variable y = Op.Sum(Op.Log1p(Op.Sqrt(x)));
        tape.Gradient(Op.Sum(tape.Gradient(y, x, record: true)), x);
    }

    private static Variable Fused(Tape tape, double epsilon, params double[] column) => Op.Normalize(
        tape.Watch(Tensor.From(column, [column.Length, 1])), tape.Watch(Tensor.Ones([1, 1], DType.F64)), tape.Watch(Tensor.Zeros([1, 1], DType.F64)), 0, epsilon);

    private static void FusedBackward(Tape tape)
    {
        // x̄ = ȳ/√(σ² + ε) with ȳ = 1e308 and a root of 1e-3.
        Variable y = Fused(tape, 1e-6, 1, 1);
        tape.Gradient(y, tape.Entries[0].Operands[0], Tensor.From([1e308, -1e308], [2, 1]));
    }

    private static void FusedForwardMode(Tape tape)
    {
        Variable y = Fused(tape, 1e-6, 1, 1);
        tape.Jvp(y, [tape.Entries[0].Operands[0]], [Tensor.From([1e307, -1e307], [2, 1])]);
    }

    private static void Upstream(Tape tape, double weight)
    {
        Variable x = tape.Watch(Tensor.From([1.0, 2]));
        tape.Gradient(x + 1, x, Tensor.From([1, weight]));
    }

    /// <summary>y = x, with the derivative ȳ/x: wrong, and without a number at 0.</summary>
    private sealed class Inverted : ElementwiseRule
    {
        public override string Name => "Inverted";

        public override string Formula => "y = x,  x̄ += ȳ/x";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => x.Clone();

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t / x;
    }

    /// <summary>The sum, with derivatives from a kernel that is broken.</summary>
    private sealed class OffTape : UnaryRule
    {
        public override string Name => "OffTape";

        public override string Formula => "y = Σ x";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Reduce.Sum(x);

        public override Variable? Vjp(Variable x, Variable y, Variable gy) => Tensor.From([3, double.PositiveInfinity]);

        public override Variable? Jvp(Variable x, Variable y, Variable tx) => Tensor.Scalar(double.NaN, DType.F64);
    }
}
