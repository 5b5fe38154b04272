using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>A function of two vectors as a kernel: where one operand is a single number, it is repeated.</summary>
public readonly struct VectorKernel<TFunction> : IBinaryKernel
    where TFunction : struct, IVectorFunction2
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Zip(x, y, destination, default(TFunction));

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, new WithRight<T>(y));

    /// <inheritdoc/>
    public void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(y, destination, new WithLeft<T>(x));

    private readonly struct WithRight<TNumber>(TNumber right) : IVectorFunction
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        public Vector256<T> Invoke<T>(Vector256<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => default(TFunction).Invoke(x, Vector256.Create(right).As<TNumber, T>());
    }

    private readonly struct WithLeft<TNumber>(TNumber left) : IVectorFunction
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        public Vector256<T> Invoke<T>(Vector256<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => default(TFunction).Invoke(Vector256.Create(left).As<TNumber, T>(), x);
    }
}
