using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Values and derivatives of an elementwise function, for tests that go through a list of points.</summary>
internal static class Pointwise
{
    /// <summary>The function and its derivative at each point.</summary>
    public static (double[] Values, double[] Derivatives) At(Func<Variable, Variable> function, double[] points, DType dtype = DType.F64) =>
        At(function, points, [.. points.Select(_ => 1.0)], dtype);

    /// <summary>The function at each point, and its derivative times an adjoint.</summary>
    public static (double[] Values, double[] Products) At(Func<Variable, Variable> function, double[] points, double[] adjoints, DType dtype = DType.F64)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(points).Cast(dtype)), y = function(x);
        return (y.Value.ToDoubles(), tape.Gradient(y, x, Tensor.From(adjoints).Cast(dtype)).Value.ToDoubles());
    }
}
