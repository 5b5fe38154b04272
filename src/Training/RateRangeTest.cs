using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Looks for a learning rate: trains a copy of a model with a rate that rises exponentially from step to step, until the loss explodes. The model itself is left as it is.
/// Smith, "Cyclical learning rates for training neural networks", 2017; that a smoothed loss is looked at, and the end at four times the smallest, are fastai's.
/// Tested in <c>tests/Training.Tests/RateRangeTestTests.cs</c>.
/// </summary>
public sealed class RateRangeTest
{
    private const double Smoothing = 0.9;
    private const double Explosion = 4;

    /// <summary>The first steps' slopes are of a mean that has seen next to nothing.</summary>
    private const int Settling = 10;

    /// <summary>How far on either side the slope looks, in steps.</summary>
    private const int Reach = 10;

    private RateRangeTest(double[] rates, double[] losses, bool exploded)
    {
        (Rates, Losses, Exploded) = (rates, losses, exploded);
        int start = Math.Min(Settling, losses.Length / 4);
        Lowest = Enumerable.Range(start, losses.Length - start).MinBy(step => losses[step]);

        // Over some steps on either side: from one to the next, batches differ by more than the rate does.
        int reach = Math.Max(1, Math.Min(Reach, (Lowest - start) / 2));
        Steepest = Lowest - start < 2 * reach ? Lowest : Enumerable.Range(start + reach, Lowest - start - (2 * reach) + 1).MinBy(step => losses[step + reach] - losses[step - reach]);
    }

    /// <summary>The rate of each step, rising.</summary>
    public IReadOnlyList<double> Rates { get; }

    /// <summary>The loss of each step's batch, smoothed: m ← 0.9·m + 0.1·loss, divided by 1 - 0.9ᵗ for its start at 0.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>Whether it ended because the loss was more than four times the smallest, or no number.</summary>
    public bool Exploded { get; }

    /// <summary>The step with the smallest smoothed loss.</summary>
    public int Lowest { get; }

    /// <summary>The step before that at which the loss fell fastest: steps are even in the logarithm of the rate.</summary>
    public int Steepest { get; }

    /// <summary>The rate where the loss fell fastest, but at most a tenth of that with the smallest loss, at which a training is near to its end.</summary>
    public double Suggestion => Math.Min(Rates[Steepest], Rates[Lowest] / 10);

    /// <summary>Runs the test.</summary>
    /// <param name="model">A model that has been built.</param>
    /// <param name="optimizer">Makes the optimizer, with the schedule that it is handed.</param>
    /// <param name="loss">What is to become small.</param>
    /// <param name="train">The examples, gone through in a new order each time, drawn from the model's seed.</param>
    /// <param name="batchSize">How many examples make a step; 32 unless told otherwise.</param>
    /// <param name="steps">How many steps there are at most, 20 or more; 300 unless told otherwise.</param>
    /// <param name="from">The first rate; 1e-7 unless told otherwise.</param>
    /// <param name="to">The last rate, which is larger; 10 unless told otherwise.</param>
    /// <param name="cancellationToken">Breaks off after the step that is under way.</param>
    /// <exception cref="ArgumentException">A number lies outside its range, there are no examples, or the model has several inputs or outputs.</exception>
    /// <exception cref="InvalidOperationException">The model has not been built, or its first loss is no number.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static RateRangeTest Run(
        Model model,
        Func<Schedule, Optimizer> optimizer,
        Loss loss,
        DataSet train,
        int batchSize = 32,
        int steps = 300,
        double from = 1e-7,
        double to = 10,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(train);
        if (!model.IsBuilt) throw new InvalidOperationException($"RateRangeTest: expected a model that has been built, got {model}, which has not.");
        if (model is Functional { Inputs.Count: var inputs, Outputs.Count: var outputs } && (inputs > 1 || outputs > 1)) throw new ArgumentException(FormattableString.Invariant($"RateRangeTest: expected a model of one input and one output, got {model} of {inputs} and {outputs}."), nameof(model));
        if (train.Count == 0) throw new ArgumentException("RateRangeTest: expected at least one example, got none.", nameof(train));
        if (steps < 2 * Settling) throw new ArgumentOutOfRangeException(nameof(steps), FormattableString.Invariant($"RateRangeTest: expected {2 * Settling} steps or more, got {steps}."));
        if (!(from > 0 && from < to && double.IsFinite(to)))
        {
            throw new ArgumentOutOfRangeException(nameof(from), FormattableString.Invariant($"RateRangeTest: expected rates that rise from above 0, got {from} to {to}."));
        }

        Model copy = LayerJson.FromJson(LayerJson.ToJson(model), model.Seed);
        foreach ((Parameter source, Parameter target) in model.Parameters.Zip(copy.Parameters)) target.Value.CopyFrom(source.Value);
        ExponentialDecay rising = new(from, steps - 1, to / from);
        Optimizer rule = optimizer(rising);
        List<double> rates = [], losses = [];
        (double mean, double lowest) = (0, double.PositiveInfinity);
        foreach (Batch batch in Endless(train, batchSize, copy).Take(steps))
        {
            cancellationToken.ThrowIfCancellationRequested();
            double value = Step(copy, rule, loss, batch);
            mean = (Smoothing * mean) + ((1 - Smoothing) * value);
            double smoothed = mean / (1 - Math.Pow(Smoothing, losses.Count + 1));
            if (losses.Count == 0 && !double.IsFinite(smoothed)) throw new InvalidOperationException(FormattableString.Invariant($"RateRangeTest: expected a finite loss before the first step, got {smoothed}. Is the model's output what the loss takes?"));
            if (!double.IsFinite(smoothed) || (losses.Count >= Settling && smoothed > Explosion * lowest)) return new RateRangeTest([.. rates], [.. losses], exploded: true);
            rates.Add(rising.RateAt(losses.Count));
            losses.Add(smoothed);
            lowest = Math.Min(lowest, smoothed);
        }

        return new RateRangeTest([.. rates], [.. losses], exploded: false);
    }

    private static double Step(Model model, Optimizer optimizer, Loss loss, Batch batch)
    {
        using Tape tape = new();
        Variable value = loss.Compute(batch.Targets, model.Forward(tape.Constant(batch.Features), Mode.Train), batch.Weights);
        if (model.Penalty(value) is { } penalty) value += penalty;
        optimizer.Minimize(value, model.TrainableParameters);
        return value.Value.ToScalar();
    }

    private static IEnumerable<Batch> Endless(DataSet train, int batchSize, Model model)
    {
        Batches batches = new(train, batchSize, model.DType);
        for (ulong epoch = 1; ; epoch++)
        {
            foreach (Batch batch in batches.Iterate(new Rng(model.Seed).Split(epoch).Permutation(train.Count))) yield return batch;
        }
    }
}
