using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp;

/// <summary>A run that is looked at and not trained: its model with the weights that it answers with, and what it was told.</summary>
internal sealed class SavedRun
{
    private readonly Checkpoint checkpoint;
    private readonly Lazy<RunSettings> settings;

    private SavedRun(Checkpoint checkpoint)
    {
        this.checkpoint = checkpoint;
        settings = new Lazy<RunSettings>(() => RunSettings.FromOptions(checkpoint.Options));
    }

    /// <summary>What the run was told. Read when it is asked for: a run can be evaluated on other data when its own is gone.</summary>
    /// <exception cref="UsageException">Its data is not where it was.</exception>
    public RunSettings Settings => settings.Value;

    /// <summary>The trained model; moving averages of the weights, where the optimizer kept such, are in the weights' place.</summary>
    public Model Model => checkpoint.Model;

    /// <summary>Reads a run.</summary>
    public static SavedRun Load(string path, Terminal terminal)
    {
        Checkpoint checkpoint = new RunFolder(path).Load(note => terminal.Note($"mlp: {note}"));
        checkpoint.UseAverages();
        return new SavedRun(checkpoint);
    }

    /// <summary>What evaluates the run's model, by the run's loss.</summary>
    /// <param name="classes">The number of classes; null for numbers.</param>
    /// <param name="metrics">What is measured; the run's own unless told otherwise.</param>
    public Trainer Evaluator(int? classes, MetricsChoice? metrics = null) =>
        Evaluator(Model, RunSettings.LossOf(checkpoint.Options), metrics ?? RunSettings.MetricsOf(checkpoint.Options), classes);

    /// <summary>What evaluates a model and asks it for its answers. The optimizer is not used: nothing is trained.</summary>
    /// <param name="model">The model.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="metrics">What is measured beside what is measured anyway; null for nothing.</param>
    /// <param name="classes">The number of classes; null for numbers.</param>
    public static Trainer Evaluator(Model model, LossChoice loss, MetricsChoice? metrics, int? classes) => new(model, new Sgd(), loss.Loss) { Metrics = MetricsChoice.Create(metrics, classes) };

    /// <summary>Refuses examples of other shapes or other targets than a run was trained on.</summary>
    /// <param name="self">Where the examples are from, for messages.</param>
    /// <param name="model">The run's model.</param>
    /// <param name="data">The examples.</param>
    /// <param name="hint">What may be wrong, after a blank; nothing unless told otherwise.</param>
    /// <exception cref="UsageException">They are such.</exception>
    public static void Check(string self, Model model, DataSet data, string hint = "")
    {
        if (data.FeatureShape != model.InputShape) throw new UsageException($"{self}: expected examples of shape {model.InputShape}, which the run was trained on, got {data.FeatureShape}.{hint}");
        Shape answer = model.OutputShape(data.FeatureShape), targets = data.Classes is { } classes ? Shape.Of(classes) : data.Targets.Shape.WithoutFirst();
        if (answer == targets) return;
        string got = data.Classes is null ? $"numbers of shape {targets}" : $"{data.Classes} classes";
        throw new UsageException($"{self}: expected targets for answers of shape {answer}, which the run gives, got {got}.{hint}");
    }
}
