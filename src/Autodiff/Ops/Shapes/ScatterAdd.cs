using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The transpose of <see cref="Gather"/>: each part of x is added to zeros where its index says; parts with one index add up, in their order.</summary>
    /// <param name="x">[outer..., indices..., inner...]</param>
    /// <param name="indices">Any shape, I32 or U8, from -N to N - 1; negative ones count from the end.</param>
    /// <param name="shape">[outer..., N, inner...], the result's.</param>
    /// <param name="axis">The axis of the result that the indices walk along.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, the indices are no integers, or one lies outside the axis.</exception>
    public static Variable ScatterAdd(Variable x, Variable indices, Shape shape, int axis) => Apply(new ScatterAddRule(shape, axis), x, indices);

    /// <summary>Each element of x went to one place, and takes the adjoint from there.</summary>
    private sealed class ScatterAddRule(Shape shape, int axis) : BinaryRule
    {
        public override string Name => nameof(ScatterAdd);

        public override string Formula => $"y = x added at the indices on axis {Axes.FromInt32(axis)} of {shape},  x̄ += ȳ at the indices";

        public override Saves Saves => Saves.Second;

        public override string Options => $"axis {Axes.FromInt32(axis)}, {shape}";

        public override Tensor Forward(Tensor a, Tensor b) => Scatter.Add(a, b, shape, axis);

        public override Variable VjpFirst(Variable a, Variable b, Variable y, Variable gy) => Gather(gy, b, axis);

        public override Variable? VjpSecond(Variable a, Variable b, Variable y, Variable gy) => null;

        public override Variable JvpFirst(Variable a, Variable b, Variable y, Variable ta) => ScatterAdd(ta, b, shape, axis);

        public override Variable? JvpSecond(Variable a, Variable b, Variable y, Variable tb) => null;
    }
}
