using System.Numerics;
using System.Numerics.Tensors;

namespace Tapestry.Optimizers;

/// <summary>What is done before a rule: the gradient scaled, held within a limit, and the weights decayed, in the gradient or by themselves.</summary>
/// <param name="Scale">What the gradient is multiplied by.</param>
/// <param name="Limit">What no derivative exceeds after that.</param>
/// <param name="Coupled">How much of the weights is added to the gradient after that.</param>
/// <param name="Keep">What the weights are multiplied by.</param>
internal readonly record struct Preparation(double Scale, double Limit, double Coupled, double Keep)
{
    /// <summary>How many elements are prepared at a time.</summary>
    public const int Stretch = 1024;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsNone => Scale == 1 && double.IsPositiveInfinity(Limit) && Coupled == 0 && Keep == 1;

    /// <summary>Prepares some elements.</summary>
    public void Run<T>(Span<T> weights, ReadOnlySpan<T> gradient, Span<T> prepared)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Multiply(gradient, T.CreateTruncating(Scale), prepared);
        if (double.IsFinite(Limit)) TensorPrimitives.Clamp(prepared, T.CreateTruncating(-Limit), T.CreateTruncating(Limit), prepared);
        if (Coupled != 0) TensorPrimitives.FusedMultiplyAdd(weights, T.CreateTruncating(Coupled), prepared, prepared);
        if (Keep != 1) TensorPrimitives.Multiply(weights, T.CreateTruncating(Keep), weights);
    }
}
