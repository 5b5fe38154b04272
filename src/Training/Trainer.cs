using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Trains a model: Keras's <c>compile</c>, <c>fit</c>, <c>evaluate</c> and <c>predict</c>. A step of it is four lines, which a loop of one's own can as well write:
/// a tape, the model's output, the loss, and <see cref="Optimizer.Minimize"/>. Of several outputs the loss is the sum of theirs, each times its weight.
/// </summary>
/// <param name="model">What to train. Its dtype is that of the batches.</param>
/// <param name="optimizer">How a gradient changes the weights.</param>
/// <param name="objectives">What each output is trained for, in the outputs' order.</param>
/// <exception cref="ArgumentException">There is not one objective for each output, a loss is not reduced to one number, a weight is no finite number, or two metrics of an output have one name.</exception>
public sealed partial class Trainer(Model model, Optimizer optimizer, IReadOnlyList<Objective> objectives)
{
    /// <summary>Trains a model of one output.</summary>
    /// <param name="model">What to train. Its dtype is that of the batches.</param>
    /// <param name="optimizer">How a gradient changes the weights.</param>
    /// <param name="loss">What is to become small.</param>
    /// <exception cref="ArgumentException">The model has several outputs, or the loss is not reduced to one number.</exception>
    public Trainer(Model model, Optimizer optimizer, Loss loss)
        : this(model, optimizer, [new Objective(loss)])
    {
    }

    /// <summary>Trains a model of one output by a loss that is a function: one of <see cref="Losses"/>, or one's own.</summary>
    /// <param name="model">What to train. Its dtype is that of the batches.</param>
    /// <param name="optimizer">How a gradient changes the weights.</param>
    /// <param name="loss">What is to become small.</param>
    /// <exception cref="ArgumentException">The model has several outputs.</exception>
    public Trainer(Model model, Optimizer optimizer, LossFunction loss)
        : this(model, optimizer, Loss.From(loss))
    {
    }

    private bool stopRequested;
    private IReadOnlyDictionary<string, Tensor>? remembered;
    private IReadOnlyList<(string Name, IStatefulCallback Callback)> remembering = [];
    private Measurement? measured;
    private IReadOnlyList<double>? restored;

    /// <summary>What is trained.</summary>
    public Model Model { get; } = model ?? throw new ArgumentNullException(nameof(model));

    /// <summary>How a gradient changes the weights.</summary>
    public Optimizer Optimizer { get; } = optimizer ?? throw new ArgumentNullException(nameof(optimizer));

    /// <summary>What each output is trained for, in the outputs' order.</summary>
    public IReadOnlyList<Objective> Objectives { get; private init; } = Checked(model, objectives);

    /// <summary>What is to become small, where the model has one output.</summary>
    /// <exception cref="InvalidOperationException">It has several, each with its own: <see cref="Objectives"/>.</exception>
    public Loss Loss => Objective.Loss;

    /// <summary>
    /// What is measured beside the loss where the model has one output, each example counting alike; null, the default, measures <see cref="Accuracy"/> where the targets are class
    /// numbers, and else nothing. Short for <see cref="Objective.Metrics"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs, each with its own: <see cref="Objectives"/>.</exception>
    public IReadOnlyList<Metric>? Metrics
    {
        get => Objective.Metrics;
        init => Objectives = Checked(Model, [Objective with { Metrics = value }]);
    }

