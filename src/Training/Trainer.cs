using System.Diagnostics;
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
public sealed class Trainer(Model model, Optimizer optimizer, Loss loss)
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

    /// <summary>Everything that was measured, over all calls of <see cref="Fit"/>.</summary>
    public History History { get; private set; } = new();

    /// <summary>How many batches of an epoch that was broken off have been trained on; 0 between epochs. The next call of <see cref="Fit"/> goes on from there.</summary>
    public int Batch { get; private set; }

    /// <summary>Trains for some epochs. An epoch that was broken off is finished first, and counts as one of them.</summary>
    /// <param name="train">The examples.</param>
    /// <param name="epochs">How often to go through them; 1 unless told otherwise.</param>
    /// <param name="batchSize">How many examples make a step; 32 unless told otherwise. A short last batch is trained on too.</param>
    /// <param name="validation">Examples to evaluate after each epoch; none unless told otherwise.</param>
    /// <param name="shuffle">Whether each epoch has an order of its own, drawn from <see cref="Seed"/> and the epoch's number alone; true unless told otherwise.</param>
    /// <param name="callbacks">What looks on; nothing unless told otherwise.</param>
    /// <param name="classWeights">
    /// What an example counts in the loss by its class, times its own weight where the data set has any; a class that is not named counts 1. Targets that are rows are of the class
    /// of their largest element. Validation does not look at it, as in Keras. None unless told otherwise. See <see cref="ClassWeights.Balanced"/>.
    /// </param>
    /// <param name="cancellationToken">Breaks the training off after the batch that is under way.</param>
    /// <returns>What was measured, these epochs last.</returns>
    /// <exception cref="ArgumentException">There are no examples, or they are not what the model takes.</exception>
    /// <exception cref="AnomalyException">A number is none, and <see cref="DetectAnomaly"/> is set.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the weights are those after the last batch.</exception>
    public History Fit(
        DataSet train,
        int epochs = 1,
        int batchSize = 32,
        DataSet? validation = null,
        bool shuffle = true,
        IReadOnlyList<ICallback>? callbacks = null,
        IReadOnlyDictionary<int, double>? classWeights = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        if (train.Count == 0) throw new ArgumentException("Fit: expected at least one example, got none.", nameof(train));
        callbacks ??= [];
        Batches batches = BatchesOf(train, batchSize);
        ExampleWeights? byClass = classWeights is null ? null : new ExampleWeights(classWeights, train, Math.Min(batchSize, train.Count), Model.DType);
        Measure(MetricsFor(train));
        stopRequested = false;
        for (int i = 0; i < epochs && !stopRequested; i++)
        {
            int epoch = History.Epochs.Count + 1;
            foreach (ICallback callback in callbacks) callback.OnEpochBegin(epoch, batches.Count);
            int[]? order = shuffle ? new Rng(Seed).Split((ulong)epoch).Permutation(train.Count) : null;

            Stopwatch clock = Stopwatch.StartNew();
            foreach (Batch batch in batches.Iterate(order, firstBatch: Batch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                average.Add(Step(batch, byClass is null ? batch.Weights : byClass.Of(batch)), batch.Count);
                Batch++;
                foreach (ICallback callback in callbacks) callback.OnBatchEnd(Batch, Values(average, measured));
                if (stopRequested) break;
            }

            double seconds = clock.Elapsed.TotalSeconds;
            List<KeyValuePair<string, double>> values = Values(average, measured);
            Batch = 0;
            if (validation is not null) values.AddRange(Evaluate(validation, batchSize).Select(value => KeyValuePair.Create($"val_{value.Key}", value.Value)));

            // After the validation, which the same metrics measure.
            Measure(measured);
            EpochRecord record = new(epoch, values, seconds);
            History.Add(record);
            foreach (ICallback callback in callbacks) callback.OnEpochEnd(record);
        }

        return History;
    }

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

    /// <summary>Puts the trainer where another one stood.</summary>
    internal void Restore(History history, int batch, IReadOnlyList<double> gathered) => (History, Batch, restored) = (history, batch, gathered);

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

    /// <summary>Starts to measure: from nothing, or from what an epoch that was broken off has gathered.</summary>
    private void Measure(IReadOnlyList<Metric> metrics)
    {
        Queue<double> gathered = new(Batch > 0 ? Gathered : []);
        (measured, restored, average) = (metrics, null, default);
        Reset(metrics);
        if (gathered.Count == 0) return;
        average = new Average(gathered.Dequeue(), gathered.Dequeue());
        foreach (Metric metric in metrics.Concat(WeightedMetrics)) metric.State = [.. metric.State.Select(_ => gathered.Dequeue())];
    }

    private double Step(Batch batch, Tensor? weights)
    {
        using Tape tape = new() { DetectAnomaly = DetectAnomaly };
        Variable predictions = Model.Forward(tape.Constant(batch.Features), Mode.Train);
        Variable value = Penalized(Loss.Compute(batch.Targets, predictions, weights));
        Optimizer.Apply(tape.Gradient(value, Model.TrainableParameters));
        if (DetectAnomaly) RefuseParameters();
        Update(measured, batch, predictions, weights);
        return value.Value.ToScalar();
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
