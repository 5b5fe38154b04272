using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The smallest element over axes; NaN where there is one.</summary>
    /// <param name="x">Any shape with at least one element along the axes.</param>
    /// <param name="axes">The axes to search; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable Min(Variable x, Axes? axes = null, bool keepDimensions = false) => Apply(new MinRule(axes, keepDimensions), x);

    /// <summary>The smallest elements get the adjoint.</summary>
    private sealed class MinRule(Axes? axes, bool keepDimensions) : ExtremeElementRule("min", axes, keepDimensions)
    {
        public override string Name => nameof(Min);

        protected override Tensor Fold(Tensor x, Axes? axes, bool keepDimensions) => Reduce.Min(x, axes, keepDimensions);
    }
}
