using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Compare;

/// <summary>A saved run, with what it makes of its test examples.</summary>
internal sealed class ComparedRun
{
    private const int GradientExamples = 1024;

    private readonly Checkpoint checkpoint;
    private readonly Loss loss;
    private readonly DataSet train;

    private ComparedRun(string path, Checkpoint checkpoint, RunSettings settings, DataSet train, DataSet test)
    {
        (Path, this.checkpoint, this.train, Test, loss) = (path, checkpoint, train, test, settings.Loss.Loss);
        Gradients = Differentiate();
        checkpoint.UseAverages();
        Trainer trainer = SavedRun.Evaluator(Model, settings.Loss, settings.Metrics, test.Classes);
        Tested = trainer.Evaluate(test);
        Predictions = trainer.Predict(test, batchSize: 512);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The name under which it is shown.</summary>
    public required string Name { get; init; }

    /// <summary>What the run was told, by the names that checkpoints use.</summary>
    public IReadOnlyDictionary<string, string> Settings => checkpoint.Options;

    /// <summary>The model, with the moving averages of the weights where the run keeps such.</summary>
    public Model Model => checkpoint.Model;

    /// <summary>What was measured, epoch by epoch.</summary>
    public History History => checkpoint.History;

    /// <summary>The names of what was measured, each once.</summary>
    public IEnumerable<string> Measures => History.Epochs.SelectMany(epoch => epoch.Values).Select(value => value.Key).Distinct();

    /// <summary>The test examples.</summary>
    public DataSet Test { get; }

    /// <summary>The loss and the metrics on them, those of <c>mlp evaluate</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Tested { get; }

    /// <summary>What the model answers to each of them, [N, ...].</summary>
    public Tensor Predictions { get; }

    /// <summary>
    /// The gradient of the loss over the first 1,024 examples of the training part, each counting alike, by the parameters' names; with the weights that were trained, and not their
    /// averages.
    /// </summary>
    public IReadOnlyDictionary<string, TensorSummary> Gradients { get; }

    /// <summary>Reads a run, and evaluates it.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="name">The name under which it is shown.</param>
    /// <param name="load">Reads a source's data.</param>
    /// <param name="note">Is told of a damaged checkpoint, where the one before it is used.</param>
    /// <exception cref="UsageException">Its data is not where it was, or not what it was trained on.</exception>
    public static ComparedRun Load(string path, string name, Func<DataSource, (DataSet Train, DataSet Test)> load, Action<string> note)
    {
        Checkpoint checkpoint = new RunFolder(path).Load(note);
        RunSettings settings = RunSettings.FromOptions(checkpoint.Options);
        (DataSet train, DataSet test) = load(settings.Data);
        SavedRun.Check($"{path}, --data {settings.Data.Text}", checkpoint.Model, test, " Have its files been replaced?");
        return new ComparedRun(path, checkpoint, settings, train, test) { Name = name };
    }

    /// <summary>The answer to each test example, where the examples have classes: the likeliest.</summary>
    public int[] Answers() => Reduce.ArgMax(Predictions).ToArray<int>();

    /// <summary>The true class of each test example.</summary>
    public int[] Labels() => Test.Targets.Cast(DType.I32).ToArray<int>();

    private Dictionary<string, TensorSummary> Differentiate()
    {
        Batch batch = new Batches(train, GradientExamples, Model.DType).Iterate().First();
        using Tape tape = new();
        Variable predictions = Model.Forward(tape.Constant(batch.Features), Mode.Train with { UpdateStatistics = false });
        Variable value = loss.Compute(batch.Targets, predictions);
        if (Model.Penalty(value) is { } penalty) value += penalty;
        return tape.Gradient(value, Model.TrainableParameters).ToDictionary(pair => pair.Parameter.Name, pair => TensorSummary.Of(pair.Gradient));
    }
}
