using System.Globalization;
using Tapestry.Data;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>What each example of a batch counts in the loss: its class's weight, times its own where it has one. Always in the same memory.</summary>
internal sealed class ExampleWeights
{
    private readonly IReadOnlyDictionary<int, double> byClass;
    private readonly Tensor weights;
    private Tensor? rows;

    /// <summary>Room for one batch.</summary>
    /// <exception cref="ArgumentException">A class is none of the data's, or a weight is no finite number of 0 or more.</exception>
    public ExampleWeights(IReadOnlyDictionary<int, double> byClass, DataSet data, int batchSize, DType dtype)
    {
        int classes = data.Classes ?? (IsOneHot(data.Targets) ? data.Targets.Shape[-1] : 2);
        foreach ((int number, double weight) in byClass)
        {
            if (number < 0 || number >= classes) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"ClassWeights: expected classes from 0 to {classes - 1}, got {number}."), nameof(byClass));
            if (!(weight >= 0 && weight < double.PositiveInfinity)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"ClassWeights: expected finite weights of 0 or more, got {weight} for class {number}."), nameof(byClass));
        }

        this.byClass = byClass;
        weights = Tensor.Zeros([batchSize], dtype);
    }

    /// <summary>The weights of a batch's examples, valid until the next batch's.</summary>
    public Tensor Of(Batch batch)
    {
        if (rows?.Length != batch.Count) rows = weights.Rows(0, batch.Count);
        Numbers targets = new(batch.Targets), own = batch.Weights is null ? default : new(batch.Weights);
        int width = IsOneHot(batch.Targets) ? targets.Length / batch.Count : 1;
        for (int i = 0; i < batch.Count; i++)
        {
            int number = width == 1 ? (int)targets[i] : targets.LargestOf(i * width, width);
            double weight = byClass.GetValueOrDefault(number, 1) * (batch.Weights is null ? 1 : own[i]);
            if (rows.DType == DType.F32) rows.AsSpan<float>()[i] = (float)weight;
            else rows.AsSpan<double>()[i] = weight;
        }

        return rows;
    }

    private static bool IsOneHot(Tensor targets) => targets.DType.IsFloat() && targets.Rank == 2 && targets.Shape[-1] > 1;
}
