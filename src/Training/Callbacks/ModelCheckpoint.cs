using System.Globalization;
using System.Text.RegularExpressions;
using Tapestry.Data;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Saves the training, or the weights alone, after each epoch or after the best ones: Keras's <c>ModelCheckpoint</c>, with its rules and defaults. Files are whole or not there. One
/// of them with a fixed name keeps the last, one with <see cref="SaveBestOnly"/> the best. Place it behind what changes or remembers something.
/// </summary>
/// <param name="trainer">What is saved.</param>
/// <param name="path">
/// The file; its folder is made where there is none. <c>{epoch}</c> in it becomes the epoch's number, and the name of what was measured its value, each with a format if one is told:
/// <c>{epoch:00}-{val_loss:0.000}.safetensors</c>.
/// </param>
public sealed partial class ModelCheckpoint(Trainer trainer, string path) : IStatefulCallback
{
    private const string BestName = "best";

    private readonly int? saveFrequency;
    private double? best;
    private int epochUnderWay;
    private int batches;

    /// <inheritdoc/>
    public string Name => "model_checkpoint";

    /// <summary>What decides which epochs are the best; <c>val_loss</c> unless told otherwise.</summary>
    public string Monitor { get; init; } = "val_loss";

    /// <summary>Which way it becomes better; as the name says unless told otherwise.</summary>
    public MonitorMode Mode { get; init; }

    /// <summary>Whether only an epoch that is better than all before is saved; false unless told otherwise.</summary>
    public bool SaveBestOnly { get; init; }

    /// <summary>Whether the weights are saved alone, averaged ones where the optimizer keeps such, instead of a <see cref="Checkpoint"/>; false unless told otherwise.</summary>
    public bool SaveWeightsOnly { get; init; }

    /// <summary>What the first best must better; nothing unless told otherwise.</summary>
    public double? InitialValueThreshold { get; init; }

    /// <summary>
    /// After how many batches it is saved, counted over all epochs that it sees, instead of after each epoch, which it is unless told otherwise. What was measured is then of the epoch
    /// so far, without validation.
    /// </summary>
    public int? SaveFrequency
    {
        get => saveFrequency;
        init => saveFrequency = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(SaveFrequency), FormattableString.Invariant($"ModelCheckpoint: expected SaveFrequency to be 1 or more, got {value}."));
    }

    /// <summary>What a saved checkpoint is told of the run; nothing unless told otherwise.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State
    {
        get => new Dictionary<string, Tensor> { [BestName] = Tensor.From([best ?? double.NaN, batches]) };
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.GetValueOrDefault(BestName) is not { DType: DType.F64, Length: 2 } kept) throw new FormatException($"ModelCheckpoint: expected a memory of two numbers, got {value.GetValueOrDefault(BestName)?.Shape.ToString() ?? "none"}.");
            double[] numbers = kept.ToDoubles();
            (best, batches) = (double.IsNaN(numbers[0]) ? null : numbers[0], (int)numbers[1]);
        }
    }

    /// <inheritdoc/>
    public void OnTrainBegin()
    {
        if (SaveBestOnly) _ = ProgressOf();
    }

    /// <inheritdoc/>
    public void OnEpochBegin(int epoch, int batches) => epochUnderWay = epoch;

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values)
    {
        if (SaveFrequency is { } frequency && ++batches % frequency == 0) Save(new EpochRecord(epochUnderWay, values, Seconds: 0));
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void OnEpochEnd(EpochRecord epoch)
    {
        if (SaveFrequency is null) Save(epoch);
    }

    private Progress ProgressOf() => Progress.Of(this, trainer, Monitor, Mode);

    private void Save(EpochRecord measured)
    {
        if (SaveBestOnly)
        {
            Progress progress = ProgressOf();
            double current = measured[Monitor];
            if (!progress.From(best ?? InitialValueThreshold ?? progress.Worst, current)) return;
            best = current;
        }

        string file = Placeholder().Replace(path, found => found.Groups["name"].Value == "epoch"
            ? measured.Epoch.ToString(found.Groups["format"].Value, CultureInfo.InvariantCulture)
            : measured[found.Groups["name"].Value].ToString(found.Groups["format"].Value, CultureInfo.InvariantCulture));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        if (SaveWeightsOnly) RunFolder.WriteWeights(file, trainer);
        else AtomicFile.Write(file, stream => Checkpoint.Save(stream, trainer, Options));
    }

    [GeneratedRegex(@"\{(?<name>\w+)(:(?<format>[^}]*))?\}")]
    private static partial Regex Placeholder();
}
