using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The share of examples whose answer is right, from 0 to 1. Class numbers are compared with the largest prediction of each row, the first of equals; one-hot targets
/// by their largest too; a single prediction per row is compared with its target by being above one half. Keras's <c>"accuracy"</c>, which picks among
/// <see cref="SparseCategoricalAccuracy"/>, <see cref="CategoricalAccuracy"/> and <see cref="BinaryAccuracy"/> by the shapes.
/// </summary>
public sealed class Accuracy() : MeanMetric("accuracy")
{
    private const double Half = 0.5;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not belong together.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        Rows rows = new(this, targets, predictions.Rank == 1 ? predictions.Reshape(-1, 1) : predictions, weights);
        for (int i = 0; i < rows.Count; i++)
        {
            bool isRight = rows.Classes > 1 ? rows.Wanted(i) == rows.Given(i) : rows.Target(i) > Half == rows.Prediction(i, 0) > Half;
            Add(isRight ? 1 : 0, rows.Weight(i));
        }
    }
}
