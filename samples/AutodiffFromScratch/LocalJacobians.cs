using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>What a local derivative is when the values are tensors, and why none is ever stored.</summary>
internal static class LocalJacobians
{
    public static void Run()
    {
        // listing: local-jacobians
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0, 3.0]));
        Variable y = Op.Sum(Op.Square(x));

        foreach (Entry entry in tape.Entries) Print.Line($"{entry.Rule.Name}: {entry.Rule.Formula}\n{entry.LocalJacobian(operand: 0)}");
        Print.Line($"dy/dx = {tape.Gradient(y, x)}");
        // end
    }
}
