using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>A batch row by row: the right class, what each class was given, and the row's weight.</summary>
internal readonly ref struct Rows
{
    private readonly Numbers targets;
    private readonly Numbers predictions;
    private readonly Numbers weights;
    private readonly bool areWeighed;
    private readonly bool areOneHot;
    private readonly int perExample;

    /// <exception cref="ArgumentException">The targets are neither a class number for each row nor a row for each, or one is none of the classes.</exception>
    public Rows(Metric metric, Tensor targets, Tensor predictions, Tensor? weights)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        Classes = predictions.Rank == 0 ? 0 : predictions.Shape[-1];
        areOneHot = targets.Shape == predictions.Shape;
        Count = Classes == 0 ? 0 : predictions.Length / Classes;
        if (Classes == 0 || (!areOneHot && targets.Length != Count)) throw new ArgumentException($"{metric.GetType().Name}: expected one target for each row of predictions {predictions.Shape}, got targets {targets.Shape}.");
        CheckWeights(metric, weights, predictions.Shape[0]);
        this.targets = new(targets);
        this.predictions = new(predictions);
        perExample = predictions.Rank < 2 || predictions.Shape[0] == 0 ? 1 : Count / predictions.Shape[0];
        if (weights is null) return;
        areWeighed = true;
        this.weights = new(weights);
    }

    /// <summary>Targets that are rows.</summary>
    /// <exception cref="ArgumentException">They are not in the predictions' shape.</exception>
    public static Rows OneHot(Metric metric, Tensor targets, Tensor predictions, Tensor? weights)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (targets.Shape != predictions.Shape) throw new ArgumentException($"{metric.GetType().Name}: expected targets in the predictions' shape, {predictions.Shape}, got {targets.Shape}. For class numbers use Sparse{metric.GetType().Name}.", nameof(targets));
        return new Rows(metric, targets, predictions, weights);
    }

    /// <summary>Targets that are class numbers.</summary>
    /// <exception cref="ArgumentException">There is not one for each row.</exception>
    public static Rows Sparse(Metric metric, Tensor targets, Tensor predictions, Tensor? weights)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (targets.Shape == predictions.Shape && predictions.Rank > 0 && predictions.Shape[-1] > 1)
        {
            throw new ArgumentException($"{metric.GetType().Name}: expected class numbers, got targets {targets.Shape}. For rows use {metric.GetType().Name["Sparse".Length..]}.", nameof(targets));
        }

        return new Rows(metric, targets, predictions, weights);
    }

    public int Count { get; }

    public int Classes { get; }

    /// <summary>The right class.</summary>
    public int Wanted(int row) => areOneHot ? targets.LargestOf(row * Classes, Classes) : (int)targets[row];

    /// <summary>A target as it is, where there is one for each row.</summary>
    public double Target(int row) => targets[row];

    /// <summary>The class that was given the most.</summary>
    public int Given(int row) => predictions.LargestOf(row * Classes, Classes);

    /// <summary>What a class was given.</summary>
    public double Prediction(int row, int number) => predictions[(row * Classes) + number];

    /// <summary>Whether the right class was given more than all but k - 1 others, the first of equals before the rest. A NaN is not among them.</summary>
    public bool IsAmongFirst(int k, int row)
    {
        int wanted = Wanted(row), ahead = 0;
        if ((uint)wanted >= (uint)Classes || double.IsNaN(Prediction(row, wanted))) return false;
        double given = Prediction(row, wanted);
        for (int i = 0; i < Classes; i++)
        {
            double other = Prediction(row, i);
            if (other > given || double.IsNaN(other) || (other == given && i < wanted)) ahead++;
        }

        return ahead < k;
    }

    public double Weight(int row) => areWeighed ? weights[row / perExample] : 1;

    /// <summary>Refuses rows of another number of classes, and targets outside them, before anything is counted.</summary>
    /// <exception cref="ArgumentException">They are such.</exception>
    public void Expect(Metric metric, int classes)
    {
        if (Classes != classes) throw new ArgumentException($"{metric}: expected predictions of {classes} classes, got {Classes}.");
        for (int i = 0; i < Count; i++)
        {
            if ((uint)Wanted(i) >= (uint)classes) throw new ArgumentException($"{metric}: expected class numbers from 0 to {classes - 1}, got {Wanted(i)}.");
        }
    }

    /// <exception cref="ArgumentException">There is not one weight for each example.</exception>
    public static void CheckWeights(Metric metric, Tensor? weights, int examples)
    {
        if (weights is null || (weights.Rank == 1 && weights.Length == examples)) return;
        throw new ArgumentException($"{metric.GetType().Name}: expected a weight for each example, [{examples}], got weights {weights.Shape}.", nameof(weights));
    }
}
