using System.Text;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>The text of every error that users of tapes and operations can meet, in one snapshot.</summary>
public class ErrorTests
{
    private static readonly Parameter Weight = new("dense/kernel", Tensor.Zeros([2, 2]));

    private static readonly (string Cause, Action<Tape> Act)[] Errors =
    [
        ("operands on two tapes", tape => Op.Multiply(tape.Watch(Tensor.Scalar(1)), new Tape().Watch(Tensor.Scalar(1)))),
        ("watching integers", tape => tape.Watch(Tensor.From([1, 2]))),
        ("a disposed tape", Disposed),
        ("a result after its tape", AfterTape),
        ("the gradient of a matrix", tape => tape.Gradient(tape.Watch(Tensor.Zeros([2, 3])), tape.Watch(Tensor.Zeros([1])))),
        ("upstream weights of another shape", tape => tape.Gradient(tape.Watch(Tensor.Zeros([2, 3])), tape.Watch(Tensor.Zeros([1])), Tensor.Zeros([3]))),
        ("the gradient for a constant", tape => tape.Gradient(tape.Watch(Tensor.Scalar(1)), tape.Constant(Tensor.Scalar(1)))),
        ("the gradient of a plain tensor", tape => tape.Gradient(Tensor.Scalar(1), tape.Watch(Tensor.Scalar(1)))),
        ("the gradient of another tape's variable", tape => tape.Gradient(new Tape().Watch(Tensor.Scalar(1)), tape.Watch(Tensor.Scalar(1)))),
        ("the gradient on an arena", _ => Arena(tape => tape.Gradient(tape.Watch(Tensor.Scalar(1)), tape.Watch(Tensor.Scalar(1))))),
        ("parameters on an arena", _ => Arena(tape => tape.Gradient(tape.Watch(Weight), [Weight]))),
        ("a parameter without a path", tape => tape.Gradient(tape.Watch(Tensor.Scalar(1)), [Weight])),
        ("a frozen parameter", tape => tape.Gradient(tape.Watch(Tensor.Scalar(1)), [new Parameter("dense/bias", Tensor.Scalar(1)) { Trainable = false }])),
        ("binding another shape", tape => tape.Bind(Weight, tape.Watch(Tensor.Zeros([2])))),
        ("binding a plain tensor", tape => tape.Bind(Weight, Tensor.Zeros([2, 2]))),
        ("too few tangents", tape => tape.Jvp(tape.Watch(Tensor.Scalar(1)), [tape.Watch(Tensor.Scalar(1))], [])),
        ("a tangent of another shape", tape => tape.Jvp(tape.Watch(Tensor.Scalar(1)), [tape.Watch(Tensor.Scalar(1))], [Tensor.Zeros([2])])),
        ("a rule with a gradient of another shape", tape => tape.Gradient(Op.Apply(new Misshapen(), tape.Watch(Tensor.Scalar(1))), [.. Watched(tape)])),
        ("a rule with a tangent of another shape", MisshapenTangent),
        ("gradients of another type", _ => new Gradients([(Weight, Tensor.Zeros([2, 2], DType.F64))])),
        ("the gradient of a parameter not asked for", _ => new Gradients([])[Weight].ToScalar()),
        ("a function without a tape", _ => Derivatives.Jacobian(x => x.Value, Tensor.Zeros([2]))),
        ("a function of another tape", tape => Derivatives.ValueAndGradient(x => tape.Watch(Tensor.Scalar(1)), Tensor.Scalar(1))),
        ("a function that mixes tapes", tape => Derivatives.Hessian(x => x * tape.Watch(Tensor.Scalar(1)), Tensor.Scalar(1))),
        ("the gradient of a function of several elements", _ => Derivatives.ValueAndGradient(x => x, Tensor.Zeros([2]))),
        ("a derivative of order -1", _ => Derivatives.NthDerivative(x => x, Tensor.Scalar(1), -1)),
        ("a derivative at two points", _ => Derivatives.NthDerivative(x => x, Tensor.Zeros([2]), 1)),
        ("a Hessian times a vector of another shape", _ => Derivatives.HessianVectorProduct(x => Op.Sum(x), Tensor.Zeros([2]), Tensor.Zeros([3]))),
        ("examples of different number", _ => Derivatives.PerExampleGradients((w, example) => w[0], [Tensor.Scalar(1)], [Tensor.Zeros([2, 3]), Tensor.Zeros([3])])),
        ("no examples", _ => Derivatives.PerExampleGradients((w, example) => w[0], [Tensor.Scalar(1)], [])),
        ("a checkpoint that uses a variable from outside", tape => Op.Checkpoint(x => x * tape.Watch(Tensor.Scalar(2)), tape.Watch(Tensor.Scalar(1)))),
        ("a checkpoint that gives a variable from outside", tape => Op.Checkpoint(x => tape.Watch(Tensor.Scalar(2)), tape.Watch(Tensor.Scalar(1)))),
        ("a checkpoint that leaves the tape", tape => Op.Checkpoint(x => x.Detach(), tape.Watch(Tensor.Scalar(1)))),
        ("a checkpoint that is not the same again", Unrepeatable),
        ("a checkpoint that draws once more", DrawsMore),
        ("a custom gradient of a parameter", tape => Op.CustomGradient(x => x * x.Tape!.Watch(new Parameter("w", Tensor.Scalar(2))), (x, y, gy) => gy, tape.Watch(Tensor.Scalar(1)))),
        ("a custom gradient for too few operands", tape => tape.Gradient(Op.CustomGradient(x => x[0], (call, gy) => [], [tape.Watch(Tensor.Scalar(1))]), [.. Watched(tape)])),
        ("a custom gradient that leaves the tape", tape => tape.Jvp(Op.CustomGradient(x => x, (x, y, gy) => gy.Detach(), tape.Watch(Tensor.Scalar(1))), [.. Watched(tape)], [Tensor.Scalar(1)])),
        ("a graph of nothing", _ => LinearizedGraph.From([], [])),
        ("a graph over two tapes", tape => LinearizedGraph.From(tape.Watch(Tensor.Scalar(1)), new Tape().Watch(Tensor.Scalar(1)))),
        ("a graph from a constant", tape => LinearizedGraph.From(tape.Watch(Tensor.Scalar(1)), tape.Constant(Tensor.Scalar(1)))),
        ("a graph from an input and what depends on it", tape => DependentInputs(tape.Watch(Tensor.Scalar(1)))),
        ("a graph from an input twice", tape => RepeatedInputs(tape.Watch(Tensor.Scalar(1)))),
        ("an elimination of some vertices", tape => IncompleteOrder(tape.Watch(Tensor.Scalar(1)))),
        ("the local Jacobian of a third operand of two", tape => (tape.Watch(Tensor.Scalar(1)) + 1).Entry!.LocalJacobian(2)),
        ("the local Jacobian for integers", tape => Op.Apply(new Picks(), tape.Watch(Tensor.Scalar(1)), tape.Constant(Tensor.From([1, 2]))).Entry!.LocalJacobian(1)),
        ("Exp of I32", _ => Op.Exp(Tensor.From([1, 2]))),
        ("Elu of U8", _ => Op.Elu(Tensor.Zeros([2], DType.U8))),
        ("F32 + F64", _ => Op.Add(Tensor.Zeros([2]), Tensor.Zeros([2], DType.F64))),
        ("shapes that do not broadcast", _ => Op.Subtract(Tensor.Zeros([2, 3]), Tensor.Zeros([2]))),
        ("Where of two types", _ => Op.Where(Tensor.Zeros([2], DType.F64), Tensor.Zeros([2]), Tensor.Zeros([2]))),
        ("Clip with reversed bounds", _ => Op.Clip(Tensor.Scalar(1), 2.5, -1.5)),
        ("ThresholdedRelu with a negative threshold", _ => Op.ThresholdedRelu(Tensor.Scalar(1), -0.5)),
        ("Power of two types", _ => Op.Power(Tensor.Zeros([2]), Tensor.Zeros([2], DType.F64))),
        ("Maximum of integers", _ => Op.Maximum(Tensor.From([1, 2]), Tensor.From([3, 4]))),
        ("Less of two shapes", _ => Op.Less(Tensor.Zeros([2, 3]), Tensor.Zeros([2]))),
        ("Erf of U8", _ => Op.Erf(Tensor.Zeros([2], DType.U8))),
        ("LogSoftmax of a scalar", _ => Op.LogSoftmax(Tensor.Scalar(1))),
        ("SumTo a larger shape", _ => Op.SumTo(Tensor.Zeros([3]), [2, 3])),
        ("BroadcastTo a smaller shape", _ => Op.BroadcastTo(Tensor.Zeros([2, 3]), [3])),
        ("Reshape to another length", _ => Op.Reshape(Tensor.Zeros([2, 3]), [4, 2])),
        ("Permute without all axes", _ => Op.Permute(Tensor.Zeros([2, 3]), [0])),
        ("MatMul of vectors", _ => Op.MatMul(Tensor.Zeros([2]), Tensor.Zeros([2]))),
        ("Sum over an axis outside", _ => Op.Sum(Tensor.Zeros([2, 3]), 2)),
        ("Mean over an axis outside", _ => Op.Mean(Tensor.Zeros([2, 3]), -3)),
        ("Max over nothing", _ => Op.Max(Tensor.Zeros([2, 0]), 1)),
        ("Min over nothing", _ => Op.Min(Tensor.Zeros([2, 0]), 1)),
        ("Norm with p below 1", _ => Op.Norm(Tensor.Zeros([2]), p: 0.5)),
        ("CumulativeSum of a scalar", _ => Op.CumulativeSum(Tensor.Scalar(1), 0)),
        ("Concatenate of nothing", _ => Op.Concatenate([], 0)),
        ("Concatenate of other sizes", _ => Op.Concatenate([Tensor.Zeros([2, 3]), Tensor.Zeros([2, 2])], 0)),
        ("Stack of nothing", _ => Op.Stack([], 0)),
        ("Stack of two shapes", _ => Op.Stack([Tensor.Zeros([2]), Tensor.Zeros([1, 2])], 0)),
        ("Split of 5 into 2", _ => Op.Split(Tensor.Zeros([5, 3]), 2, 0)),
        ("Split by sizes that do not add up", _ => Op.Split(Tensor.Zeros([5, 3]), [2, 2], 0)),
        ("Slice by more ranges than axes", _ => Op.Slice(Tensor.Zeros([2]), .., ..)),
        ("Pad with too few paddings", _ => Op.Pad(Tensor.Zeros([2, 3]), [new(1, 1)])),
        ("Pad by less than nothing", _ => Op.Pad(Tensor.Zeros([2]), [new(1, -1)])),
        ("Gather of index 3 from 3", _ => Op.Gather(Tensor.Zeros([2, 3]), Tensor.From([0, 3]), -1)),
        ("Gather by F32", _ => Op.Gather(Tensor.Zeros([3]), Tensor.Zeros([2]), 0)),
        ("ScatterAdd of another shape", _ => Op.ScatterAdd(Tensor.Zeros([2, 2]), Tensor.From([0, 1, 2]), [3, 2], 0)),
        ("MatMul of batches of other depths", _ => Op.MatMul(Tensor.Zeros([2, 3, 2]), Tensor.Zeros([2, 3]), transposeA: true)),
        ("MatMul of a batch and a matrix of other depths", _ => Op.MatMul(Tensor.Zeros([2, 2, 3]), Tensor.Zeros([2, 3]))),
        ("Einsum of three operands", _ => Op.Einsum("ij,jk,kl", Tensor.Zeros([2, 3]), Tensor.Zeros([3, 2]))),
        ("Einsum with an ellipsis", _ => Op.Einsum("...j,jk", Tensor.Zeros([2, 3]), Tensor.Zeros([3, 2]))),
        ("Einsum with too few letters", _ => Op.Einsum("j,jk", Tensor.Zeros([2, 3]), Tensor.Zeros([3, 2]))),
        ("Einsum with two sizes", _ => Op.Einsum("ij,jk", Tensor.Zeros([2, 3]), Tensor.Zeros([2, 3]))),
        ("Einsum with a diagonal of two sizes", _ => Op.Einsum("ii,jk", Tensor.Zeros([2, 3]), Tensor.Zeros([2, 3]))),
        ("Einsum with an output letter from nowhere", _ => Op.Einsum("ij,jk->il", Tensor.Zeros([2, 3]), Tensor.Zeros([3, 2]))),
        ("Einsum of two types", _ => Op.Einsum("ij,jk", Tensor.Zeros([2, 3]), Tensor.Zeros([3, 2], DType.F64))),
        ("Softmax of a scalar", _ => Op.Softmax(Tensor.Scalar(1))),
        ("LogSumExp over nothing", _ => Op.LogSumExp(Tensor.Zeros([0]))),
        ("a gradient check in F32", _ => GradientCheck.Run(x => x[0], Tensor.Zeros([2]))),
        ("a gradient check of a function that leaves the tape", _ => GradientCheck.Run(x => x[0].Value, [Tensor.Zeros([2], DType.F64)], order: 2)),
        ("a gradient check of nothing", _ => GradientCheck.Run(x => x[0], Tensor.Zeros([0], DType.F64)).ThrowIfFailed()),
    ];

