using System.Diagnostics;
using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <content>The loop.</content>
public sealed partial class Trainer
{
    /// <summary>Trains for some epochs. An epoch that was broken off is finished first, and counts as one of them.</summary>
    /// <param name="train">The examples.</param>
    /// <param name="epochs">How many epochs there are; 1 unless told otherwise. With <paramref name="initialEpoch"/> the number of the last one.</param>
    /// <param name="batchSize">How many examples make a step; 32 unless told otherwise.</param>
    /// <param name="validation">Examples to evaluate after each epoch; none unless told otherwise.</param>
    /// <param name="shuffle">Whether each pass over the examples has an order of its own, drawn from <see cref="Seed"/> and the pass's number alone; true unless told otherwise.</param>
    /// <param name="callbacks">What looks on; nothing unless told otherwise.</param>
    /// <param name="classWeights">
    /// What an example counts in the loss by its class, times its own weight where the data set has any; a class that is not named counts 1. Targets that are rows are of the class
    /// of their largest element. Validation does not look at it, as in Keras. It is for models of one output. None unless told otherwise. See <see cref="ClassWeights.Balanced"/>.
    /// </param>
    /// <param name="validationSplit">
    /// The share of the examples that is held out for validation, from 0 up to, not including, 1: the last ones as they stand, before any shuffle, as in Keras, so that sorted
    /// examples want <see cref="DataSet.SplitEnd"/> instead. 0 unless told otherwise.
    /// </param>
    /// <param name="stepsPerEpoch">
    /// How many batches make an epoch; one pass over the examples unless told otherwise. With fewer or more, each epoch goes on where the one before ended.
    /// </param>
    /// <param name="dropLast">Whether a last batch of a pass that would be short is left out; it is trained on unless told otherwise.</param>
    /// <param name="initialEpoch">
    /// How many epochs count as done, with numbers and orders of their own; as many as the history has unless told otherwise, and then <paramref name="epochs"/> more are trained.
    /// </param>
    /// <param name="cancellationToken">Breaks the training off after the batch that is under way.</param>
    /// <returns>What was measured, these epochs last.</returns>
    /// <exception cref="ArgumentException">
    /// There are no examples, they are not what the model takes, there is more than one validation, there are class weights for several outputs, two values would have one name, or one
    /// metric stands in two lists.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="AnomalyException">A number is NaN or infinite, and <see cref="DetectAnomaly"/> is set.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the weights are those after the last batch.</exception>
    public History Fit(
        DataSet train,
        int epochs = 1,
        int batchSize = 32,
        DataSet? validation = null,
        bool shuffle = true,
        IReadOnlyList<ICallback>? callbacks = null,
        IReadOnlyDictionary<int, double>? classWeights = null,
        double validationSplit = 0,
        int? stepsPerEpoch = null,
        bool dropLast = false,
        int? initialEpoch = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        callbacks ??= [];
        Refuse(train, nameof(Fit));
        if (validation is not null) Refuse(validation, nameof(Fit));
        if (validationSplit != 0) (train, validation) = Split(train, validation, validationSplit);
        if (train.Count == 0) throw new ArgumentException("Fit: expected at least one example, got none.", nameof(train));
        Batches batches = new(train, batchSize, Model.DType) { DropLast = dropLast };
        if (batches.Count == 0) throw new ArgumentException(FormattableString.Invariant($"Fit: expected at least one whole batch of {batchSize}, got {train.Count} examples. Keep the short one."), nameof(dropLast));
        int steps = stepsPerEpoch ?? batches.Count;
        if (steps < 1) throw new ArgumentOutOfRangeException(nameof(stepsPerEpoch), FormattableString.Invariant($"Fit: expected 1 or more steps per epoch, got {steps}."));
        if (Batch > steps) throw new ArgumentException(FormattableString.Invariant($"Fit: expected an epoch of at least the {Batch} batches that it was broken off after, got {steps}. Are data and batch size as they were?"));
        (int first, int last) = Range(epochs, initialEpoch);
        if (classWeights is not null && Objectives.Count > 1) throw new ArgumentException(FormattableString.Invariant($"Fit: expected class weights for a model of one output, got some for {Objectives.Count}. Give the examples weights of their own, in the data set."), nameof(classWeights));
        ExampleWeights? byClass = classWeights is null ? null : new ExampleWeights(classWeights, train, Math.Min(batchSize, train.Count), Model.DType);
        Measurement measurement = MeasurementOf(train);
        if (Batch > 0) measurement.State = Gathered;
        else measurement.Reset();
        (measured, restored) = (measurement, null);
        stopRequested = false;
        Remember(callbacks);
        TerminateOnNaN? guard = callbacks.OfType<TerminateOnNaN>().FirstOrDefault();
        foreach (ICallback callback in callbacks) callback.OnTrainBegin();
        for (int epoch = first; epoch <= last && !stopRequested; epoch++)
        {
            foreach (ICallback callback in callbacks) callback.OnEpochBegin(epoch, steps);
            Stopwatch clock = Stopwatch.StartNew();
            foreach (Batch batch in Take(batches, (steps * (epoch - 1L)) + Batch, steps - Batch, shuffle ? train.Count : null))
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (ICallback callback in callbacks) callback.OnBatchBegin(Batch + 1);
                Step(batch, byClass is null ? batch.Weights : byClass.Of(batch), guard, measurement);
                Batch++;
                foreach (ICallback callback in callbacks) callback.OnBatchEnd(Batch, measurement.Values());
                if (stopRequested) break;
            }

            EndEpoch(epoch, clock.Elapsed.TotalSeconds, measurement, validation, batchSize, callbacks);
        }

