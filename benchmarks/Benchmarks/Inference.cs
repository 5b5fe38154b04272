using BenchmarkDotNet.Attributes;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Benchmarks;

/// <summary>The book's first model in inference mode, on a batch that lies ready.</summary>
[MemoryDiagnoser]
public class Inference
{
    private Sequential model = null!;
    private Batch batch = null!;

    /// <summary>The number of examples.</summary>
    [Params(1, 32, 512)]
    public int BatchSize { get; set; }

    /// <summary>The number of threads.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>What <see cref="Threads"/> runs through.</summary>
    public static IEnumerable<int> ThreadCounts => Workload.ThreadCounts;

    /// <summary>A new model: what it has learnt does not change what it costs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Workers.Count = Threads;
        (model, batch) = (Workload.Model(), Workload.Batch(BatchSize));
    }

    /// <summary>The probabilities of a batch.</summary>
    [Benchmark]
    public double Infer() => Workload.Infer(model, batch);
}
