using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>
/// y = x under another name. The derivative with respect to an alias does not run on into what x was computed from, nor into what else was computed from x: it is the
/// derivative of a function with respect to its argument alone.
/// </summary>
internal sealed class AliasRule : ElementwiseRule
{
    private static readonly AliasRule Instance = new();

    public override string Name => "Alias";

    public override string Formula => "y = x,  x̄ += ȳ";

    public override Saves Saves => Saves.Nothing;

    internal override Notation Notation => Notation.Same;

    /// <summary>Another name for a variable of a tape, which gradients flow to: through it to the variable where that is tracked.</summary>
    public static Variable Of(Variable x, Tape tape) => x.IsTracked ? Op.Apply(Instance, x) : tape.Watch(x.Value);

    public override Tensor Forward(Tensor x) => x;

    public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t;
}
