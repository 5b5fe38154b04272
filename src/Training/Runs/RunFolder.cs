using System.Globalization;
using System.Text;
using System.Text.Json;
using Tapestry.Data;
using Tapestry.Layers;

namespace Tapestry.Training;

/// <summary>
/// A run on disk. <c>checkpoint.safetensors</c> is the single truth; the one before is kept as <c>checkpoint.previous.safetensors</c>. Derived from it, for people and
/// other programs: <c>weights.safetensors</c>, with the moving averages of the weights where the optimizer keeps such, <c>model.json</c> and <c>history.csv</c>.
/// </summary>
/// <param name="path">The folder.</param>
public sealed class RunFolder(string path)
{
    private const string CheckpointFile = "checkpoint.safetensors";
    private const string PreviousFile = "checkpoint.previous.safetensors";
    private const string WeightsFile = "weights.safetensors";
    private const string ModelFile = "model.json";
    private const string HistoryFile = "history.csv";
    private const string OptionsFile = "options.json";

    private readonly List<string> made = [];
    private bool begun;
    private bool isWithdrawable;
    private bool isLastDamaged;

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>Whether there is a checkpoint to load, be it the last or the one before.</summary>
    public bool HasCheckpoint => System.IO.File.Exists(File(CheckpointFile)) || System.IO.File.Exists(File(PreviousFile));

    /// <summary>
    /// Whether a run was begun here that ended before its first checkpoint: only <see cref="BegunOptions"/> is left of it, with which it can be started over.
    /// </summary>
    public bool IsBegun => !HasCheckpoint && System.IO.File.Exists(File(OptionsFile));

    /// <summary>What the run was told that was begun.</summary>
    /// <exception cref="FormatException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyDictionary<string, string> BegunOptions()
    {
        try
        {
            return Checkpoint.OptionsFrom(System.IO.File.ReadAllText(File(OptionsFile)));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new FormatException($"{OptionsFile}: expected an object of texts, got something else. Start the run again.", error);
        }
    }

    /// <summary>
    /// Notes what a run is told, before its data is read and its model made, which may take a while: <c>options.json</c>, which goes when there is a checkpoint. A run that the
    /// folder holds stands until then.
    /// </summary>
    /// <param name="options">What the run was told.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Begin(IReadOnlyDictionary<string, string> options)
    {
        // Not where a run that was begun here is started over: that can be tried again.
        isWithdrawable = !System.IO.File.Exists(File(OptionsFile));
        for (string? missing = System.IO.Path.GetFullPath(Path); missing is not null && !Directory.Exists(missing); missing = System.IO.Path.GetDirectoryName(missing)) made.Add(missing);
        Directory.CreateDirectory(Path);
        AtomicFile.Write(File(OptionsFile), stream => stream.Write(Encoding.UTF8.GetBytes(Checkpoint.ToJson(options))));
        begun = true;
    }

    /// <summary>Takes <see cref="Begin"/> back, where the run turns out to be one that cannot be.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Withdraw()
    {
        if (!isWithdrawable) return;
        System.IO.File.Delete(File(OptionsFile));
        foreach (string folder in made.Where(folder => !Directory.EnumerateFileSystemEntries(folder).Any())) Directory.Delete(folder);
    }

    /// <summary>Saves a run's first checkpoint, in place of the run that the folder may hold: the checkpoint of that stands until the new one does.</summary>
    /// <param name="trainer">Whose model, optimizer and history to save.</param>
    /// <param name="options">What the run was told.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Start(Trainer trainer, IReadOnlyDictionary<string, string> options)
    {
        // The new run must never fall back on the old one's checkpoint.
        if (System.IO.File.Exists(File(CheckpointFile))) System.IO.File.Delete(File(PreviousFile));
        Save(trainer, options, keepAs: null);
        System.IO.File.Delete(File(PreviousFile));
        System.IO.File.Delete(File(OptionsFile));
    }

