using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Tapestry.Tensors.VectorMath;

namespace Tapestry.Tensors;

/// <summary>
/// eˣ - 1 with full relative precision near 0, where <c>exp(x) - 1</c> cancels and .NET's <c>ExpM1</c> is that difference.
/// With x = n·ln 2 + r and |r| ≤ ln 2 / 2 the result is p·2ⁿ + (2ⁿ - 1), where p = eʳ - 1 by its series: nothing cancels. About 2 units in the last place.
/// </summary>
public readonly struct Expm1Kernel : IUnaryKernel, IVectorFunction
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool single = typeof(T) == typeof(float);

        // Beyond these bounds the result is -1 or infinity in any case. NaN passes: where an operand is NaN, the machine's own instructions give the second.
        Vector256<T> clamped = Vector256.MinNative(Constant<T>(single ? 89 : 710), Vector256.MaxNative(Constant<T>(single ? -25 : -54), x));
        (Vector256<T> n, Vector256<T> p) = ReduceExp(clamped);

        // 2ⁿ is applied as 2ⁿ⁻¹ twice, because 2¹²⁸ (2¹⁰²⁴) itself is not a number while the result may still be one.
        Vector256<T> half = PowerOfTwo(n - Vector256<T>.One);
        Vector256<T> scaled = (p * half) + (half - Constant<T>(0.5));
        Vector256<T> result = scaled + scaled;

        // -0 and denormals survive, as they would not in the sum above.
        Vector256<T> tiny = Vector256.LessThan(Vector256.Abs(x), Constant<T>(single ? 1e-10 : 1e-20));
        return Vector256.ConditionalSelect(tiny, x, result);
    }
}
