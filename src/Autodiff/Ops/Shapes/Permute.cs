using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The axes in another order: axis i of the result is axis order[i] of x. <c>Permute(x, [1, 0])</c> is a matrix's transpose.</summary>
    /// <exception cref="ArgumentException">The order does not name each axis once.</exception>
    public static Variable Permute(Variable x, Axes order) => Apply(new PermuteRule(order), x);

    /// <summary>A permutation by axes counted from the front, left out where they stand in that order already.</summary>
    private static Variable InOrder(Variable x, int[] order) => order.AsSpan().SequenceEqual([.. Enumerable.Range(0, order.Length)]) ? x : Permute(x, Axes.Of(order));

    /// <summary>A permutation's transpose is its inverse.</summary>
    private sealed class PermuteRule(Axes order) : UnaryRule
    {
        public override string Name => nameof(Permute);

        public override string Formula => $"y = x with axes {order},  x̄ += ȳ with the axes put back";

        public override Saves Saves => Saves.Nothing;

        public override string Options => $"axes {order}";

        public override Tensor Forward(Tensor x) => Indexing.Permute(x, order);

        public override Variable Vjp(Variable x, Variable y, Variable gy)
        {
            int[] inverse = new int[order.Count];
            for (int i = 0; i < inverse.Length; i++) inverse[order[i] < 0 ? order[i] + inverse.Length : order[i]] = i;
            return Permute(gy, Axes.Of(inverse));
        }

        public override Variable Jvp(Variable x, Variable y, Variable tx) => Permute(tx, order);
    }
}
