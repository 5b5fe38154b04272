using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp;

/// <summary>A run that is looked at and not trained: its model with the weights that it answers with, what it was told, and its history.</summary>
internal sealed class SavedRun
{
    private readonly Lazy<RunSettings> settings;

    private SavedRun(string path, Checkpoint checkpoint)
    {
        Path = path;
        Checkpoint = checkpoint;
        settings = new Lazy<RunSettings>(() => RunSettings.FromOptions(checkpoint.Options));
    }

    /// <summary>The run's folder.</summary>
    public string Path { get; }

    /// <summary>What was saved; moving averages of the weights, where the optimizer kept such, are in the weights' place.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>What the run was told.</summary>
    /// <exception cref="UsageException">Its data is not where it was.</exception>
    public RunSettings Settings => settings.Value;

    /// <summary>The trained model.</summary>
    public Model Model => Checkpoint.Model;

    /// <summary>Reads a run.</summary>
    public static SavedRun Load(string path, Terminal terminal)
    {
        Checkpoint checkpoint = new RunFolder(path).Load(note => terminal.Note($"mlp: {note}"));
        checkpoint.UseAverages();
        return new SavedRun(path, checkpoint);
    }

    /// <summary>What evaluates the model and asks it for its answers, by the run's loss. The optimizer is not used: nothing is trained here.</summary>
    /// <param name="classes">The number of classes; null for numbers.</param>
    /// <param name="metrics">What is measured; the run's own unless told otherwise.</param>
    public Trainer Trainer(int? classes, MetricsChoice? metrics = null) => new(Model, new Sgd(), RunSettings.LossOf(Checkpoint.Options).Loss)
    {
        Metrics = MetricsChoice.Create(metrics ?? RunSettings.MetricsOf(Checkpoint.Options), classes),
    };

    /// <summary>Refuses examples of other shapes or other targets than the run was trained on.</summary>
    /// <exception cref="UsageException">They are such.</exception>
    public void Check(DataSource source, DataSet data)
    {
        if (data.FeatureShape != Model.InputShape) throw new UsageException($"--data {source.Text}: expected examples of shape {Model.InputShape}, which the run was trained on, got {data.FeatureShape}.");
        Shape answer = Model.OutputShape(data.FeatureShape), targets = data.Classes is { } classes ? Shape.Of(classes) : data.Targets.Shape.WithoutFirst();
        if (answer == targets) return;
        string got = data.Classes is null ? $"numbers of shape {targets}" : $"{data.Classes} classes";
        throw new UsageException($"--data {source.Text}: expected targets for answers of shape {answer}, which the run gives, got {got}.");
    }
}
