using System.Text;
using Tapestry.Data;
using Tapestry.Layers;

namespace Tapestry.Training;

/// <summary>
/// A run on disk. <c>checkpoint.safetensors</c> is the single truth; the one before is kept as <c>checkpoint.previous.safetensors</c>. Derived from it, for people and
/// other programs: <c>weights.safetensors</c>, <c>model.json</c> and <c>history.csv</c>.
/// </summary>
/// <param name="path">The folder.</param>
public sealed class RunFolder(string path)
{
    private const string CheckpointFile = "checkpoint.safetensors";
    private const string PreviousFile = "checkpoint.previous.safetensors";
    private const string WeightsFile = "weights.safetensors";
    private const string ModelFile = "model.json";
    private const string HistoryFile = "history.csv";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>Saves where the training stands, the checkpoint first.</summary>
    /// <param name="trainer">Whose model, optimizer and history to save.</param>
    /// <param name="options">What the run was told.</param>
    /// <exception cref="IOException">The folder cannot be written; the checkpoint before is still there.</exception>
    public void Save(Trainer trainer, IReadOnlyDictionary<string, string> options)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        Directory.CreateDirectory(Path);
        AtomicFile.Write(File(CheckpointFile), stream => Checkpoint.Save(stream, trainer, options), keepAs: File(PreviousFile));
        AtomicFile.Write(File(WeightsFile), stream => SafeTensors.Write(stream, trainer.Model.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value))));
        AtomicFile.Write(File(ModelFile), stream => stream.Write(Encoding.UTF8.GetBytes(LayerJson.ToJson(trainer.Model))));
        AtomicFile.Write(File(HistoryFile), stream => stream.Write(Encoding.UTF8.GetBytes(trainer.History.ToCsv())));
    }

    /// <summary>Removes a run's own files, and nothing else that the folder may hold.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public void Clear()
    {
        if (!Directory.Exists(Path)) return;
        foreach (string name in (string[])[CheckpointFile, PreviousFile, WeightsFile, ModelFile, HistoryFile]) System.IO.File.Delete(File(name));
    }

    /// <summary>Loads the checkpoint; the one before where a crash fell between the two renames.</summary>
    /// <exception cref="FormatException">The checkpoint is damaged.</exception>
    /// <exception cref="IOException">The folder holds none, or it cannot be read.</exception>
    public Checkpoint Load()
    {
        if (!Directory.Exists(Path)) throw new DirectoryNotFoundException($"{Path}: expected the folder of a run, got no folder of that name. Is the path right?");
        if (System.IO.File.Exists(File(CheckpointFile))) return Checkpoint.Load(File(CheckpointFile));
        if (System.IO.File.Exists(File(PreviousFile))) return Checkpoint.Load(File(PreviousFile));
        throw new FileNotFoundException($"{Path}: expected a run with {CheckpointFile}, got a folder without one.");
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
