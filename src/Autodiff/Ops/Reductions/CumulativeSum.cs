using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The sum up to each element along an axis. The shape stays.</summary>
    /// <param name="x">Any shape of rank 1 or more.</param>
    /// <param name="axis">The axis to go along.</param>
    /// <param name="exclusive">Whether an element's own value is left out, so that the first sum is 0.</param>
    /// <param name="reverse">Whether the sums start from the end of the axis.</param>
    public static Variable CumulativeSum(Variable x, int axis, bool exclusive = false, bool reverse = false) =>
        Apply(new CumulativeSumRule(axis, exclusive, reverse), x);

    /// <summary>An element takes part in its own sum and all later ones: the transpose adds up from the other end.</summary>
    private sealed class CumulativeSumRule(int axis, bool exclusive, bool reverse) : UnaryRule
    {
        public override string Name => nameof(CumulativeSum);

        public override string Formula
        {
            get
            {
                (string before, string behind) = exclusive ? ("<", ">") : ("≤", "≥");
                if (reverse) (before, behind) = (behind, before);
                return $"yᵢ = Σ xⱼ over j {before} i on axis {Axes.FromInt32(axis)},  x̄ᵢ += Σ ȳⱼ over j {behind} i";
            }
        }

        public override Saves Saves => Saves.Nothing;

        public override string Options => $"axis {Axes.FromInt32(axis)}{(exclusive ? ", exclusive" : "")}{(reverse ? ", reverse" : "")}";

        public override Tensor Forward(Tensor x) => Scan.Sum(x, axis, exclusive, reverse);

        public override Variable Vjp(Variable x, Variable y, Variable gy) => CumulativeSum(gy, axis, exclusive, !reverse);

        public override Variable Jvp(Variable x, Variable y, Variable tx) => CumulativeSum(tx, axis, exclusive, reverse);
    }
}
