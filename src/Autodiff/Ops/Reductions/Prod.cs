using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The product over axes; 1 over nothing.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes to multiply over; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable Prod(Variable x, Axes? axes = null, bool keepDimensions = false) => Apply(new ProdRule(axes, keepDimensions), x);

    /// <summary>
    /// dy/dxᵢ is the product of the others, Π xⱼ over j ≠ i. It is not taken as y/xᵢ, which is 0/0 at a zero, but multiplied out, so that it is right with any number of
    /// zeros and can be differentiated again.
    /// </summary>
    private sealed class ProdRule(Axes? axes, bool keepDimensions) : UnaryRule
    {
        public override string Name => nameof(Prod);

        public override string Formula => $"y = Π x over {Named(axes)},  x̄ += ȳ·Π of the others";

        public override Saves Saves => Saves.First;

        public override string Options => Told(axes, keepDimensions);

        public override Tensor Forward(Tensor x) => Reduce.Prod(x, axes, keepDimensions);

        public override Variable Vjp(Variable x, Variable y, Variable gy) => Others(x) * Reshape(gy, KeptShape(x.Shape, axes));

        public override Variable Jvp(Variable x, Variable y, Variable tx) => Sum(tx * Others(x), axes, keepDimensions);

        /// <summary>For each element the product of the others that are folded together with it.</summary>
        private Variable Others(Variable x)
        {
            int[] reduced = ReducedAxes(x.Shape, axes);
            int[] order = [.. Enumerable.Range(0, x.Shape.Rank).Except(reduced), .. reduced];
            int[] inverse = [.. Enumerable.Range(0, order.Length).Select(axis => Array.IndexOf(order, axis))];
            Variable rows = InOrder(x, order);
            int count = CountPerResult(x.Shape, axes);
            Variable others = OthersInRows(Reshape(rows, [count == 0 ? 0 : x.Shape.ElementCount / count, count]));
            return InOrder(Reshape(others, rows.Shape), inverse);
        }

        /// <summary>
        /// For each element of [rows, n] the product of the others in its row, in about 3n multiplications: the neighbour in a pair, times what lies outside the pair,
        /// which is the same question about the n/2 products of pairs.
        /// </summary>
        private static Variable OthersInRows(Variable x)
        {
            (int rows, int n) = (x.Shape[0], x.Shape[1]);
            if (n <= 1) return Tensor.Ones(x.Shape, x.DType);

            int half = (n + 1) / 2;
            Variable pairs = Reshape(Pad(x, [new(0, 0), new(0, n % 2)], value: 1), [rows, half, 2]);
            Variable products = Reshape(Slice(pairs, .., .., ..1) * Slice(pairs, .., .., 1..), [rows, half]);
            Variable others = Flip(pairs, 2) * Reshape(OthersInRows(products), [rows, half, 1]);
            return Slice(Reshape(others, [rows, 2 * half]), .., ..n);
        }
    }
}