    /// <summary>
    /// What is measured with the weights that the examples have in the loss, where the model has one output, under the name <c>weighted_NAME</c>; nothing unless told otherwise.
    /// Keras's <c>weighted_metrics</c>. Short for <see cref="Objective.WeightedMetrics"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs, each with its own: <see cref="Objectives"/>.</exception>
    public IReadOnlyList<Metric> WeightedMetrics
    {
        get => Objective.WeightedMetrics;
        init => Objectives = Checked(Model, [Objective with { WeightedMetrics = value ?? [] }]);
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
    /// <returns>Names and values in order, <c>loss</c> first, as <see cref="History"/> has them.</returns>
    /// <exception cref="ArgumentException">The examples are not what the model takes, two values would have one name, or one metric stands in two lists.</exception>
    public IReadOnlyList<KeyValuePair<string, double>> Evaluate(DataSet data, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(data);
        Refuse(data, nameof(Evaluate));
        Measurement evaluated = MeasurementOf(data);
        evaluated.Reset();
        WithAverages(() =>
        {
            foreach (Batch batch in BatchesOf(data, batchSize).Iterate())
            {
                using Tape tape = new(record: false) { DetectAnomaly = DetectAnomaly };
                Answers answers = Forward(tape, batch, Mode.Inference);
                (Variable value, double[]? own) = LossOf(batch, answers, batch.Weights);
                evaluated.Add((PenaltyInEvaluation ? Penalized(value) : value).Value.ToScalar(), own, batch.Count);
                evaluated.Update(batch, answers, batch.Weights);
            }
        });

        return evaluated.Values();
    }

    /// <summary>The model's output for each example, in inference mode, with the moving averages of the weights where the optimizer keeps such.</summary>
    /// <param name="data">The examples; their targets are not looked at.</param>
    /// <param name="batchSize">How many are computed at a time; 32 unless told otherwise.</param>
    /// <returns>[N, ...output]</returns>
    /// <exception cref="ArgumentException">The examples are not what the model takes.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs: <see cref="PredictAll"/>.</exception>
    public Tensor Predict(DataSet data, int batchSize = 32) => Objectives.Count == 1
        ? PredictAll(data, batchSize)[0]
        : throw new InvalidOperationException(FormattableString.Invariant($"Predict: expected a model of one output, got {Model} of {Objectives.Count}. Call PredictAll."));

    /// <summary>All of the model's outputs for each example: what <see cref="Predict"/> gives, for any number of them.</summary>
    /// <param name="data">The examples; their targets are not looked at.</param>
    /// <param name="batchSize">How many are computed at a time; 32 unless told otherwise.</param>
    /// <returns>[N, ...output], each, in the outputs' order.</returns>
    /// <exception cref="ArgumentException">The examples are not what the model takes.</exception>
    public IReadOnlyList<Tensor> PredictAll(DataSet data, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(data);
        RefuseInputs(data, nameof(PredictAll));
        IEnumerable<Shape> shapes = graph is null ? [Model.OutputShape(data.FeatureShape)] : graph.Outputs.Select(output => output.Shape);
        Tensor[] results = [.. shapes.Select(shape => Tensor.Zeros(shape.Prepend(data.Count), Model.DType))];
        int row = 0;
        WithAverages(() =>
        {
            foreach (Batch batch in BatchesOf(data, batchSize).Iterate())
            {
                using Tape tape = new(record: false) { DetectAnomaly = DetectAnomaly };
                Answers answers = Forward(tape, batch, Mode.Inference);
                for (int i = 0; i < results.Length; i++) results[i].Rows(row, batch.Count).CopyFrom(answers[i].Value);
                row += batch.Count;
            }
        });

        return results;
    }

    /// <summary>
    /// Ends the training, for callbacks: called while an epoch is under way, the epoch ends there, with what it has measured so far. Keras's <c>stop_training</c>.
    /// </summary>
    public void Stop() => stopRequested = true;

    /// <summary>What an epoch that was broken off has gathered, so that it can be finished elsewhere.</summary>
    internal IReadOnlyList<double> Gathered => restored ?? (measured ?? MeasurementOf([.. Objectives.Select(_ => Array.Empty<Metric>())])).State;

    /// <summary>What is measured in training, or will be; the names of callbacks' values are looked up in it.</summary>
    internal Measurement Measured => measured ?? MeasurementOf([.. Objectives.Select(objective => objective.Metrics ?? [])]);

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
}
