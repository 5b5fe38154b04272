using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// The mean over the rows of Σ tᵢ·(ln Σ eᶻ - zᵢ): the cross-entropy of softmax(z), which stays exact where a probability rounds to 0.
    /// </summary>
    /// <param name="logits">z, [N, ..., classes].</param>
    /// <param name="targets">t, in z's shape and type: one-hot rows, or probabilities. No gradient flows to it.</param>
    /// <returns>One number.</returns>
    /// <exception cref="ArgumentException">Shapes or types differ, or there are no classes.</exception>
    public static Variable SoftmaxCrossEntropy(Variable logits, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Shape != logits.Shape || targets.DType != logits.DType) throw new ArgumentException($"SoftmaxCrossEntropy: expected targets like the logits, {logits.DType}{logits.Shape}, got {targets.DType}{targets.Shape}.", nameof(targets));
        SoftmaxCrossEntropyRule rule = new(targets);
        Variable loss = Apply(rule, logits);
        if (rule.Probabilities is { } kept) loss.Tape?.Own(kept);
        return loss;
    }

    /// <summary>z̄ = ȳ/N·(softmax(z)·Σ t - t), with N rows; for targets that add up to 1 it is ȳ/N·(softmax(z) - t).</summary>
    private sealed class SoftmaxCrossEntropyRule(Tensor targets) : FusedRule
    {
        private Tensor? of;

        /// <summary>What the forward pass finds and the backward pass reads.</summary>
        public Tensor? Probabilities { get; private set; }

        public override string Name => nameof(SoftmaxCrossEntropy);

        public override string Formula => "y = mean Σ t·(ln Σ exp(z) - z),  z̄ += ȳ/N·(softmax(z)·Σ t - t)";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(ReadOnlySpan<Tensor> operands)
        {
            of = operands[0];
            (Probabilities, Tensor loss) = SoftmaxKernel.ForwardWithCrossEntropy(operands[0], targets);
            return loss;
        }

        public override Variable Composed(IReadOnlyList<Variable> operands) =>
            Mean(Sum(targets * (LogSumExp(operands[0], axes: -1, keepDimensions: true) - operands[0]), axes: -1));

        protected override Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed)
        {
            Tensor probabilities = Probabilities is { Buffer.IsReleased: false } kept && of == operands[0] ? kept : SoftmaxKernel.Forward(operands[0]);
            return [SoftmaxKernel.CrossEntropyBackward(probabilities, targets, adjoint)];
        }
    }
}
