namespace Tapestry.Training;

/// <summary>
/// Multiplies the optimizer's rate by a factor when what is watched has not become smaller for some epochs: Keras's <c>ReduceLROnPlateau</c>, with its rules and defaults, for losses. It
/// has no state but the rate, which a checkpoint saves: how long it has waited is worked out from the trainer's <see cref="History"/>, so that a resumed run goes on exactly.
/// Place it before whatever saves at the end of an epoch. The optimizer is one that was made with a number.
/// </summary>
/// <param name="trainer">Whose optimizer's rate it lowers.</param>
public sealed class ReduceOnPlateau(Trainer trainer) : ICallback
{
    private readonly double factor = 0.1;
    private readonly int patience = 10;
    private readonly double minDelta = 1e-4;
    private readonly int cooldown;
    private readonly double minRate;

    /// <summary>What is watched; <c>val_loss</c> unless told otherwise.</summary>
    public string Monitor { get; init; } = "val_loss";

    /// <summary>What the rate is multiplied by, above 0 and below 1; 0.1 unless told otherwise.</summary>
    public double Factor
    {
        get => factor;
        init => factor = value is > 0 and < 1 ? value : throw Error(nameof(Factor), "a number above 0 and below 1", value);
    }

    /// <summary>After how many epochs without progress, 1 or more; 10 unless told otherwise.</summary>
    public int Patience
    {
        get => patience;
        init => patience = value >= 1 ? value : throw Error(nameof(Patience), "1 or more", value);
    }

    /// <summary>By how much it must become smaller to count as progress, 0 or more; 0.0001 unless told otherwise.</summary>
    public double MinDelta
    {
        get => minDelta;
        init => minDelta = value is >= 0 and < double.PositiveInfinity ? value : throw Error(nameof(MinDelta), "a finite number of 0 or more", value);
    }

    /// <summary>How many epochs after a reduction are not counted, 0 or more; 0 unless told otherwise.</summary>
    public int Cooldown
    {
        get => cooldown;
        init => cooldown = value >= 0 ? value : throw Error(nameof(Cooldown), "0 or more", value);
    }

    /// <summary>What the rate does not fall below, 0 or more; 0 unless told otherwise.</summary>
    public double MinRate
    {
        get => minRate;
        init => minRate = value is >= 0 and < double.PositiveInfinity ? value : throw Error(nameof(MinRate), "a finite number of 0 or more", value);
    }

    /// <inheritdoc/>
    public void OnEpochEnd(EpochRecord epoch)
    {
        if (!IsReducedAtTheEnd(trainer.History)) return;
        double rate = trainer.Optimizer.LearningRate;
        if (rate > MinRate) trainer.Optimizer.LearningRate = Math.Max(rate * Factor, MinRate);
    }

    /// <summary>Keras's counters, run through the epochs from the first.</summary>
    private bool IsReducedAtTheEnd(History history)
    {
        (double best, int waited, int cooling, bool reduced) = (double.PositiveInfinity, 0, 0, false);
        foreach (double current in history[Monitor])
        {
            reduced = false;
            if (cooling > 0) (cooling, waited) = (cooling - 1, 0);
            if (current < best - MinDelta) (best, waited) = (current, 0);
            else if (cooling == 0 && ++waited >= Patience) (cooling, waited, reduced) = (Cooldown, 0, true);
        }

        return reduced;
    }

    private static ArgumentOutOfRangeException Error(string option, string expected, object got) =>
        new(option, FormattableString.Invariant($"ReduceOnPlateau: expected {option} to be {expected}, got {got}."));
}
