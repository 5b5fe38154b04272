namespace Tapestry.Training;

/// <summary>
/// Looks on while <see cref="Trainer.Fit"/> runs. Each method does nothing unless it is implemented; <see cref="Trainer.Stop"/> ends the training. Callbacks are called in the
/// order in which they were given: place what saves behind what changes or remembers something.
/// </summary>
public interface ICallback
{
    /// <summary>The training begins, or goes on after an interruption.</summary>
    void OnTrainBegin()
    {
    }

    /// <summary>The training has ended, by itself or by <see cref="Trainer.Stop"/>; not where it was broken off or failed.</summary>
    void OnTrainEnd()
    {
    }

    /// <summary>An epoch begins, or goes on after an interruption.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="batches">How many batches it has.</param>
    void OnEpochBegin(int epoch, int batches)
    {
    }

    /// <summary>A batch is about to be trained on.</summary>
    /// <param name="batch">Its number in the epoch, from 1.</param>
    void OnBatchBegin(int batch)
    {
    }

    /// <summary>A batch has been trained on.</summary>
    /// <param name="batch">Its number in the epoch, from 1.</param>
    /// <param name="values">The loss and the metrics over the epoch so far.</param>
    void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values)
    {
    }

    /// <summary>An epoch has ended, validation included.</summary>
    void OnEpochEnd(EpochRecord epoch)
    {
    }
}
