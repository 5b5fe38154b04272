using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// The elements at the positions that each axis's range names, by NumPy's rule: <c>Slice(x, 1..3, ..^1)</c>, <c>Slice(x, new AxisRange(step: -2))</c>. Every axis stays,
    /// if with size 0 or 1. A copy.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="ranges">One range for each leading axis; axes without one stay whole.</param>
    /// <exception cref="ArgumentException">There are more ranges than axes.</exception>
    public static Variable Slice(Variable x, params ReadOnlySpan<AxisRange> ranges) => Apply(new SliceRule(ranges.ToArray()), x);

    /// <summary>The transpose puts what was taken back to its place, between zeros.</summary>
    private sealed class SliceRule(AxisRange[] ranges) : UnaryRule
    {
        public override string Name => nameof(Slice);

        public override string Formula => $"y = x[{string.Join<AxisRange>(", ", ranges)}],  x̄ += ȳ in its places, zeros around";

        public override Saves Saves => Saves.Nothing;

        public override string Options => string.Join<AxisRange>(", ", ranges);

        public override Tensor Forward(Tensor x) => Indexing.Slice(x, ranges);

        public override Variable Vjp(Variable x, Variable y, Variable gy)
        {
            AxisPadding[] paddings = new AxisPadding[x.Shape.Rank];
            List<int> backward = [];
            for (int axis = 0; axis < ranges.Length; axis++)
            {
                (int start, int count) = ranges[axis].Resolve(x.Shape[axis]);
                int distance = count > 1 ? Math.Abs(ranges[axis].Step) : 1;
                int length = count == 0 ? 0 : ((count - 1) * distance) + 1;
                if (ranges[axis].Step < 0 && count > 1)
                {
                    backward.Add(axis);
                    start -= length - 1;
                }

                paddings[axis] = new AxisPadding(start, x.Shape[axis] - start - length, distance - 1);
            }

            return Pad(backward.Count == 0 ? gy : Flip(gy, Axes.Of([.. backward])), paddings);
        }

        public override Variable Jvp(Variable x, Variable y, Variable tx) => Slice(tx, ranges);
    }
}
