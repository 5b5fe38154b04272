using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>1 where x &gt; y, else 0 (also where either is NaN).</summary>
public readonly struct GreaterKernel : IBinaryKernel, IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.GreaterThan(x, y) & Vector256<T>.One;

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Zip(x, y, destination, this);

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, new WithRight<T, GreaterKernel>(y));

    /// <inheritdoc/>
    public void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(y, destination, new WithLeft<T, GreaterKernel>(x));
}

/// <summary>1 where x = y, else 0 (also where either is NaN).</summary>
public readonly struct EqualKernel : IBinaryKernel, IVectorFunction2
{
    /// <inheritdoc/>
    public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.Equals(x, y) & Vector256<T>.One;

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Zip(x, y, destination, this);

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, new WithRight<T, EqualKernel>(y));

    /// <inheritdoc/>
    public void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(y, destination, new WithLeft<T, EqualKernel>(x));
}

/// <summary>f(x, c) for one number c.</summary>
internal readonly struct WithRight<TNumber, TFunction>(TNumber right) : IVectorFunction
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TFunction : struct, IVectorFunction2
{
    public Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => default(TFunction).Invoke(x, Vector256.Create(right).As<TNumber, T>());
}

/// <summary>f(c, x) for one number c.</summary>
internal readonly struct WithLeft<TNumber, TFunction>(TNumber left) : IVectorFunction
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TFunction : struct, IVectorFunction2
{
    public Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => default(TFunction).Invoke(Vector256.Create(left).As<TNumber, T>(), x);
}
