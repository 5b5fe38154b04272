using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// eˣ / Σ eˣ along an axis, with the maximum taken out first, so that logits of 1000 do not overflow. Over the last axis the result remembers its
    /// <see cref="Variable.Logits"/>, from which cross-entropy computes. NaN where all of a row is -∞, as in PyTorch.
    /// </summary>
    /// <param name="x">Any shape of rank 1 or more.</param>
    /// <param name="axis">The axis along which the results add up to 1; the last unless told otherwise.</param>
    public static Variable Softmax(Variable x, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        bool isLast = axis == -1 || axis == x.Shape.Rank - 1;
        if (!isLast || x.Shape.Rank == 0 || x.Shape[-1] == 0) return SoftmaxRule.Along(x, axis);
        Variable result = Apply(SoftmaxRule.Instance, x);
        result.Logits = x;
        return result;
    }

    /// <summary>∂yᵢ/∂xⱼ = yᵢ·(δᵢⱼ - yⱼ), so x̄ = y·(ȳ - Σ ȳ·y).</summary>
    private sealed class SoftmaxRule : FusedRule
    {
        public static readonly SoftmaxRule Instance = new();

        public override string Name => nameof(Softmax);

        public override string Formula => "y = exp(x)/Σ exp(x) over the last axis,  x̄ += y·(ȳ - Σ ȳ·y)";

        public override Saves Saves => Saves.Output;

        /// <summary>The definition.</summary>
        public static Variable Along(Variable x, int axis)
        {
            Variable exponentials = Exp(x - StopGradient(Max(x, axis, keepDimensions: true)));
            return exponentials / Sum(exponentials, axis, keepDimensions: true);
        }

        public override Tensor Forward(ReadOnlySpan<Tensor> operands) => SoftmaxKernel.Forward(operands[0]);

        public override Variable Composed(IReadOnlyList<Variable> operands) => Along(operands[0], -1);

        protected override Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed) => [SoftmaxKernel.Backward(output, adjoint)];
    }
}
