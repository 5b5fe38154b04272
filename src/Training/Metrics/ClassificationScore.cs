using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// What precision, recall and F1 share. Without a number of classes there are elements that are 0 or 1, and the score is that of the ones, a prediction being one where it is above
/// <see cref="Threshold"/>. With a number of classes the largest prediction of a row is its answer, each class has a score, and <see cref="Averaging"/> makes one of them; targets
/// are class numbers or one-hot rows. A score of 0/0 is 0, as in Keras.
/// </summary>
public abstract class ClassificationScore : Metric
{
    private readonly int? classes;
    private readonly double[] right;
    private readonly double[] given;
    private readonly double[] wanted;
    private double seen;

    /// <summary>A score, with nothing counted.</summary>
    /// <param name="name">Keras's name.</param>
    /// <param name="classes">The number of classes; null where elements are 0 or 1.</param>
    private protected ClassificationScore(string name, int? classes)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes ?? 1, 1, nameof(classes));
        int count = classes ?? 1;
        (this.classes, right, given, wanted) = (classes, new double[count], new double[count], new double[count]);
    }

    /// <summary>What a prediction must be above to count as 1, where there is no number of classes; 0.5 unless told otherwise.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>How the classes' scores become one; their plain mean unless told otherwise.</summary>
    public Averaging Averaging { get; init; } = Averaging.Macro;

    /// <summary>The score of each class, in order; one of the ones where there is no number of classes.</summary>
    public IReadOnlyList<double> PerClass => [.. right.Select((_, i) => SafeScore(right[i], given[i], wanted[i]))];

    /// <inheritdoc/>
    public override double Result
    {
        get
        {
            if (seen == 0) return double.NaN;
            return Averaging switch
            {
                Averaging.Micro => SafeScore(right.Sum(), given.Sum(), wanted.Sum()),
                Averaging.Weighted when classes is not null => PerClass.Zip(wanted, (score, count) => score * count).Sum() / wanted.Sum(),
                _ => PerClass.Average(),
            };
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> State
    {
        get => [seen, .. right, .. given, .. wanted];
        set
        {
            double[] all = [.. value];
            seen = all[0];
            for (int part = 0; part < 3; part++) all.AsSpan(1 + (part * right.Length), right.Length).CopyTo(part switch { 0 => right, 1 => given, _ => wanted });
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        seen = 0;
        foreach (double[] counts in (ReadOnlySpan<double[]>)[right, given, wanted]) Array.Clear(counts);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not belong together, the predictions have another number of classes, or a target is none of them.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        if (classes is { } number) CountRows(new Rows(this, targets, predictions, weights), number);
        else CountElements(new ElementPairs(this, targets, predictions, weights));
    }

    /// <summary><c>Precision</c>, <c>Recall(classes: 10)</c></summary>
    public override string ToString() => classes is { } number ? string.Create(CultureInfo.InvariantCulture, $"{GetType().Name}(classes: {number})") : GetType().Name;

    /// <summary>The score of one class.</summary>
    /// <param name="right">How often it was right and the answer: true positives.</param>
    /// <param name="given">How often it was the answer.</param>
    /// <param name="wanted">How often it was right.</param>
    private protected abstract double Score(double right, double given, double wanted);

    private double SafeScore(double rightly, double givenly, double wantedly) => rightly == 0 ? 0 : Score(rightly, givenly, wantedly);

    private void CountRows(Rows rows, int number)
    {
        rows.Expect(this, number);
        for (int i = 0; i < rows.Count; i++)
        {
            (int expected, int answer, double weight) = (rows.Wanted(i), rows.Given(i), rows.Weight(i));
            wanted[expected] += weight;
            given[answer] += weight;
            if (expected == answer) right[expected] += weight;
            seen += weight;
        }
    }

    private void CountElements(ElementPairs pairs)
    {
        for (int i = 0; i < pairs.Count; i++)
        {
            bool expected = pairs.Target(i) > 0.5, answer = pairs.Prediction(i) > Threshold;
            double weight = pairs.Weight(i);
            if (expected) wanted[0] += weight;
            if (answer) given[0] += weight;
            if (expected && answer) right[0] += weight;
            seen += weight;
        }
    }
}
