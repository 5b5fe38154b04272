using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Ends the training when what is watched has not become better for some epochs: Keras's <c>EarlyStopping</c>, with its rules and defaults. A checkpoint keeps its memory, the best
/// weights included, so that a resumed run stops where the uninterrupted one would have. An object's memory lasts as long as the object, over calls of <see cref="Trainer.Fit"/>
/// too: one that has stopped a training lets no other begin. Place it before whatever saves.
/// </summary>
/// <param name="trainer">Whose training it ends.</param>
public sealed class EarlyStopping(Trainer trainer) : IStatefulCallback
{
    private const string MemoryName = "memory";
    private const string WeightPrefix = "weights/";
    private const string AveragePrefix = "averages/";

    private readonly double minDelta;
    private readonly int patience;
    private readonly int startFromEpoch;
    private Dictionary<string, Tensor> kept = [];
    private double? best;
    private int waited;

    /// <inheritdoc/>
    public string Name => "early_stopping";

    /// <summary>What is watched; <c>val_loss</c> unless told otherwise.</summary>
    public string Monitor { get; init; } = "val_loss";

    /// <summary>Which way it becomes better; as the name says unless told otherwise.</summary>
    public MonitorMode Mode { get; init; }

    /// <summary>By how much it must become better to count as progress, 0 or more; 0 unless told otherwise.</summary>
    public double MinDelta
    {
        get => minDelta;
        init => minDelta = value is >= 0 and < double.PositiveInfinity ? value : throw Error(nameof(MinDelta), "a finite number of 0 or more", value);
    }

    /// <summary>After how many epochs without progress the training ends, 0 or more; 0 unless told otherwise, and then after the first, as with 1.</summary>
    public int Patience
    {
        get => patience;
        init => patience = value >= 0 ? value : throw Error(nameof(Patience), "0 or more", value);
    }

    /// <summary>A value that must be bettered too for progress to count; none unless told otherwise.</summary>
    public double? Baseline { get; init; }

    /// <summary>
    /// Whether the weights of the best epoch are put in the place of the last when the training has ended, be it early or not; false unless told otherwise. Statistics, and the moving
    /// averages of weights where the optimizer keeps such, go with them. Where the training then goes on with the same object, it goes on from the last weights.
    /// </summary>
    public bool RestoreBestWeights { get; init; }

    /// <summary>How many epochs are not looked at first, 0 or more; 0 unless told otherwise.</summary>
    public int StartFromEpoch
    {
        get => startFromEpoch;
        init => startFromEpoch = value >= 0 ? value : throw Error(nameof(StartFromEpoch), "0 or more", value);
    }

    /// <summary>The number of the best epoch; 0 while there is none.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>The number of the epoch behind which the training was ended; 0 while it has not been.</summary>
    public int StoppedEpoch { get; private set; }

    /// <summary>Whether the model has the weights of the best epoch now, and not the last.</summary>
    public bool IsRestored { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State
    {
        get => new Dictionary<string, Tensor>(kept) { [MemoryName] = Tensor.From([best ?? double.NaN, waited, BestEpoch, StoppedEpoch, IsRestored ? 1 : 0]) };
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.GetValueOrDefault(MemoryName) is not { DType: DType.F64, Length: 5 } memory) throw new FormatException($"EarlyStopping: expected a memory of five numbers, got {value.GetValueOrDefault(MemoryName)?.Shape.ToString() ?? "none"}.");
            double[] numbers = memory.ToDoubles();
            best = double.IsNaN(numbers[0]) ? null : numbers[0];
            (waited, BestEpoch, StoppedEpoch, IsRestored) = ((int)numbers[1], (int)numbers[2], (int)numbers[3], numbers[4] != 0);
            kept = value.Where(pair => pair.Key != MemoryName).ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        }
    }

    /// <inheritdoc/>
    public void OnTrainBegin()
    {
        _ = ProgressOf();
        if (StoppedEpoch > 0) trainer.Stop();
        else if (IsRestored) Exchange();
    }

    /// <inheritdoc/>
    public void OnEpochEnd(EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        double current = epoch[Monitor];
        if (epoch.Epoch <= StartFromEpoch) return;
        Progress progress = ProgressOf();
        if (RestoreBestWeights && kept.Count == 0) Keep(epoch.Epoch);
        waited++;
        if (progress.From(best ?? progress.Worst, current))
        {
            (best, BestEpoch) = (current, epoch.Epoch);
            if (RestoreBestWeights) Keep(epoch.Epoch);
            if (Baseline is not { } baseline || progress.From(baseline, current)) waited = 0;
        }
        else if (waited >= Patience && epoch.Epoch > 1)
        {
            StoppedEpoch = epoch.Epoch;
            trainer.Stop();
        }
    }

    /// <inheritdoc/>
    public void OnTrainEnd()
    {
        if (RestoreBestWeights && kept.Count > 0 && !IsRestored) Exchange();
    }

    private Progress ProgressOf() => Progress.Of(this, trainer, Monitor, Mode, MinDelta);

    private void Keep(int epoch)
    {
        BestEpoch = epoch;
        foreach ((string name, Tensor tensor) in Weights())
        {
            if (kept.TryGetValue(name, out Tensor? old)) old.CopyFrom(tensor);
            else kept[name] = tensor.Clone();
        }
    }

    /// <summary>Changes the weights for those that are kept.</summary>
    private void Exchange()
    {
        foreach ((string name, Tensor tensor) in Weights())
        {
            if (!kept.TryGetValue(name, out Tensor? old)) throw new FormatException($"EarlyStopping: expected '{name}' among the best weights, got none of that name.");
            Tensor last = tensor.Clone();
            tensor.CopyFrom(old);
            old.CopyFrom(last);
        }

        IsRestored = !IsRestored;
    }

    private IEnumerable<(string Name, Tensor Tensor)> Weights()
    {
        foreach (Parameter parameter in trainer.Model.Parameters) yield return (WeightPrefix + parameter.Name, parameter.Value);
        if (trainer.Optimizer.EmaMomentum is null) yield break;
        foreach (Parameter parameter in trainer.Model.TrainableParameters) yield return (AveragePrefix + parameter.Name, trainer.Optimizer.StateOf(parameter)[^1]);
    }

    private static ArgumentOutOfRangeException Error(string option, string expected, object got) =>
        new(option, FormattableString.Invariant($"EarlyStopping: expected {option} to be {expected}, got {got}."));
}
