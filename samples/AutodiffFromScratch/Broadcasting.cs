using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>Broadcasting repeats elements; its transpose adds them up again.</summary>
internal static class Broadcasting
{
    public static void Run()
    {
        // listing: broadcasting
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }));
        Variable w = tape.Watch(Tensor.From([10.0, 20.0, 30.0]));
        Variable y = x * w;                                                        // each row of x times w

        Tensor upstream = Tensor.From(new double[,] { { 1, 1, 1 }, { 0, 0, 2 } }); // ȳ, chosen
        Variable[] gradient = tape.Gradient(y, [x, w], upstream);
        Print.Line($"x̄ = {gradient[0]}");
        Print.Line($"w̄ = {gradient[1]}");
        Print.Line($"    {Op.SumTo(upstream * x, w.Shape)} by hand");
        // end
    }

    public static void Transpose()
    {
        // listing: broadcast-transpose
        using Tape tape = new();
        Variable w = tape.Watch(Tensor.From([10.0, 20.0, 30.0]));
        Variable repeated = Op.BroadcastTo(w, Shape.Of(2, 3));
        Print.Line($"{repeated.Entry!.LocalJacobian(operand: 0)}");
        // end
    }
}
