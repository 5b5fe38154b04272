using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = (x - center)·scale + shift in one pass: batch normalization in inference, whose statistics are given.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="center">What is taken away, in a shape that broadcasts to x's.</param>
    /// <param name="scale">What multiplies, in center's shape.</param>
    /// <param name="shift">What is added, in center's shape; 0 where null.</param>
    /// <exception cref="ArgumentException">The three shapes differ or do not broadcast to x's, or the types differ.</exception>
    public static Variable Standardize(Variable x, Variable center, Variable scale, Variable? shift = null)
    {
        ArgumentNullException.ThrowIfNull(center);
        return Apply(StandardizeRule.Instance, x, center, scale, shift ?? Tensor.Zeros(center.Shape, center.DType));
    }

    /// <summary>x̄ = ȳ·s, the sums of what the others contribute over what they are repeated along: -ȳ·s to the center, ȳ·(x - c) to the scale and ȳ to the shift.</summary>
    private sealed class StandardizeRule : FusedRule
    {
        public static readonly StandardizeRule Instance = new();

        public override string Name => nameof(Standardize);

        public override string Formula => "y = (x - c)·s + b,  x̄ += ȳ·s,  c̄ -= Σ ȳ·s,  s̄ += Σ ȳ·(x - c),  b̄ += Σ ȳ";

        public override Saves Saves => Saves.First | Saves.Second | Saves.Third;

        public override Tensor Forward(ReadOnlySpan<Tensor> operands)
        {
            (Tensor x, Tensor center, Tensor scale, Tensor shift) = (operands[0], operands[1], operands[2], operands[3]);
            if (center.Shape != scale.Shape || center.Shape != shift.Shape || !center.Shape.BroadcastsTo(x.Shape))
            {
                throw new ArgumentException($"Standardize: expected three parameters of one shape that broadcasts to {x.Shape}, got {center.Shape}, {scale.Shape} and {shift.Shape}.");
            }

            // Where the parameters stand along the last axes, x is a matrix with a column for each.
            int columns = center.Length;
            bool isByColumn = columns > 0 && x.Length > 0 && Shape.Of(x.Shape.AsSpan()[^Trailing(center.Shape)..]).ElementCount == columns;
            return isByColumn
                ? ColumnNormalization.Apply(x.Reshape(-1, columns), center, scale, shift).Reshape(x.Shape)
                : ((x - center) * scale) + shift;
        }

        public override Variable Composed(IReadOnlyList<Variable> operands) => ((operands[0] - operands[1]) * operands[2]) + operands[3];

        protected override Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed)
        {
            (Tensor x, Tensor center, Tensor scale) = (operands[0], operands[1], operands[2]);
            Tensor scaled = adjoint * scale;
            return
            [
                scaled,
                needed[1] ? Op.SumTo(-(Variable)scaled, center.Shape).Value : null,
                needed[2] ? Op.SumTo(adjoint * (x - center), center.Shape).Value : null,
                needed[3] ? Op.SumTo(adjoint, center.Shape).Value : null,
            ];
        }

        /// <summary>How many axes there are from the first that is not 1 on.</summary>
        private static int Trailing(Shape shape)
        {
            int axes = shape.Rank;
            while (axes > 0 && shape[-axes] == 1) axes--;
            return axes;
        }
    }
}
