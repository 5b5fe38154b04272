using System.Globalization;
using Tapestry.Training.Events;

namespace Tapestry.Training;

/// <summary>
/// Writes the history as events that TensorBoard draws: Keras's <c>TensorBoard</c> with its names. In <c>train</c> there is <c>epoch_loss</c> and the like, in <c>validation</c> what
/// begins with <c>val_</c>, under the same names; <c>epoch_learning_rate</c> is drawn where <see cref="Trainer.LogLearningRate"/> is set. The first epoch is step 0. A training that
/// goes on writes a new file beside the others, and TensorBoard shows them as one.
/// </summary>
/// <param name="folder">The folder, for <c>tensorboard --logdir</c>; made where there is none.</param>
public sealed class TensorBoard(string folder) : ICallback
{
    private const string ValidationPrefix = "val_";
    private readonly Dictionary<string, string> files = [];

    /// <summary>What events are dated by; the system's clock unless told otherwise.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    public void OnTrainBegin() => files.Clear();

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void OnEpochEnd(EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        Write("train", epoch.Epoch - 1, epoch.Values.Where(value => !IsValidation(value.Key)));
        if (!epoch.Values.Any(value => IsValidation(value.Key))) return;
        Write("validation", epoch.Epoch - 1, epoch.Values.Where(value => IsValidation(value.Key)).Select(value => KeyValuePair.Create(value.Key[ValidationPrefix.Length..], value.Value)));
    }

    private static bool IsValidation(string name) => name.StartsWith(ValidationPrefix, StringComparison.Ordinal);

    private void Write(string part, long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        List<byte[]> events = [];
        if (!files.TryGetValue(part, out string? file))
        {
            file = files[part] = NewFile(Path.Combine(folder, part), now);
            events.AddRange([Event.FileVersion(now), Event.SessionStart(now, step)]);
        }

        events.AddRange(values.Select(value => Event.Scalar(now, step, $"epoch_{value.Key}", value.Value)));
        EventFile.Append(file, events);
    }

    /// <summary>TensorBoard reads a folder's files in the order of their names, which begin with the time; two of one second are told apart behind it.</summary>
    private static string NewFile(string path, DateTimeOffset now)
    {
        Directory.CreateDirectory(path);
        for (int number = 0; ; number++)
        {
            string file = Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{now.ToUnixTimeSeconds():0000000000}.tapestry.{number:000}"));
            if (!File.Exists(file)) return file;
        }
    }
}
