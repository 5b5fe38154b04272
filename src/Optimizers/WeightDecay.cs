using Tapestry.Autodiff;

namespace Tapestry.Optimizers;

/// <summary>
/// Draws weights to 0. Decoupled, as Keras's <c>weight_decay</c> and AdamW have it, beside the rule: w ← w - rate·decay·w before the step. Coupled, as PyTorch's
/// <c>weight_decay</c> of SGD and Adam has it, in the gradient: g ← g + decay·w, after clipping, which is the gradient of decay/2·‖w‖². For plain SGD the two are one.
/// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
/// </summary>
public sealed class WeightDecay
{
    /// <summary>A decay.</summary>
    /// <param name="rate">How much, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number of 0 or more.</exception>
    public WeightDecay(double rate) => Rate = OptionCheck.NotNegative(this, "the rate", rate);

    /// <summary>How much.</summary>
    public double Rate { get; }

    /// <summary>Whether it goes through the gradient, and so through the rule; false unless told otherwise.</summary>
    public bool Coupled { get; init; }

    /// <summary>Which parameters decay; <see cref="IsMeantFor"/> unless told otherwise. Keras's <c>exclude_from_weight_decay</c>. Asked once for each parameter.</summary>
    public Func<Parameter, bool> AppliesTo { get; init; } = IsMeantFor;

    /// <summary>
    /// Whether decay is meant for a parameter unless told otherwise: for kernels, and neither for biases and offsets, which are not <see cref="Parameter.Regularizable"/>, nor for
    /// normalization's scales, by their name gamma. Where a normalization follows a layer, its scale alone sets how large the output is: drawn to 0, it would shrink the
    /// signal and not the function's complexity.
    /// </summary>
    public static bool IsMeantFor(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Regularizable && parameter.Name[(parameter.Name.LastIndexOf('/') + 1)..] != "gamma";
    }
}
