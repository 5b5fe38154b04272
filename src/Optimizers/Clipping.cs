namespace Tapestry.Optimizers;

/// <summary>How a <see cref="Clipping"/> measures.</summary>
internal enum ClippingKind
{
    Value,
    Norm,
    GlobalNorm,
}

/// <summary>
/// Keeps gradients from being too large, before the rule sees them; the gradients themselves are left as they are. Keras's <c>clipvalue</c>, <c>clipnorm</c> and
/// <c>global_clipnorm</c>, of which an optimizer has at most one. Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.
/// </summary>
public sealed class Clipping
{
    private Clipping(ClippingKind kind, double limit) => (Kind, Limit) = (kind, OptionCheck.Positive(this, "the limit", limit));

    /// <summary>What no derivative or norm exceeds.</summary>
    public double Limit { get; }

    internal ClippingKind Kind { get; }

    /// <summary>Each derivative is held between -limit and limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not a finite number above 0.</exception>
    public static Clipping ByValue(double limit) => new(ClippingKind.Value, limit);

    /// <summary>Each parameter's gradient is scaled to a norm of at most the limit: g·min(1, limit/‖g‖).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not a finite number above 0.</exception>
    public static Clipping ByNorm(double limit) => new(ClippingKind.Norm, limit);

    /// <summary>All gradients are scaled by one number, so that their common norm is at most the limit: g·min(1, limit/√Σ‖g‖²).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not a finite number above 0.</exception>
    public static Clipping ByGlobalNorm(double limit) => new(ClippingKind.GlobalNorm, limit);

    /// <summary>What to multiply by; NaN for a norm that is none, so that an exploded gradient is not taken for a small one.</summary>
    internal double ScaleFor(double norm) => norm <= Limit ? 1 : double.IsFinite(norm) ? Limit / norm : double.NaN;
}