    /// <summary>Saves where the training stands, the checkpoint first.</summary>
    /// <param name="trainer">Whose model, optimizer and history to save.</param>
    /// <param name="options">What the run was told.</param>
    /// <exception cref="IOException">The folder cannot be written, or is gone; the checkpoint before, where there is one, is still there.</exception>
    public void Save(Trainer trainer, IReadOnlyDictionary<string, string> options) => Save(trainer, options, isLastDamaged ? null : File(PreviousFile));

    /// <summary>Writes anew what is derived from the checkpoint, which a crash may have left behind it.</summary>
    /// <param name="trainer">One that stands where the checkpoint does.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Derive(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        WriteWeights(File(WeightsFile), trainer);
        AtomicFile.Write(File(ModelFile), stream => stream.Write(Encoding.UTF8.GetBytes(LayerJson.ToJson(trainer.Model))));
        AtomicFile.Write(File(HistoryFile), stream => stream.Write(Encoding.UTF8.GetBytes(trainer.History.ToCsv())));
    }

    /// <summary>Loads the newest checkpoint that is whole, to go on from there.</summary>
    /// <param name="note">Told in a sentence where that is the one before the last.</param>
    /// <exception cref="FormatException">Both are damaged, or the only one is.</exception>
    /// <exception cref="IOException">The folder holds none, or it cannot be read.</exception>
    public Checkpoint Load(Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(note);
        begun = true;
        try
        {
            Checkpoint last = Load();
            if (!System.IO.File.Exists(File(CheckpointFile))) Tell($"{CheckpointFile}: expected the last checkpoint, got none", last);
            return last;
        }
        catch (FormatException error) when (System.IO.File.Exists(File(CheckpointFile)) && System.IO.File.Exists(File(PreviousFile)))
        {
            Checkpoint previous = Checkpoint.Load(File(PreviousFile));
            isLastDamaged = true;
            Tell(error.Message, previous);
            return previous;
        }

        void Tell(string what, Checkpoint loaded) => note(string.Create(
            CultureInfo.InvariantCulture, $"{what.TrimEnd('.')}. Going on from the one before, {PreviousFile}, with {loaded.History.Epochs.Count} epochs done."));
    }

    /// <summary>Loads the checkpoint; the one before where a crash fell between the two renames.</summary>
    /// <exception cref="FormatException">The checkpoint is damaged.</exception>
    /// <exception cref="IOException">The folder holds none, or it cannot be read.</exception>
    public Checkpoint Load()
    {
        if (Path.Length == 0) throw new DirectoryNotFoundException("expected the folder of a run, got an empty text.");
        if (!Directory.Exists(Path)) throw new DirectoryNotFoundException($"{Path}: expected the folder of a run, got no folder of that name. Is the path right?");
        if (System.IO.File.Exists(File(CheckpointFile))) return Checkpoint.Load(File(CheckpointFile));
        if (System.IO.File.Exists(File(PreviousFile))) return Checkpoint.Load(File(PreviousFile));
        throw new FileNotFoundException($"{Path}: expected a run with {CheckpointFile}, got a folder without one.");
    }

    /// <summary>Writes a model's weights, averaged ones where the optimizer keeps such.</summary>
    internal static void WriteWeights(string path, Trainer trainer) => trainer.WithAverages(() => AtomicFile.Write(
        path, stream => SafeTensors.Write(stream, trainer.Model.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)))));

    private void Save(Trainer trainer, IReadOnlyDictionary<string, string> options, string? keepAs)
    {
        ArgumentNullException.ThrowIfNull(trainer);

        // A folder that has been taken away is not made again: what was saved there is gone, and somebody should know.
        if (!begun) Directory.CreateDirectory(Path);
        else if (!Directory.Exists(Path)) throw Gone();
        begun = true;
        try
        {
            AtomicFile.Write(File(CheckpointFile), stream => Checkpoint.Save(stream, trainer, options), keepAs);
            isLastDamaged = false;
            Derive(trainer);
        }
        catch (IOException) when (!Directory.Exists(Path))
        {
            // Taken away while it was written to.
            throw Gone();
        }
    }

    private static DirectoryNotFoundException Gone() => new("expected the folder of the run, got none any more: it was moved or removed.");

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
