using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The elements of some axes in reverse.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes to reverse; all of them where null.</param>
    public static Variable Flip(Variable x, Axes? axes = null) => Apply(new FlipRule(axes), x);

    /// <summary>Reversing is its own inverse and transpose.</summary>
    private sealed class FlipRule(Axes? axes) : UnaryRule
    {
        public override string Name => nameof(Flip);

        public override string Formula => $"y = x reversed along {Named(axes)},  x̄ += ȳ reversed";

        public override Saves Saves => Saves.Nothing;

        public override string Options => Told(axes, keepDimensions: false);

        public override Tensor Forward(Tensor x) => Indexing.Flip(x, axes);

        public override Variable Vjp(Variable x, Variable y, Variable gy) => Flip(gy, axes);

        public override Variable Jvp(Variable x, Variable y, Variable tx) => Flip(tx, axes);
    }
}