    [Fact]
    public Task Texts_say_what_was_expected_and_what_came() => Verifier.Verify(Collect());

    [Fact]
    public void Texts_do_not_depend_on_the_culture()
    {
        string expected = Collect();

        Assert.Equal(expected, Culture.Foreign(Collect));
    }

    private static string Collect()
    {
        StringBuilder text = new();
        foreach ((string cause, Action<Tape> act) in Errors)
        {
            using Tape tape = new();
            Exception? error = Record.Exception(() => act(tape));
            text.Append(cause).Append("\n    ").Append(error is null ? "nothing was thrown" : $"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}").Append("\n\n");
        }

        return text.ToString();
    }

    private static void Disposed(Tape tape)
    {
        Variable x = tape.Watch(Tensor.Scalar(1));
        tape.Dispose();
        Op.Exp(x);
    }

    private static void AfterTape(Tape tape)
    {
        Variable y = Op.Exp(tape.Watch(Tensor.Scalar(1)));
        tape.Dispose();
        y.Value.ToScalar();
    }

    private static void Arena(Action<Tape> act)
    {
        using Tape arena = new(record: false);
        act(arena);
    }

    private static IEnumerable<Variable> Watched(Tape tape) => tape.Entries[0].Operands;

    private static void MisshapenTangent(Tape tape)
    {
        Variable x = tape.Watch(Tensor.Scalar(1));
        tape.Jvp(Op.Apply(new Misshapen(), x), [x], [Tensor.Scalar(1)]);
    }

