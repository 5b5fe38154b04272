using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The sum over axes.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes to sum over; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable Sum(Variable x, Axes? axes = null, bool keepDimensions = false) => Apply(new SumRule(axes, keepDimensions), x);

    /// <summary>Each element has derivative 1: the adjoint is repeated along what was summed.</summary>
    private sealed class SumRule(Axes? axes, bool keepDimensions) : UnaryRule
    {
        public override string Name => nameof(Sum);

        public override string Formula => $"y = Σ x over {Named(axes)},  x̄ += ȳ repeated";

        public override Saves Saves => Saves.Nothing;

        public override string Options => Told(axes, keepDimensions);

        internal override Notation Notation => Notation.Total;

        public override Tensor Forward(Tensor x) => Reduce.Sum(x, axes, keepDimensions);

        public override Variable Vjp(Variable x, Variable y, Variable gy) => BroadcastTo(Reshape(gy, KeptShape(x.Shape, axes)), x.Shape);

        public override Variable Jvp(Variable x, Variable y, Variable tx) => Sum(tx, axes, keepDimensions);
    }

    /// <summary>The axes in a formula: <c>axis 0</c>, <c>axes [0, 2]</c>.</summary>
    private static string Named(Axes? axes) => axes is null ? "all axes" : axes.Count == 1 ? $"axis {axes}" : $"axes {axes}";

    /// <summary>What a reduction is told: <c>axis 0, kept</c>; nothing where it is over all axes.</summary>
    private static string Told(Axes? axes, bool keepDimensions) => string.Join(", ", [.. axes is null ? (string[])[] : [Named(axes)], .. keepDimensions ? (string[])["kept"] : []]);

    /// <summary>The shape with reduced axes at size 1, in which a reduction's result broadcasts against its operand.</summary>
    internal static Shape KeptShape(Shape shape, Axes? axes)
    {
        int[] sizes = shape.AsSpan().ToArray();
        foreach (int axis in ReducedAxes(shape, axes)) sizes[axis] = 1;
        return Shape.Of(sizes);
    }

    /// <summary>The axes that a reduction folds, ascending.</summary>
    private static int[] ReducedAxes(Shape shape, Axes? axes) => axes is null ? [.. Enumerable.Range(0, shape.Rank)] : axes.Resolve(shape.Rank);
}
