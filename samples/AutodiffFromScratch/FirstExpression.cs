using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>c = a·b + exp(a): on the tape of numbers, and on Tapestry's.</summary>
internal static class FirstExpression
{
    public static void OnNumbers()
    {
        // listing: scalar-use
        ScalarTape tape = new();
        Number a = tape.Watch(2), b = tape.Watch(1);
        Number c = (a * b) + Number.Exp(a);

        double[] adjoints = tape.Gradient(c);
        Print.Line($"c     = {c.Value:F4}");
        Print.Line($"dc/da = {adjoints[a.Line]:F4}");
        Print.Line($"dc/db = {adjoints[b.Line]:F4}");
        // end
    }

    public static void OnTensors()
    {
        // listing: tapestry-use
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(2, DType.F64)), b = tape.Watch(Tensor.Scalar(1, DType.F64));
        Variable c = (a * b) + Op.Exp(a);

        foreach (Entry entry in tape.Entries) Print.Line($"{entry.Index}  {entry.Rule.Name,-8}  {entry.Rule.Formula}");
        Variable[] gradient = tape.Gradient(c, [a, b]);
        Print.Line($"c     = {c}");
        Print.Line($"dc/da = {gradient[0]}");
        Print.Line($"dc/db = {gradient[1]}");
        // end
    }
}