    private static void Unrepeatable(Tape tape)
    {
        Variable x = tape.Watch(Tensor.Scalar(1));
        int runs = 0;
        tape.Gradient(Op.Checkpoint(v => v * ++runs, x), x);
    }

    private static void DependentInputs(Variable x)
    {
        Variable h = Op.Exp(x);
        LinearizedGraph.From([h * x], [x, h]);
    }

    private static void RepeatedInputs(Variable x) => LinearizedGraph.From([x * x], [x, x]);

    private static void IncompleteOrder(Variable x) => LinearizedGraph.From(Op.Exp(Op.Exp(Op.Exp(x))), x).Eliminate([2]);

    private static void DrawsMore(Tape tape)
    {
        Variable x = tape.Watch(Tensor.Scalar(1));
        int runs = 0;
        Variable y = Op.Checkpoint(
            v =>
            {
                for (int i = 0; i < runs; i++) v.Tape!.DrawFrom(new Rng(1));
                runs++;
                return v * 2;
            },
            x);
        tape.Gradient(y, x);
    }

    private sealed class Misshapen : UnaryRule
    {
        public override string Name => "Misshapen";

        public override string Formula => "";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor x) => x.Clone();

        public override Variable? Vjp(Variable x, Variable y, Variable gy) => Tensor.Zeros([3]);

        public override Variable? Jvp(Variable x, Variable y, Variable tx) => Tensor.Zeros([3]);
    }

    /// <summary>The first of two operands, whatever the second is.</summary>
    private sealed class Picks : BinaryRule
    {
        public override string Name => "Picks";

        public override string Formula => "";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor a, Tensor b) => a;

        public override Variable? VjpFirst(Variable a, Variable b, Variable y, Variable gy) => gy;

        public override Variable? VjpSecond(Variable a, Variable b, Variable y, Variable gy) => null;

        public override Variable? JvpFirst(Variable a, Variable b, Variable y, Variable ta) => ta;

        public override Variable? JvpSecond(Variable a, Variable b, Variable y, Variable tb) => null;
    }
}
