using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>What indices name along an axis, as NumPy's take: rows of an embedding, columns in another order. An index may be named more than once.</summary>
    /// <param name="x">[outer..., N, inner...]</param>
    /// <param name="indices">Any shape, I32 or U8, from -N to N - 1; negative ones count from the end.</param>
    /// <param name="axis">The axis that the indices walk along.</param>
    /// <returns>[outer..., indices..., inner...]</returns>
    /// <exception cref="ArgumentException">x is a scalar, the indices are no integers, or one lies outside the axis.</exception>
    public static Variable Gather(Variable x, Variable indices, int axis) => Apply(new GatherRule(axis), x, indices);

    /// <summary>Each element of the output is one of x; where one was taken several times, it gains the sum.</summary>
    private sealed class GatherRule(int axis) : BinaryRule
    {
        public override string Name => nameof(Gather);

        public override string Formula => $"y = x at the indices on axis {Axes.FromInt32(axis)},  x̄ += ȳ added at the indices";

        public override Saves Saves => Saves.Second;

        public override string Options => $"axis {Axes.FromInt32(axis)}";

        public override Tensor Forward(Tensor a, Tensor b) => Indexing.Gather(a, b, axis);

        public override Variable VjpFirst(Variable a, Variable b, Variable y, Variable gy) => ScatterAdd(gy, b, a.Shape, axis);

        public override Variable? VjpSecond(Variable a, Variable b, Variable y, Variable gy) => null;

        public override Variable JvpFirst(Variable a, Variable b, Variable y, Variable ta) => Gather(ta, b, axis);

        public override Variable? JvpSecond(Variable a, Variable b, Variable y, Variable tb) => null;
    }
}