        foreach (ICallback callback in callbacks) callback.OnTrainEnd();
        return History;
    }

    private void EndEpoch(int epoch, double seconds, Measurement measurement, DataSet? validation, int batchSize, IReadOnlyList<ICallback> callbacks)
    {
        List<KeyValuePair<string, double>> values = measurement.Values();
        Batch = 0;
        if (validation is not null) values.AddRange(Evaluate(validation, batchSize).Select(value => KeyValuePair.Create($"val_{value.Key}", value.Value)));
        if (LogLearningRate) values.Add(KeyValuePair.Create("learning_rate", Optimizer.LearningRate));

        // After the validation, which the same metrics measure.
        measurement.Reset();
        EpochRecord record = new(epoch, values, seconds);
        History.Add(record);
        foreach (ICallback callback in callbacks) callback.OnEpochEnd(record);
    }

    /// <summary>The numbers of the first and the last epoch to train.</summary>
    private (int First, int Last) Range(int epochs, int? initialEpoch)
    {
        int done = History.Epochs.Count == 0 ? 0 : History.Epochs[^1].Epoch;
        if (initialEpoch is not { } initial) return (done + 1, checked(done + epochs));
        if (initial < done || initial > epochs)
        {
            throw new ArgumentOutOfRangeException(nameof(initialEpoch), FormattableString.Invariant(
                $"Fit: expected an initial epoch from the {done} that have been trained to the {epochs} that there are to be, got {initial}."));
        }

        return (initial + 1, epochs);
    }

    /// <summary>Some batches of passes without end, each pass in an order of its own. Where they stand depends on their number alone, so that a broken-off epoch needs no more to go on.</summary>
    private IEnumerable<Batch> Take(Batches batches, long first, int count, int? shuffled)
    {
        while (count > 0)
        {
            (long pass, long at) = Math.DivRem(first, batches.Count);
            int[]? order = shuffled is { } examples ? new Rng(Seed).Split((ulong)pass + 1).Permutation(examples) : null;
            int taken = (int)Math.Min(count, batches.Count - at);
            foreach (Batch batch in batches.Iterate(order, (int)at).Take(taken)) yield return batch;
            (first, count) = (first + taken, count - taken);
        }
    }

    private static (DataSet Train, DataSet Validation) Split(DataSet data, DataSet? validation, double validationSplit)
    {
        if (validation is not null) throw new ArgumentException("Fit: expected either validation examples or a share to split off, got both.", nameof(validation));
        int kept = validationSplit is > 0 and < 1 ? (int)Math.Floor(data.Count * (1 - validationSplit)) : 0;
        if (kept == 0 || kept == data.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(validationSplit), FormattableString.Invariant(
                $"Fit: expected a validation split between 0 and 1 that leaves both parts of {data.Count} examples some, got {validationSplit}."));
        }

        return (data.Take(kept), data.Skip(kept));
    }

    /// <summary>Hands the callbacks what a checkpoint kept of their memories.</summary>
    private void Remember(IReadOnlyList<ICallback> callbacks)
    {
        Dictionary<string, int> counts = [];
        List<(string, IStatefulCallback)> named = [];
        foreach (IStatefulCallback callback in callbacks.OfType<IStatefulCallback>())
        {
            int count = counts[callback.Name] = counts.GetValueOrDefault(callback.Name, -1) + 1;
            string name = count == 0 ? callback.Name : FormattableString.Invariant($"{callback.Name}_{count}");
            named.Add((name, callback));
            Dictionary<string, Tensor> kept = (remembered ?? new Dictionary<string, Tensor>())
                .Where(pair => pair.Key.StartsWith($"{name}/", StringComparison.Ordinal)).ToDictionary(pair => pair.Key[(name.Length + 1)..], pair => pair.Value);
            if (kept.Count > 0) callback.State = kept;
        }

        (remembering, remembered) = (named, null);
    }

    private void Step(Batch batch, Tensor? weights, TerminateOnNaN? guard, Measurement measurement)
    {
        guard?.Before(this);
        using Tape tape = new() { DetectAnomaly = DetectAnomaly };
        Answers answers = Forward(tape, batch, Mode.Train);
        (Variable value, double[]? own) = LossOf(batch, answers, weights);
        value = Penalized(value);
        double loss = value.Value.ToScalar();

        // Before the step is taken: it would spread a NaN over the weights.
        if (guard?.Stops(loss, () => Replay(batch, weights)) == true)
        {
            Stop();
        }
        else
        {
            Optimizer.Minimize(value, Model.TrainableParameters);
            if (DetectAnomaly) RefuseParameters();
            measurement.Update(batch, answers, weights);
        }

        measurement.Add(loss, own, batch.Count);
    }

    /// <summary>Computes a batch's loss once more, without its step, to find where the first NaN or infinity comes up.</summary>
    private void Replay(Batch batch, Tensor? weights)
    {
        using Tape tape = new() { DetectAnomaly = true };
        Penalized(LossOf(batch, Forward(tape, batch, Mode.Train with { UpdateStatistics = false }), weights).Total);
    }
}
