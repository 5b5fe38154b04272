using System.Globalization;
using System.Runtime.CompilerServices;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// What is to become small: a number for each example from its targets and predictions, and the mean of these over the batch. As <see cref="Losses"/> has them the losses
/// are functions with Keras's defaults; with options they are objects: <c>new Huber { Delta = 2 }</c>. A loss of one's own is a subclass, or just a <see cref="LossFunction"/>.
/// </summary>
public abstract class Loss
{
    /// <summary>Keras's name: <c>mean_squared_error</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What becomes of the examples' losses; their mean unless told otherwise.</summary>
    public Reduction Reduction { get; init; } = Reduction.SumOverBatchSize;

    /// <summary>A function as a loss. One that <see cref="Losses"/> holds is the object that it stands for, so that its examples can be weighed.</summary>
    /// <param name="function">What gives one number, or one for each example.</param>
    public static Loss From(LossFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.Target is Loss loss && function == loss.Compute ? loss : new FunctionLoss(function);
    }

    /// <summary>The loss of each example: Keras's reduction "none".</summary>
    /// <param name="targets">What was to be answered.</param>
    /// <param name="predictions">What the model answered, [N, ...].</param>
    /// <returns>[N], or what is left of the predictions' shape without the axis that the loss goes along.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not belong together.</exception>
    public abstract Variable PerExample(Tensor targets, Variable predictions);

    /// <summary>The examples' losses, reduced: one number unless <see cref="Reduction"/> is none.</summary>
    /// <param name="targets">What was to be answered.</param>
    /// <param name="predictions">What the model answered, [N, ...].</param>
    /// <exception cref="ArgumentException">Shapes or types do not belong together.</exception>
    public Variable Compute(Tensor targets, Variable predictions) => Compute(targets, predictions, weights: null);

    /// <summary>The examples' losses, each times its weight, reduced.</summary>
    /// <param name="targets">What was to be answered.</param>
    /// <param name="predictions">What the model answered, [N, ...].</param>
    /// <param name="weights">What each example counts: [N], or the shape of <see cref="PerExample"/>. Null weighs all alike, as weights of 1 do.</param>
    /// <exception cref="ArgumentException">Shapes or types do not belong together, or there is nothing to weigh by example.</exception>
    public Variable Compute(Tensor targets, Variable predictions, Tensor? weights)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (Reduction == Reduction.SumOverBatchSize && Mean(targets, predictions, weights) is { } mean) return mean;
        Variable losses = PerExample(targets, predictions);
        if (weights is not null) losses *= Beside(weights, losses.Shape, losses.DType);
        if (losses.Shape.Rank == 0 || Reduction == Reduction.None) return losses;
        return Reduction == Reduction.Sum ? Op.Sum(losses) : Op.Mean(losses);
    }

    /// <summary>The name and the options that are not their defaults: <c>Huber(delta: 2)</c>.</summary>
    public override string ToString() => GetType().Name;

    /// <summary>The mean by a shorter way than <see cref="PerExample"/>, where a loss knows one.</summary>
    private protected virtual Variable? Mean(Tensor targets, Variable predictions, Tensor? weights) => null;

    /// <summary>An error about an option that is out of its range.</summary>
    private protected ArgumentOutOfRangeException Error(string expected, double value, [CallerMemberName] string option = "") =>
        new(option, string.Create(CultureInfo.InvariantCulture, $"{GetType().Name}: expected {option} to be {expected}, got {value}."));

    /// <summary>The weights of a loss along the last axis, with that axis at size 1: as a factor of its targets.</summary>
    private protected Tensor RowWeights(Tensor weights, Variable predictions)
    {
        Tensor beside = Beside(weights, Shape.Of(predictions.Shape.AsSpan()[..^1]), predictions.DType);
        return beside.Reshape(Shape.Of([.. beside.Shape, 1]));
    }

    /// <summary>Weights in the losses' type, with axes of size 1 behind them until they broadcast along the losses' first.</summary>
    private protected Tensor Beside(Tensor weights, Shape losses, DType dtype)
    {
        if (losses.Rank == 0) throw new ArgumentException($"{this}: expected a loss for each example, which weights could weigh, got one number. Give one for each row of the batch.", nameof(weights));
        if (weights.Shape != losses && (weights.Rank != 1 || weights.Length != losses[0]))
        {
            throw new ArgumentException($"{this}: expected a weight for each example, [{losses[0]}]{(losses.Rank > 1 ? $" or {losses}" : "")}, got weights {weights.Shape}.", nameof(weights));
        }

        Tensor alike = weights.DType == dtype ? weights : weights.Cast(dtype);
        if (alike.Rank == losses.Rank) return alike;
        Span<int> sizes = stackalloc int[losses.Rank];
        sizes.Fill(1);
        sizes[0] = losses[0];
        return alike.Reshape(sizes);
    }
}
