using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>x where x &gt; 0, else α(eˣ - 1), by a true expm1.</summary>
/// <param name="alpha">Where the function levels off below 0.</param>
public readonly struct EluKernel(double alpha) : IUnaryKernel, IVectorFunction
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // By far the commonest: a loop without a constant that the compiler would keep in memory.
        if (alpha == 1) VectorLoop.Map(x, destination, default(Unit));
        else VectorLoop.Map(x, destination, this);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.ConditionalSelect(
            Vector256.GreaterThan(x, Vector256<T>.Zero),
            x,
            default(Expm1Kernel).Invoke(x) * Vector256.Create(T.CreateTruncating(alpha)));

    /// <summary>
    /// For α = 1, the same to the last bit in two thirds of the instructions: below 0 nothing overflows, so that 2ⁿ is applied at once and needs no bound above; and where eˣ - 1
    /// rounds to x, the branch for positive numbers gives that.
    /// </summary>
    private readonly struct Unit : IVectorFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<T> Invoke<T>(Vector256<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            bool single = typeof(T) == typeof(float);
            (Vector256<T> n, Vector256<T> p) = VectorMath.ReduceExp(Vector256.MaxNative(VectorMath.Constant<T>(single ? -25 : -54), x));
            Vector256<T> power = VectorMath.PowerOfTwo(n);
            return Vector256.ConditionalSelect(Vector256.GreaterThan(x, VectorMath.Constant<T>(single ? -1e-10 : -1e-20)), x, (p * power) + (power - Vector256<T>.One));
        }
    }
}
