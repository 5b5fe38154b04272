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

    private readonly struct Unit : IVectorFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<T> Invoke<T>(Vector256<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<T>.Zero), x, default(Expm1Kernel).Invoke(x));
    }
}
