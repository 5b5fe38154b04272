using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Inspection;

/// <summary>Small tapes to look at.</summary>
internal static class Tapes
{
    /// <summary>a·b + exp(a) at a = 1, b = 2: 2 + e.</summary>
    public static TapeView Example(Adjoints adjoints)
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(1, DType.F64)), b = tape.Watch(Tensor.Scalar(2, DType.F64));
        Variable y = (a * b) + Op.Exp(a);
        return TapeView.Of(tape, y, [(a, "a"), (b, "b")], adjoints, "a*b + exp(a)");
    }

    /// <summary>A layer inside a model, of which one parameter trains and one does not; a large tensor, one that is none, and one that is empty.</summary>
    public static TapeView Layers(Adjoints adjoints = Adjoints.None)
    {
        using Tape tape = new();
        Parameter kernel = new("dense/kernel", Tensor.From([0.5, -0.25, 1.5, 2], [2, 2])), mean = new("norm/mean", Tensor.From([0.5, 0.5]), ParameterRole.State);
        Variable x = tape.Constant(Tensor.From([1.0, 2, 3, 4], [2, 2])), y;
        using (tape.EnterScope("model"))
        {
            using (tape.EnterScope("dense")) y = Op.MatMul(x, tape.Watch(kernel));
            using (tape.EnterScope("norm")) y = (y - tape.Watch(mean)) * 2;
        }

        // What the output does not depend on is on the tape too.
        Variable large = Op.BroadcastTo(y, [1000, 2, 2]);
        Op.Multiply(large, Tensor.Scalar(double.NaN, DType.F64));
        Op.Reshape(tape.Watch(Tensor.Zeros([0, 3], DType.F64)), [3, 0]);
        return TapeView.Of(tape, Op.Sum(Op.Tanh(large * 0.01)), [(x, "images")], adjoints, "two layers");
    }

    /// <summary>Names that no format should stumble over.</summary>
    public static TapeView Hostile()
    {
        using Tape tape = new();
        string[] names = ["a\"b", "<b>&amp;", "back\\slash\\n", "line\nfeed\t\0", "%% {init}", "#35; `code` *x* _y_", "--> n0; end", "", "]] }> \uFFFF", "\uD800", "\u202Eright", "\U0001F600"];
        (Variable, string)[] leaves = [.. names.Select(name => (tape.Watch(Tensor.Scalar(1, DType.F64)), name))];
        Variable y;
        using (tape.EnterScope("<layer \"1\">")) y = leaves.Select(leaf => leaf.Item1).Aggregate((sum, leaf) => sum + leaf);
        return TapeView.Of(tape, y, leaves, title: "\"<title>\" \\ \n---");
    }
}
