using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>
/// eˣ within one unit in the last place, with the same bits on every machine. TensorPrimitives has another way for F64 beyond ±708, and takes it for a whole register where one
/// lane lies there: so the last bits of that lane's neighbours depend on how wide registers are, and on where the numbers lie in memory.
/// </summary>
public readonly struct ExpKernel : IUnaryKernel, IVectorFunction
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorMath.Exp(x);
}
