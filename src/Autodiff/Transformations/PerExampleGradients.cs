using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Derivatives
{
    /// <summary>
    /// The gradient of each example's own loss, where <see cref="ValueAndGradient(Func{IReadOnlyList{Variable}, Variable}, IReadOnlyList{Tensor})"/> gives only the sum over a
    /// batch: for clipping each example's influence, for gradient noise, for finding the examples that matter. Each example is run by itself, on a tape of its own, as a batch of
    /// one row: JAX's <c>vmap(grad(loss))</c>, at the cost of one pass an example.
    /// </summary>
    /// <remarks>
    /// An example's gradient does not depend on the rest of the batch, so their sum is the batch's gradient only where the loss is a sum over examples that do not meet. In batch
    /// normalization's training mode they do: alone, an example is its own mean. There, take the <see cref="Jacobian(Func{IReadOnlyList{Variable}, Variable}, IReadOnlyList{Tensor}, JacobianMode)"/>
    /// of the vector of losses of the whole batch with respect to the weights, whose row i is the gradient of loss i as it depends on everything.
    /// </remarks>
    /// <param name="loss">Takes the weights and one example, a row of each tensor of the batch with its first axis at size 1, and gives one element.</param>
    /// <param name="weights">What to differentiate by: F32 or F64, any shapes.</param>
    /// <param name="batch">The examples along the first axes, which have one size: features and targets, say. Constants to the derivative.</param>
    /// <returns>For each weight [examples, ...shape of the weight].</returns>
    /// <exception cref="ArgumentException">The batch's sizes differ, or the loss has more than one element or left the tape.</exception>
    public static Tensor[] PerExampleGradients(Func<IReadOnlyList<Variable>, IReadOnlyList<Variable>, Variable> loss, IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> batch)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(weights);
        return PerExample(weights, batch, (tape, example) =>
        {
            (Variable[] watched, Variable y) = Evaluate(nameof(PerExampleGradients), tape, at => loss(at, example), weights);
            return [.. tape.Gradient(y, watched).Select(gradient => gradient.Value)];
        });
    }

    /// <summary>The gradient of each example's own loss with respect to a model's parameters.</summary>
    /// <param name="loss">Takes one example, a row of each tensor of the batch with its first axis at size 1, and gives one element: a model's loss.</param>
    /// <param name="parameters">Trainable parameters that the loss depends on.</param>
    /// <param name="batch">The examples along the first axes, which have one size. Constants to the derivative.</param>
    /// <returns>For each parameter [examples, ...its shape].</returns>
    /// <exception cref="InvalidOperationException">The loss does not depend on a parameter, or the parameter is not trainable.</exception>
    /// <inheritdoc cref="PerExampleGradients(Func{IReadOnlyList{Variable}, IReadOnlyList{Variable}, Variable}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor})" path="/remarks|/exception"/>
    public static Tensor[] PerExampleGradients(Func<IReadOnlyList<Variable>, Variable> loss, IReadOnlyList<Parameter> parameters, IReadOnlyList<Tensor> batch)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(parameters);
        return PerExample([.. parameters.Select(parameter => parameter.Value)], batch, (tape, example) =>
            [.. tape.Gradient(OnTape.Call($"{nameof(Derivatives)}.{nameof(PerExampleGradients)}", tape, loss, example), parameters).Select(pair => pair.Gradient)]);
    }

    private static Tensor[] PerExample(IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> batch, Func<Tape, Variable[], Tensor[]> gradientsOf)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0 || batch.Any(tensor => tensor.Rank == 0 || tensor.Shape[0] != batch[0].Shape[0]))
        {
            throw new ArgumentException($"Derivatives.PerExampleGradients: expected tensors with one row for each example, got {(batch.Count == 0 ? "none" : string.Join(", ", batch.Select(tensor => tensor.Shape)))}.", nameof(batch));
        }

        int examples = batch[0].Shape[0];
        Tensor[] results = [.. weights.Select(weight => Tensor.Zeros(weight.Shape.Prepend(examples), weight.DType))];
        for (int row = 0; row < examples; row++)
        {
            using Tape tape = new();
            Tensor[] gradients = gradientsOf(tape, [.. batch.Select(tensor => tape.Constant(tensor.Rows(row, 1)))]);
            for (int i = 0; i < results.Length; i++) gradients[i].AsBytes().CopyTo(results[i].Rows(row, 1).AsBytes());
        }

        return results;
    }
}
