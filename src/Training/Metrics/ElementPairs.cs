using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>A batch element by element: a target and a prediction each, with the weight of its row.</summary>
internal readonly ref struct ElementPairs
{
    private readonly Numbers targets;
    private readonly Numbers predictions;
    private readonly Numbers weights;
    private readonly bool areWeighed;

    /// <exception cref="ArgumentException">There are not as many targets as predictions.</exception>
    public ElementPairs(Metric metric, Tensor targets, Tensor predictions, Tensor? weights)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Rank == 0 || targets.Length != predictions.Length)
        {
            throw new ArgumentException($"{metric.GetType().Name}: expected a target for each element of predictions {predictions.Shape}, got targets {targets.Shape}.");
        }

        Rows.CheckWeights(metric, weights, predictions.Shape[0]);
        this.targets = new(targets);
        this.predictions = new(predictions);
        PerRow = predictions.Shape[0] == 0 ? 1 : predictions.Length / predictions.Shape[0];
        if (weights is null) return;
        areWeighed = true;
        this.weights = new(weights);
    }

    public int Count => predictions.Length;

    /// <summary>How many elements an example has.</summary>
    public int PerRow { get; }

    public double Target(int i) => targets[i];

    public double Prediction(int i) => predictions[i];

    public double Weight(int i) => areWeighed ? weights[i / PerRow] : 1;
}
