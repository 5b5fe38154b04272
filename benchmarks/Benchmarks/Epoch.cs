using BenchmarkDotNet.Attributes;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Benchmarks;

/// <summary>An epoch of 4,096 digits with <see cref="Trainer.Fit"/>: shuffling, gathering, and a step for each batch, the book's first model and SGD.</summary>
[MemoryDiagnoser]
public class Epoch
{
    private Trainer trainer = null!;

    /// <summary>The number of examples in a batch.</summary>
    [Params(32, 128, 512)]
    public int BatchSize { get; set; }

    /// <summary>The number of threads.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>What <see cref="Threads"/> runs through.</summary>
    public static IEnumerable<int> ThreadCounts => Workload.ThreadCounts;

    /// <summary>A new model.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Workers.Count = Threads;
        trainer = Workload.Trainer(Workload.Model(), "sgd");
    }

    /// <summary>One epoch.</summary>
    [Benchmark(OperationsPerInvoke = Workload.Examples, Description = "an epoch, per example")]
    public object Fit() => trainer.Fit(Workload.Data, batchSize: BatchSize);
}
