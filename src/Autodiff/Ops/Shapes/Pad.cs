using System.Globalization;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// x with a number put before, behind and between the elements of its axes: <c>Pad(x, [new(1, 1), new(0, 2)])</c>. A variable to which nothing is added is returned as it is.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="paddings">One for each axis.</param>
    /// <param name="value">The number; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">There are more or fewer paddings than axes, or one is negative.</exception>
    public static Variable Pad(Variable x, IReadOnlyList<AxisPadding> paddings, double value = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(paddings);
        return paddings.Count == x.Shape.Rank && paddings.All(padding => padding == default) ? x : Apply(new PadRule([.. paddings], value), x);
    }

    /// <summary>The transpose takes out what was put around.</summary>
    private sealed class PadRule(AxisPadding[] paddings, double value) : UnaryRule
    {
        public override string Name => nameof(Pad);

        public override string Formula =>
            string.Create(CultureInfo.InvariantCulture, $"y = x padded by {string.Join(", ", paddings)} with {value},  x̄ += x's part of ȳ");

        public override Saves Saves => Saves.Nothing;

        public override string Options => string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", paddings)}{(value == 0 ? "" : $", with {value}")}");

        public override Tensor Forward(Tensor x) => Indexing.Pad(x, paddings, value);

        public override Variable Vjp(Variable x, Variable y, Variable gy)
        {
            AxisRange[] ranges = new AxisRange[paddings.Length];
            for (int axis = 0; axis < ranges.Length; axis++)
            {
                AxisPadding padding = paddings[axis];
                ranges[axis] = new AxisRange(padding.Before, y.Shape[axis] - padding.After, padding.Between + 1);
            }

            return Slice(gy, ranges);
        }

        public override Variable Jvp(Variable x, Variable y, Variable tx) => Pad(tx, paddings);
    }
}
