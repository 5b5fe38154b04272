using System.Globalization;
using Tapestry.Data;
using Tapestry.Layers;

namespace Tapestry.Training;

/// <summary>
/// Looks on while a model with batch normalization is trained, and warns of what goes wrong silently, each time with the remedy: statistics that are never updated, or
/// too seldom for their momentum; batches of one; a bias that does nothing; a frozen layer whose statistics still move; inference that answers otherwise than training.
/// Each warning is told once.
/// </summary>
/// <param name="trainer">Whose model to watch.</param>
/// <param name="train">What it is trained on.</param>
/// <param name="epochs">How many epochs there will be.</param>
/// <param name="batchSize">How many examples a batch has.</param>
/// <param name="warn">Is told each warning, one line.</param>
public sealed class Doctor(Trainer trainer, DataSet train, int epochs, int batchSize, Action<string> warn) : ICallback
{
    /// <summary>Moving statistics count as arrived when 1% of their start is left (batchnorm.md G5).</summary>
    private const double Remainder = 0.01;

    /// <summary>How much worse the loss in inference may be than the training pass's on the same examples, before it is worth a word.</summary>
    private const double SuspiciousGap = 1;

    /// <summary>How many examples the two are compared on.</summary>
    private const int Sample = 256;

    private readonly HashSet<(string Complaint, string Layer)> told = [];
    private readonly Dictionary<BatchNormalization, int> queued = [];

    /// <summary>How many batches a momentum needs until moving statistics have forgotten their start but for 1%: 44 for 0.9, 459 for 0.99, 4,603 for 0.999.</summary>
    /// <param name="momentum">From 0 up to, not including, 1.</param>
    public static int StepsNeeded(double momentum) => momentum <= 0 ? 1 : (int)Math.Ceiling(Math.Log(Remainder) / Math.Log(momentum));

    /// <inheritdoc/>
    public void OnEpochBegin(int epoch, int batches)
    {
        Structure(trainer.Model);
        foreach (BatchNormalization layer in Normalizations(trainer.Model))
        {
            if (!layer.Trainable && layer.Freeze == FreezePolicy.StatisticsMove)
            {
                Tell("frozen", layer, $"{layer.Name} is frozen, but its statistics still move. Set Freeze = FreezePolicy.Inference, or Training = false, to hold them too.");
            }

            if (layer.By != NormalizeBy.Mode || layer.Training == false || (!layer.Trainable && layer.Freeze == FreezePolicy.Inference)) continue;
            long steps = (long)epochs * batches;
            int needed = layer.Momentum < 1 ? StepsNeeded(layer.Momentum) : int.MaxValue;
            if (steps < needed)
            {
                Tell("steps", layer, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{layer.Name} needs {needed} batches at momentum {layer.Momentum} until its moving statistics have arrived, and gets {steps}. Lower the momentum, or train for longer."));
            }
        }

        if (!Normalizations(trainer.Model).Any()) return;
        if (batchSize == 1) Tell("one", trainer.Model, "Batches of one normalize to beta alone: an example is its own mean. Use larger batches.");
        else if (train.Count % batchSize == 1) Tell("one", trainer.Model, $"The last batch of each epoch has one example, which normalizes to beta alone and drags the moving variance towards 0. Choose a batch size that does not divide {train.Count - 1}.");
    }

    /// <inheritdoc/>
    public void OnEpochEnd(EpochRecord epoch)
    {
        foreach (BatchNormalization layer in Normalizations(trainer.Model))
        {
            if (layer.PendingUpdates > queued.GetValueOrDefault(layer)) Tell("deferred", layer, $"{layer.Name} has {layer.PendingUpdates} deferred updates that nobody ran: inference uses statistics from before. Call RunUpdates after each step, or use UpdateTiming.Immediate.");
            queued[layer] = layer.PendingUpdates;
        }

        if (Normalizations(trainer.Model).Any()) CompareModes();
    }

    /// <summary>A bias straight before a normalization is taken out again by its mean (batchnorm.md D13).</summary>
    private void Structure(Model model)
    {
        foreach (Model nested in model.Layers.OfType<Model>()) Structure(nested);
        foreach ((Layer before, Layer behind) in Neighbours(model))
        {
            if (behind is BatchNormalization { By: not NormalizeBy.Sample } layer && before is Dense { UseBias: true } dense && dense.Activation == Activations.Linear)
            {
                Tell("bias", dense, $"{dense.Name}'s bias does nothing: {layer.Name} takes it out with the mean. Give the layer UseBias = false.");
            }
        }
    }

    /// <summary>The layers of which one feeds the other and nothing else.</summary>
    private static IEnumerable<(Layer Before, Layer Behind)> Neighbours(Model model)
    {
        if (model is not Functional graph) return model.Layers.Zip(model.Layers.Skip(1));
        return graph.Nodes.SelectMany(node => node.Inputs.Select(input => (Before: input.Layer, Behind: node.Layer)))
            .Concat(graph.Outputs.Select(output => (Before: output.Layer, Behind: output.Layer)))
            .GroupBy(pair => pair.Before).Where(pairs => pairs.Count() == 1).Select(pairs => pairs.Single());
    }

    private void CompareModes()
    {
        DataSet sample = train.Take(Math.Min(Sample, train.Count));
        foreach (Batch batch in new Batches(sample, sample.Count, trainer.Model.DType).Iterate())
        {
            double training = trainer.LossOf(batch, Mode.Inference with { UseBatchStatistics = true }), inference = trainer.LossOf(batch, Mode.Inference);
            if (!(inference - training > SuspiciousGap)) continue;
            Tell("gap", trainer.Model, string.Create(
                CultureInfo.InvariantCulture,
                $"On the same examples the loss is {training:0.000} by their own statistics and {inference:0.000} by the moving ones: inference does not answer as training did. Lower the momentum, train for longer, or re-estimate the statistics."));
        }
    }

    private static IEnumerable<BatchNormalization> Normalizations(Model model) => model.Layers.SelectMany(layer => layer switch
    {
        BatchNormalization normalization => [normalization],
        Model nested => Normalizations(nested),
        _ => Enumerable.Empty<BatchNormalization>(),
    });

    /// <summary>Tells of a complaint about a layer once, however its numbers change from epoch to epoch.</summary>
    private void Tell(string complaint, Layer about, string warning)
    {
        if (told.Add((complaint, about.Name))) warn(warning);
    }
}
