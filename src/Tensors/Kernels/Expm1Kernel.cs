using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>
/// eˣ - 1 with full relative precision near 0, where <c>exp(x) - 1</c> cancels and .NET's <c>ExpM1</c> is that difference.
/// With x = n·ln 2 + r and |r| ≤ ln 2 / 2 the result is p·2ⁿ + (2ⁿ - 1), where p = eʳ - 1 by its series: nothing cancels. About 2 units in the last place.
/// </summary>
public readonly struct Expm1Kernel : IUnaryKernel, IVectorFunction
{
    // 1/k! from k = 13 (F64) or 8 (F32) down to 2: the next term is below half a unit in the last place of p at |r| = ln 2 / 2.
    private static ReadOnlySpan<double> InverseFactorials =>
    [
        1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
        1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2,
    ];

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool single = typeof(T) == typeof(float);

        // Beyond these bounds the result is -1 or infinity in any case; NaN passes through Max and Min of .NET.
        Vector256<T> clamped = Vector256.Min(Vector256.Max(x, Constant<T>(single ? -25 : -54)), Constant<T>(single ? 89 : 710));
        Vector256<T> n = Round(clamped * Constant<T>(1.4426950408889634));
        Vector256<T> r = single
            ? FusedMultiplyAdd(n, Constant<T>(-0.693145751953125), clamped)
            : FusedMultiplyAdd(n, Constant<T>(-0.6931471803691238), clamped);
        r = single
            ? FusedMultiplyAdd(n, Constant<T>(-1.42860682030941723212e-6), r)
            : FusedMultiplyAdd(n, Constant<T>(-1.9082149292705877e-10), r);

        ReadOnlySpan<double> terms = single ? InverseFactorials[5..] : InverseFactorials;
        Vector256<T> series = Constant<T>(terms[0]);
        for (int k = 1; k < terms.Length; k++) series = FusedMultiplyAdd(series, r, Constant<T>(terms[k]));
        Vector256<T> p = FusedMultiplyAdd(series * r, r, r);

        // 2ⁿ is applied as 2ⁿ⁻¹ twice, because 2¹²⁸ (2¹⁰²⁴) itself is not a number while the result may still be one.
        Vector256<T> half = PowerOfTwo(n - Vector256<T>.One);
        Vector256<T> scaled = (p * half) + (half - Constant<T>(0.5));
        Vector256<T> result = scaled + scaled;

        // -0 and denormals survive, as they would not in the sum above.
        Vector256<T> tiny = Vector256.LessThan(Vector256.Abs(x), Constant<T>(single ? 1e-10 : 1e-20));
        return Vector256.ConditionalSelect(tiny, x, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Constant<T>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.Create(T.CreateTruncating(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> FusedMultiplyAdd<T>(Vector256<T> x, Vector256<T> y, Vector256<T> sum)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
            : Vector256.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Round<T>(Vector256<T> x)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector256.Round(x.AsSingle()).As<float, T>()
            : Vector256.Round(x.AsDouble()).As<double, T>();

    /// <summary>2ⁿ for whole n inside the range of exponents, put together from its bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> PowerOfTwo<T>(Vector256<T> n)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? ((Vector256.ConvertToInt32(n.AsSingle()) + Vector256.Create(127)) << 23).As<int, T>()
            : ((Vector256.ConvertToInt64(n.AsDouble()) + Vector256.Create(1023L)) << 52).As<long, T>();
}
