using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Tapestry.Tensors.VectorMath;

namespace Tapestry.Tensors;

/// <summary>
/// ln(1 + eˣ) as max(x, 0) + ln(1 + u) with u = exp(-|x|), which does not overflow and keeps its relative precision far below 0, where the result is eˣ.
/// Since u ≤ 1, ln(1 + u) = 2·artanh(z) with z = u/(2 + u) ≤ 1/3, by its series. About 2 units in the last place.
/// </summary>
public readonly struct SoftplusKernel : IUnaryKernel, IVectorFunction
{
    // 1/(2k + 1) from k = 15 (F64) or 6 (F32) down to 1: the next term is below half a unit in the last place at z = 1/3.
    private static ReadOnlySpan<double> Artanh =>
    [
        1.0 / 31, 1.0 / 29, 1.0 / 27, 1.0 / 25, 1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3,
    ];

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector256<T> u = Exp(-Vector256.Abs(x));
        Vector256<T> twiceZ = (u + u) / (u + Constant<T>(2));
        Vector256<T> square = twiceZ * twiceZ * Constant<T>(0.25);
        Vector256<T> logarithm = FusedMultiplyAdd(twiceZ * square, Polynomial(square, typeof(T) == typeof(float) ? Artanh[9..] : Artanh), twiceZ);
        return Vector256.Max(x, Vector256<T>.Zero) + logarithm;
    }
}
