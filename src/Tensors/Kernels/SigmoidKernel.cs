using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Tapestry.Tensors.VectorMath;

namespace Tapestry.Tensors;

/// <summary>1/(1 + e⁻ˣ). With u = exp(-|x|) it is 1/(1 + u) from 0 on and u/(1 + u) below, where e⁻ˣ would overflow. About 2 units in the last place.</summary>
public readonly struct SigmoidKernel : IUnaryKernel, IVectorFunction
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector256<T> u = Exp(-Vector256.Abs(x));
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<T>.Zero), u, Vector256<T>.One) / (Vector256<T>.One + u);
    }
}
