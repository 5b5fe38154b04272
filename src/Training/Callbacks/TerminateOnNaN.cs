using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Ends the training when a batch's loss is NaN or infinite: Keras's <c>TerminateOnNaN</c>. Beyond that, the batch's step is not taken, so that the weights stay as they were
/// before it, and the batch is computed once more with the same random numbers and with <see cref="Tape.DetectAnomaly"/>, to name the operation: <see cref="Anomaly"/>. The
/// epoch ends there, with that loss in the history.
/// </summary>
public sealed class TerminateOnNaN : ICallback
{
    private List<(IStochastic Layer, Rng Rng)> generators = [];

    /// <summary>Where the first NaN or infinity came up in the batch that ended the training; null while none has.</summary>
    public AnomalyException? Anomaly { get; private set; }

    /// <summary>Called before each batch: it is computed again from here, if at all.</summary>
    internal void Before(Trainer trainer) =>
        generators = [.. Checkpoint.Stochastic(trainer.Model).Select(pair => (pair.Value, new Rng(pair.Value.Rng.Seed, pair.Value.Rng.Position)))];

    /// <summary>Whether a batch's loss ends the training.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="replay">Computes it once more, looking for anomalies.</param>
    internal bool Stops(double loss, Action replay)
    {
        if (double.IsFinite(loss)) return false;
        foreach ((IStochastic layer, Rng rng) in generators) layer.Rng = rng;
        try
        {
            replay();
        }
        catch (AnomalyException anomaly)
        {
            Anomaly = anomaly;
        }

        return true;
    }
}
