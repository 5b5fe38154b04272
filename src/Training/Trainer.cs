using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Trains a model: Keras's <c>compile</c>, <c>fit</c>, <c>evaluate</c> and <c>predict</c>. A step of it is four lines, which a loop of one's own can as well write:
/// a tape, the model's output, the loss, and the optimizer applied to the gradient.
/// </summary>
/// <param name="model">What to train, of one input and one output. Its dtype is that of the batches.</param>
/// <param name="optimizer">How a gradient changes the weights.</param>
/// <param name="loss">What is to become small.</param>
public sealed partial class Trainer(Model model, Optimizer optimizer, Loss loss)
{
    /// <summary>Trains a model by a loss that is a function: one of <see cref="Losses"/>, or one's own.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="optimizer">How a gradient changes the weights.</param>
    /// <param name="loss">What is to become small.</param>
    public Trainer(Model model, Optimizer optimizer, LossFunction loss)
        : this(model, optimizer, Loss.From(loss))
    {
    }

    private readonly IReadOnlyList<Metric>? metrics;
    private readonly IReadOnlyList<Metric> weightedMetrics = [];
    private bool stopRequested;
    private IReadOnlyDictionary<string, Tensor>? remembered;
    private IReadOnlyList<(string Name, IStatefulCallback Callback)> remembering = [];
    private Average average;
    private IReadOnlyList<Metric> measured = [];
    private IReadOnlyList<double>? restored;

    /// <summary>What is trained.</summary>
    public Model Model { get; } = OfOneInputAndOutput(model);

    /// <summary>How a gradient changes the weights.</summary>
    public Optimizer Optimizer { get; } = optimizer ?? throw new ArgumentNullException(nameof(optimizer));

    /// <summary>What is to become small.</summary>
    public Loss Loss { get; } = OfOneNumber(loss);

    /// <summary>
    /// What is measured beside the loss, each example counting alike; null, the default, measures <see cref="Accuracy"/> where the targets are class numbers, and else nothing.
    /// </summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public IReadOnlyList<Metric>? Metrics
    {
        get => metrics;
        init => metrics = Distinct(value);
    }

    /// <summary>
    /// What is measured with the weights that the examples have in the loss, under the name <c>weighted_NAME</c>; nothing unless told otherwise. Keras's <c>weighted_metrics</c>.
    /// </summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public IReadOnlyList<Metric> WeightedMetrics
    {
        get => weightedMetrics;
        init => weightedMetrics = Distinct(value) ?? [];
    }

    /// <summary>What the shuffles are drawn from; the model's seed unless told otherwise.</summary>
    public ulong Seed { get; init; } = model.Seed;

    /// <summary>Whether the regularizers' terms are part of the loss in evaluation too; true, as Keras 2 has it, unless told otherwise. Keras 1 leaves them out (batchnorm.md A15).</summary>
    public bool PenaltyInEvaluation { get; init; } = true;

    /// <summary>
    /// Whether training, evaluation and prediction stop at the first NaN or infinity with an <see cref="AnomalyException"/> that names the operation and the layer; false
    /// unless told otherwise. See <see cref="Tape.DetectAnomaly"/>. It changes no number.
    /// </summary>
    public bool DetectAnomaly { get; init; }

    /// <summary>
    /// Whether the history has the optimizer's learning rate at the end of each epoch, as <c>learning_rate</c>, behind what was measured; false unless told otherwise. Keras's
    /// <c>LearningRateScheduler</c> and <c>ReduceLROnPlateau</c> put it there.
    /// </summary>
    public bool LogLearningRate { get; init; }

    /// <summary>Everything that was measured, over all calls of <see cref="Fit"/>.</summary>
    public History History { get; private set; } = new();

    /// <summary>How many batches of an epoch that was broken off have been trained on; 0 between epochs. The next call of <see cref="Fit"/> goes on from there.</summary>
    public int Batch { get; private set; }

    /// <summary>
    /// The loss and the metrics over a data set, in inference mode, with the moving averages of the weights where the optimizer keeps such (<see cref="Optimizer.EmaMomentum"/>).
    /// The metrics then hold what they have gathered, such as a <see cref="ConfusionMatrix"/> its counts.
    /// </summary>
    /// <param name="data">The examples.</param>
    /// <param name="batchSize">How many are computed at a time; 32 unless told otherwise.</param>
    /// <returns>Names and values in order, <c>loss</c> first.</returns>
    public IReadOnlyList<KeyValuePair<string, double>> Evaluate(DataSet data, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(data);
        IReadOnlyList<Metric> metrics = MetricsFor(data);
        Reset(metrics);
        Average evaluated = default;
        WithAverages(() =>
        {
            foreach (Batch batch in BatchesOf(data, batchSize).Iterate())
            {
                using Tape tape = new(record: false) { DetectAnomaly = DetectAnomaly };
                Variable predictions = Model.Forward(tape.Constant(batch.Features), Mode.Inference);
                Variable value = Loss.Compute(batch.Targets, predictions, batch.Weights);
                evaluated.Add((PenaltyInEvaluation ? Penalized(value) : value).Value.ToScalar(), batch.Count);
                Update(metrics, batch, predictions, batch.Weights);
            }
        });

        return Values(evaluated, metrics);
    }

