using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>The larger of x and y; NaN where either is, and 0 above -0.</summary>
public readonly struct MaximumFunction : IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.Max(x, y);
}

/// <summary>The smaller of x and y; NaN where either is, and -0 below 0.</summary>
public readonly struct MinimumFunction : IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.Min(x, y);
}
