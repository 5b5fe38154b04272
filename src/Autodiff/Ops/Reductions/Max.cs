using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The largest element over axes; NaN where there is one.</summary>
    /// <param name="x">Any shape with at least one element along the axes.</param>
    /// <param name="axes">The axes to search; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable Max(Variable x, Axes? axes = null, bool keepDimensions = false) => Apply(new MaxRule(axes, keepDimensions), x);

    /// <summary>The largest elements get the adjoint.</summary>
    private sealed class MaxRule(Axes? axes, bool keepDimensions) : ExtremeElementRule("max", axes, keepDimensions)
    {
        public override string Name => nameof(Max);

        protected override Tensor Fold(Tensor x, Axes? axes, bool keepDimensions) => Reduce.Max(x, axes, keepDimensions);
    }
}