    /// <summary>The model's output for each example, in inference mode, with the moving averages of the weights where the optimizer keeps such.</summary>
    /// <param name="data">The examples; their targets are not looked at.</param>
    /// <param name="batchSize">How many are computed at a time; 32 unless told otherwise.</param>
    /// <returns>[N, ...output]</returns>
    public Tensor Predict(DataSet data, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(data);
        Tensor result = Tensor.Zeros(Model.OutputShape(data.FeatureShape).Prepend(data.Count), Model.DType);
        int row = 0;
        WithAverages(() =>
        {
            foreach (Batch batch in BatchesOf(data, batchSize).Iterate())
            {
                using Tape tape = new(record: false) { DetectAnomaly = DetectAnomaly };
                result.Rows(row, batch.Count).CopyFrom(Model.Forward(tape.Constant(batch.Features), Mode.Inference).Value);
                row += batch.Count;
            }
        });

        return result;
    }

    /// <summary>
    /// Ends the training, for callbacks: called while an epoch is under way, the epoch ends there, with what it has measured so far. Keras's <c>stop_training</c>.
    /// </summary>
    public void Stop() => stopRequested = true;

    /// <summary>What an epoch that was broken off has gathered, so that it can be finished elsewhere: the loss's sum and count, then each metric's state.</summary>
    internal IReadOnlyList<double> Gathered => restored ?? [average.Sum, average.Count, .. measured.Concat(WeightedMetrics).SelectMany(metric => metric.State)];

    /// <summary>A metric by the name that it has in the history; null where there is none of that name.</summary>
    internal Metric? MetricOf(string name) =>
        (Metrics ?? measured).FirstOrDefault(metric => metric.Name == name) ?? WeightedMetrics.FirstOrDefault(metric => $"weighted_{metric.Name}" == name);

    /// <summary>What the callbacks remember, by their names and its own.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> Memories =>
        remembered ?? remembering.SelectMany(one => one.Callback.State.Select(pair => KeyValuePair.Create($"{one.Name}/{pair.Key}", pair.Value)));

    /// <summary>Puts the trainer where another one stood.</summary>
    internal void Restore(History history, int batch, IReadOnlyList<double> gathered, IReadOnlyDictionary<string, Tensor> memories)
    {
        (History, Batch, restored) = (history, batch, gathered);
        remembered = memories;
    }

    /// <summary>Does something while the weights are their moving averages, where the optimizer keeps such, and puts them back.</summary>
    internal void WithAverages(Action action)
    {
        if (Optimizer.EmaMomentum is null)
        {
            action();
            return;
        }

        Optimizer.SwapAverages(Model.TrainableParameters);
        try
        {
            action();
        }
        finally
        {
            Optimizer.SwapAverages(Model.TrainableParameters);
        }
    }

    /// <summary>Looks at what the step has made of the parameters at once: the step after it may never come, and what is saved in between would be of no use.</summary>
    private void RefuseParameters()
    {
        using Tape tape = new(record: false) { DetectAnomaly = true };
        foreach (Parameter parameter in Model.Parameters) tape.Watch(parameter);
    }

    private Variable Penalized(Variable value) => Model.Penalty(value) is { } penalty ? value + penalty : value;

    private Batches BatchesOf(DataSet data, int batchSize) => new(data, batchSize, Model.DType);

    private IReadOnlyList<Metric> MetricsFor(DataSet data) => Metrics ?? (data.Classes is null ? [] : [new Accuracy()]);

    private void Reset(IReadOnlyList<Metric> metrics)
    {
        foreach (Metric metric in metrics) metric.Reset();
        foreach (Metric metric in WeightedMetrics) metric.Reset();
    }

    private void Update(IReadOnlyList<Metric> metrics, Batch batch, Variable predictions, Tensor? weights)
    {
        foreach (Metric metric in metrics) metric.Update(batch.Targets, predictions.Value);
        foreach (Metric metric in WeightedMetrics) metric.Update(batch.Targets, predictions.Value, weights);
    }

    private List<KeyValuePair<string, double>> Values(Average average, IReadOnlyList<Metric> metrics)
    {
        List<KeyValuePair<string, double>> values = [KeyValuePair.Create("loss", average.Value)];
        foreach (Metric metric in metrics) values.Add(KeyValuePair.Create(metric.Name, metric.Result));
        foreach (Metric metric in WeightedMetrics) values.Add(KeyValuePair.Create($"weighted_{metric.Name}", metric.Result));
        return values;
    }

    private static IReadOnlyList<Metric>? Distinct(IReadOnlyList<Metric>? metrics)
    {
        string? twice = metrics?.GroupBy(metric => metric.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? metrics : throw new ArgumentException($"Trainer: expected metrics of different names, got '{twice}' twice. Give one a Name of its own.", nameof(metrics));
    }

    private static Model OfOneInputAndOutput(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model is not Functional graph || (graph.Inputs.Count == 1 && graph.Outputs.Count == 1)
            ? model
            : throw new ArgumentException($"Trainer: expected a model of one input and one output, got {graph} of {graph.Inputs.Count} and {graph.Outputs.Count}. Write the loop by hand, with ForwardAll.", nameof(model));
    }

    private static Loss OfOneNumber(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Reduction != Reduction.None ? loss : throw new ArgumentException($"Trainer: expected a loss that is reduced to one number, got {loss} with Reduction.None.", nameof(loss));
    }

    /// <summary>A mean over examples of what is known by batch.</summary>
    private record struct Average(double Sum, double Count)
    {
        public readonly double Value => Sum / Count;

        public void Add(double mean, int examples)
        {
            Sum += mean * examples;
            Count += examples;
        }
    }
}
