using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The largest element over axes; NaN where there is one.</summary>
    /// <param name="x">Any shape with at least one element along the axes.</param>
    /// <param name="axes">The axes to search; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable Max(Variable x, Axes? axes = null, bool keepDimensions = false) => Apply(new MaxRule(axes, keepDimensions), x);

    /// <summary>The adjoint goes to the largest element; where several are equal they share it evenly, which keeps both passes each other's transpose.</summary>
    private sealed class MaxRule(Axes? axes, bool keepDimensions) : UnaryRule
    {
        public override string Name => nameof(Max);

        public override string Formula => $"y = max x over {Named(axes)},  x̄ += ȳ where x = y, shared among equals";

        public override Saves Saves => Saves.First | Saves.Output;

        public override string Options => Told(axes, keepDimensions);

        public override Tensor Forward(Tensor x) => Reduce.Max(x, axes, keepDimensions);

        public override Variable Vjp(Variable x, Variable y, Variable gy) => Share(x, y) * Reshape(gy, KeptShape(x.Shape, axes));

        public override Variable Jvp(Variable x, Variable y, Variable tx) => Sum(tx * Share(x, y), axes, keepDimensions);

        private Variable Share(Variable x, Variable y)
        {
            Variable chosen = Equal(x, Reshape(y, KeptShape(x.Shape, axes)));
            return chosen / Sum(chosen, axes, keepDimensions: true);
        }
    }
}
