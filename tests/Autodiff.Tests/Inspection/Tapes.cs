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
}
