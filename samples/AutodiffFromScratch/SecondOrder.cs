using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>The reverse pass is operations too: recorded, it can be walked like any others.</summary>
internal static class SecondOrder
{
    public static void Run()
    {
        // listing: second-order
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64));
        Variable y = x * x * x;
        Variable first = tape.Gradient(y, x, record: true);
        foreach (Entry entry in tape.Entries)
        {
            Print.Line($"{entry.Index}  {entry.Rule.Name,-8}  {entry.Output,-10}  {(entry.DerivativeOf is { } of ? $"for the derivative of {of}" : "forward")}");
        }

        Variable second = tape.Gradient(first, x, record: true);
        Variable third = tape.Gradient(second, x);
        Print.Line($"3x² = {first}, 6x = {second}, 6 = {third}");
        // end
    }

    public static void HessianTimesVector()
    {
        // listing: hessian-vector
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0, 3.0]));
        Variable y = Op.Prod(x);
        Variable gradient = tape.Gradient(y, x, record: true);

        Tensor v = Tensor.From([1.0, 0.0, 0.0]);
        Print.Line($"gradient              {gradient}");
        Print.Line($"H·v, reverse again    {tape.Gradient(gradient, x, upstream: v)}");
        Print.Line($"H·v, forward over it  {tape.Jvp(gradient, [x], [v])}");
        // end
    }
}
