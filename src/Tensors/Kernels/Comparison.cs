using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>1 where x &gt; y, else 0 (also where either is NaN).</summary>
public readonly struct GreaterFunction : IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.GreaterThan(x, y) & Vector256<T>.One;
}

/// <summary>1 where x ≥ y, else 0 (also where either is NaN).</summary>
public readonly struct GreaterOrEqualFunction : IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.GreaterThanOrEqual(x, y) & Vector256<T>.One;
}

/// <summary>1 where x &lt; y, else 0 (also where either is NaN).</summary>
public readonly struct LessFunction : IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.LessThan(x, y) & Vector256<T>.One;
}

/// <summary>1 where x ≤ y, else 0 (also where either is NaN).</summary>
public readonly struct LessOrEqualFunction : IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.LessThanOrEqual(x, y) & Vector256<T>.One;
}

/// <summary>1 where x = y, else 0 (also where either is NaN).</summary>
public readonly struct EqualFunction : IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.Equals(x, y) & Vector256<T>.One;
}

/// <summary>1 where x ≠ y (also where either is NaN), else 0.</summary>
public readonly struct NotEqualFunction : IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.AndNot(Vector256<T>.One, Vector256.Equals(x, y));
}
