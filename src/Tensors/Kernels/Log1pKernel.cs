using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>
/// ln(1 + x) with full relative precision near 0, where <c>log(1 + x)</c> loses what the sum rounds off. With u = 1 + x rounded,
/// ln(1 + x) = ln u · x / (u - 1), because ln u / (u - 1) varies slowly (Kahan's device); u = 1 means x itself.
/// </summary>
public readonly struct Log1pKernel : IUnaryKernel
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            T u = T.One + x[i];
            destination[i] = u == T.One ? x[i] : T.IsPositiveInfinity(u) ? u : T.Log(u) * (x[i] / (u - T.One));
        }
    }
}
