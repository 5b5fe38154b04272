using System.Text;
using Tapestry.Data;

namespace Tapestry.Training;

/// <summary>
/// Writes the history to a file after each epoch, and when a training goes on, as <see cref="History.ToCsv"/> has it: Keras's <c>CSVLogger</c>. The file is written anew each time, whole or not at all, so that
/// it never has an epoch that a resumed run trains again.
/// </summary>
/// <param name="trainer">Whose history.</param>
/// <param name="path">The file; its folder is made where there is none.</param>
public sealed class CsvLogger(Trainer trainer, string path) : ICallback
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

    private void Write() => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(trainer.History.ToCsv())));
}
