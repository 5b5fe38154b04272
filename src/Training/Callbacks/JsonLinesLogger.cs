using System.Text;
using System.Text.Json.Nodes;
using Tapestry.Data;

namespace Tapestry.Training;

/// <summary>
/// Writes the history to a file after each epoch, and when a training goes on, one JSON object a line: <c>{"epoch":1,"loss":0.5}</c>. What is not a finite number is null. The file is written anew each time,
/// whole or not at all, so that it never has an epoch that a resumed run trains again.
/// </summary>
/// <param name="trainer">Whose history.</param>
/// <param name="path">The file; its folder is made where there is none.</param>
public sealed class JsonLinesLogger(Trainer trainer, string path) : ICallback
{
    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void OnTrainBegin()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (trainer.History.Epochs.Count > 0) Write();
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void OnEpochEnd(EpochRecord epoch) => Write();

    private void Write() => AtomicFile.Write(path, stream =>
    {
        foreach (EpochRecord one in trainer.History.Epochs) stream.Write(Encoding.UTF8.GetBytes(Line(one).ToJsonString() + "\n"));
    });

    private static JsonObject Line(EpochRecord epoch)
    {
        JsonObject line = new() { ["epoch"] = epoch.Epoch };
        foreach ((string name, double value) in epoch.Values) line[name] = double.IsFinite(value) ? JsonValue.Create(value) : null;
        return line;
    }
}
