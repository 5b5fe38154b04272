using System.Diagnostics;
using System.Reflection;
using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Training;

namespace Tapestry.Benchmarks;

/// <summary>What is measured of the book's first model, by BenchmarkDotNet and beside the peers alike, through the public interface alone.</summary>
internal static class Workload
{
    /// <summary>How many digits there are.</summary>
    public const int Examples = 4096;

    private const ulong Seed = 1;

    /// <summary>One thread, and all.</summary>
    public static IEnumerable<int> ThreadCounts => Environment.ProcessorCount == 1 ? [1] : [1, Environment.ProcessorCount];

    /// <summary>Digits of 28 × 28 bytes.</summary>
    public static DataSet Data { get; } = Digits.Generate(Examples);

    /// <summary>The book's first model: batch normalization after each activation.</summary>
    public static Sequential Model()
    {
        using StreamReader reader = new(Assembly.GetExecutingAssembly().GetManifestResourceStream("models/bn-after")!);
        return (Sequential)LayerJson.FromJson(reader.ReadToEnd(), Seed);
    }

    /// <summary>What trains a model; it measures the loss alone.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="optimizer"><c>sgd</c> or <c>adam</c>, with its defaults.</param>
    public static Trainer Trainer(Sequential model, string optimizer) => new(model, optimizer == "sgd" ? new Sgd() : new Adam(), Losses.SparseCategoricalCrossentropy) { Metrics = [] };

    /// <summary>The first batch of <see cref="Data"/>.</summary>
    public static Batch Batch(int size) => new Batches(Data, size).Iterate().First();

    /// <summary>Probabilities of a batch's examples, of which the first is returned.</summary>
    public static double Infer(Sequential model, Batch batch)
    {
        using Tape tape = new(record: false);
        return model.Forward(tape.Constant(batch.Features), Mode.Inference).Value[0, 0];
    }

    /// <summary>How often something can be done in a second: the mean over a stretch of time, after a fifth as long for warming up.</summary>
    public static double Rate(Action action, double seconds)
    {
        RateWithoutWarmUp(action, seconds / 5);
        return RateWithoutWarmUp(action, seconds);
    }

    private static double RateWithoutWarmUp(Action action, double seconds)
    {
        Stopwatch clock = Stopwatch.StartNew();
        long times = 0;
        do
        {
            action();
            times++;
        }
        while (clock.Elapsed.TotalSeconds < seconds);
        return times / clock.Elapsed.TotalSeconds;
    }
}
