using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>The parts that kernels of transcendental functions are put together from, for F32 and F64. Fused products give the same bits on every machine.</summary>
internal static class VectorMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Constant<T>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.Create(T.CreateTruncating(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> FusedMultiplyAdd<T>(Vector256<T> x, Vector256<T> y, Vector256<T> sum)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
            : Vector256.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

    /// <summary>A polynomial by Horner's scheme, its coefficients from the highest power down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Polynomial<T>(Vector256<T> x, ReadOnlySpan<double> coefficients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector256<T> sum = Constant<T>(coefficients[0]);
        for (int k = 1; k < coefficients.Length; k++) sum = FusedMultiplyAdd(sum, x, Constant<T>(coefficients[k]));
        return sum;
    }

    /// <summary>n and p = eʳ - 1 with x = n·ln 2 + r, n whole and |r| ≤ ln 2 / 2, so that eˣ = 2ⁿ(1 + p). For |x| up to a thousand; NaN passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<T> N, Vector256<T> P) ReduceExp<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (Vector256<T> n, Vector256<T> r, Vector256<T> q) = Reduce(x);
        return (n, FusedMultiplyAdd(q, r, r));
    }

    /// <summary>n, r and q with x = n·ln 2 + r and eʳ = 1 + r + q·r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<T> N, Vector256<T> R, Vector256<T> Q) Reduce<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool single = typeof(T) == typeof(float);
        Vector256<T> n = Round(x * Constant<T>(1.4426950408889634));
        Vector256<T> r = single
            ? FusedMultiplyAdd(n, Constant<T>(-0.693145751953125), x)
            : FusedMultiplyAdd(n, Constant<T>(-0.6931471803691238), x);
        r = single
            ? FusedMultiplyAdd(n, Constant<T>(-1.42860682030941723212e-6), r)
            : FusedMultiplyAdd(n, Constant<T>(-1.9082149292705877e-10), r);

        // 1/k! from k = 13 (F64) or 8 (F32) down to 2: the next term is below half a unit in the last place of eʳ - 1 at |r| = ln 2 / 2. Written out, because a loop over the
        // coefficients would convert each of them again for every vector.
        Vector256<T> sum = Constant<T>(1.0 / 40320);
        if (!single)
        {
            sum = FusedMultiplyAdd(Constant<T>(1.0 / 6227020800), r, Constant<T>(1.0 / 479001600));
            sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 39916800));
            sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 3628800));
            sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 362880));
            sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 40320));
        }

        sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 5040));
        sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 720));
        sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 120));
        sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 24));
        sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 6));
        sum = FusedMultiplyAdd(sum, r, Constant<T>(1.0 / 2));
        return (n, r, sum * r);
    }

    /// <summary>eˣ within one unit in the last place, exactly 1 at 0, denormal results included. NaN passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Exp<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool single = typeof(T) == typeof(float);

        // Beyond these bounds the result is 0 or infinity in any case. NaN passes: where an operand is NaN, the machine's own instructions give the second.
        Vector256<T> clamped = Vector256.MinNative(Constant<T>(single ? 89 : 710), Vector256.MaxNative(Constant<T>(single ? -104 : -746), x));
        (Vector256<T> n, Vector256<T> r, Vector256<T> q) = Reduce(clamped);

        // What 1 + r rounds off is added with the rest.
        Vector256<T> most = Vector256<T>.One + r;
        Vector256<T> exponential = most + FusedMultiplyAdd(q, r, r - (most - Vector256<T>.One));

        // 2ⁿ is applied in two halves, because n may lie outside the range of exponents where the result is denormal or close to the largest number.
        Vector256<T> half = Round(n * Constant<T>(0.5));
        return exponential * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>2ⁿ for whole n inside the range of exponents, put together from its bits; anything for NaN, which machines convert in their own ways.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> PowerOfTwo<T>(Vector256<T> n)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? ((Vector256.ConvertToInt32Native(n.AsSingle()) + Vector256.Create(127)) << 23).As<int, T>()
            : ((Vector256.ConvertToInt64Native(n.AsDouble()) + Vector256.Create(1023L)) << 52).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Round<T>(Vector256<T> x)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector256.Round(x.AsSingle()).As<float, T>()
            : Vector256.Round(x.AsDouble()).As<double, T>();
}
