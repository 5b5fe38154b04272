using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>A tape printed, and a tape that stops at the first number that is none.</summary>
internal static class Watching
{
    public static void Table()
    {
        // listing: tape-text
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(2, DType.F64)), b = tape.Watch(Tensor.Scalar(1, DType.F64));
        Variable c = (a * b) + Op.Exp(a);
        Print.Line($"{TapeText.Write(TapeView.Of(tape, c, [(a, "a"), (b, "b"), (c, "c")], Adjoints.Kept, title: "c = a·b + exp(a)")).TrimEnd()}");
        // end
    }

    public static void Anomaly()
    {
        // listing: anomaly
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([4.0, 0.0]));
        try
        {
            tape.Gradient(Op.Sum(Op.Sqrt(x)), x);
        }
        catch (AnomalyException stop)
        {
            Print.Line($"{stop.Message}");
        }
        // end
    }
}
