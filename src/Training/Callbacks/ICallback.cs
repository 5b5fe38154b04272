namespace Tapestry.Training;

/// <summary>Looks on while <see cref="Trainer.Fit"/> runs. Each method does nothing unless it is implemented; <see cref="Trainer.Stop"/> ends the training.</summary>
public interface ICallback
{
    /// <summary>An epoch begins.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="batches">How many batches it has.</param>
    void OnEpochBegin(int epoch, int batches)
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
