using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Tapestry.Tensors.VectorMath;

namespace Tapestry.Tensors;

/// <summary>
/// The error function 2/√π ∫₀ˣ exp(-u²) du, within 2 units in the last place, for every x. Below |x| = 1 by its series, which is odd and cancels nothing there; from 1 on
/// by 1 - exp(-x²)·R, where R = exp(x²)·erfc(x) is smooth and at most 0.43: a polynomial in (|x| - 2.5)/(|x| + 2.5).
/// </summary>
public readonly struct ErfKernel : IUnaryKernel, IVectorFunction
{
    private const double TwoOverRootPi = 1.1283791670955126;

    // (-1)ⁿ/(n!(2n + 1)) from n = 18 (F64) or 10 (F32) down to 0: the next term is below half a unit in the last place at x = 1.
    private static ReadOnlySpan<double> Series =>
    [
        1.0 / (6402373705728000 * 37), -1.0 / (355687428096000 * 35), 1.0 / (20922789888000 * 33), -1.0 / (1307674368000 * 31), 1.0 / (87178291200 * 29),
        -1.0 / (6227020800 * 27), 1.0 / (479001600 * 25.0), -1.0 / (39916800 * 23), 1.0 / (3628800 * 21), -1.0 / (362880 * 19), 1.0 / (40320 * 17),
        -1.0 / (5040 * 15), 1.0 / (720 * 13), -1.0 / (120 * 11), 1.0 / (24 * 9), -1.0 / (6 * 7), 1.0 / (2 * 5), -1.0 / 3, 1,
    ];

    // Minimax in the error of erf, 3.5e-19 for |x| from 1 to 6, from the highest power down. ErfCoefficients.py beside this kernel's tests prints them.
    private static ReadOnlySpan<double> FarF64 =>
    [
        7.528093804272589387e-6, 1.675673526627421586e-5, -3.574519088984293343e-5, -1.294864057471386507e-4, 2.282674205864320758e-4, 8.759136069168258438e-4,
        -2.642362725799346762e-3, -3.993700619715444182e-3, 0.03992253909516594056, -0.1250330523817290912, 0.2517131932171880755, -0.3717367339489765117,
        0.2108063640611437058,
    ];

    // The same with an error of 5.4e-12 for |x| from 1 to 4.
    private static ReadOnlySpan<double> FarF32 =>
    [
        -3.586065179205166586e-3, -4.494042253824466379e-3, 0.03977778581045203447, -0.1250555156099035108, 0.251711598707116865, -0.3717367525088430886,
        0.2108063658158170918,
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
        Vector256<T> magnitude = Vector256.Abs(x);
        Vector256<T> sum = x * Polynomial(x * x, single ? Series[8..] : Series);
        Vector256<T> near = FusedMultiplyAdd(sum, Constant<T>(TwoOverRootPi - 1), sum);

        // From these bounds on the result rounds to 1. NaN passes through Min.
        Vector256<T> clamped = Vector256.Min(magnitude, Constant<T>(single ? 4 : 6));
        Vector256<T> t = (clamped - Constant<T>(2.5)) / (clamped + Constant<T>(2.5));
        Vector256<T> far = Vector256<T>.One - (Exp(-(clamped * clamped)) * Polynomial(t, single ? FarF32 : FarF64));
        return Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256<T>.One), near, Vector256.CopySign(far, x));
    }
}
