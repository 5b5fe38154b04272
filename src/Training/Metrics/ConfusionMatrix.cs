using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// How often each class was taken for each: a row a right class, a column an answer. Its <see cref="Result"/> is the share on the diagonal, which is the accuracy. Predictions are
/// [N, classes], the largest of a row being the answer; targets are class numbers or one-hot rows.
/// </summary>
public sealed class ConfusionMatrix : Metric
{
    private readonly double[] counts;

    /// <summary>A matrix of zeros.</summary>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public ConfusionMatrix(int classes)
        : base("confusion_matrix")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        (Classes, counts) = (classes, new double[classes * classes]);
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>How often, or with which sum of weights, a class was taken for a class.</summary>
    /// <param name="wanted">The right one.</param>
    /// <param name="given">The answer.</param>
    public double this[int wanted, int given] => counts[(wanted * Classes) + given];

    /// <inheritdoc/>
    public override double Result
    {
        get
        {
            double right = 0;
            for (int i = 0; i < Classes; i++) right += this[i, i];
            return right / counts.Sum();
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> State
    {
        get => [.. counts];
        set => value.ToArray().CopyTo(counts, 0);
    }

    /// <inheritdoc/>
    public override void Reset() => Array.Clear(counts);

    /// <summary>The counts, [classes, classes] of F64.</summary>
    public Tensor ToTensor() => Tensor.From(counts, [Classes, Classes]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The predictions have another number of classes, or a target is none of them.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        Rows rows = new(this, targets, predictions, weights);
        rows.Expect(this, Classes);
        for (int i = 0; i < rows.Count; i++) counts[(rows.Wanted(i) * Classes) + rows.Given(i)] += rows.Weight(i);
    }

    /// <summary><c>ConfusionMatrix(classes: 10)</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ConfusionMatrix(classes: {Classes})");
}
