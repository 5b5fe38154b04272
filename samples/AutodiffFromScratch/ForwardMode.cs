using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>Derivatives that travel with the values: no tape is needed, and one pass gives one direction.</summary>
internal static class ForwardMode
{
    public static void OnNumbers()
    {
        // listing: dual-use
        Dual a = new(2, Tangent: 1), b = new(1, Tangent: 0);     // a moves, b stands still
        Dual c = (a * b) + Dual.Exp(a);
        Print.Line($"c = {c.Value:F4}, dc/da = {c.Tangent:F4}");
        // end
    }

    public static void OnTensors()
    {
        // listing: dot-product
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0, 3.0]));
        Variable y = Op.CumulativeSum(Op.Square(x), 0);
        Tensor v = Tensor.From([1.0, -1.0, 2.0]), u = Tensor.From([1.0, 2.0, 1.0]);

        Variable pushed = tape.Jvp(y, [x], [v]);                 // J·v:  how y moves when x moves along v
        Variable pulled = tape.Gradient(y, x, upstream: u);      // Jᵀ·u: the gradient of ⟨u, y⟩
        Print.Line($"J·v  = {pushed}   ⟨u, J·v⟩  = {Op.Sum(u * pushed)}");
        Print.Line($"Jᵀ·u = {pulled}   ⟨Jᵀ·u, v⟩ = {Op.Sum(pulled * v)}");
        // end
    }
}
