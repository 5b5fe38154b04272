using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Benchmarks;

/// <summary>
/// What a tape of many scalar operations costs, in time and in bytes allocated: both are to grow as the number of operations does. Each invocation has a tape of its own. A
/// benchmark's class cannot be sealed: BenchmarkDotNet derives from it.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, warmupCount: 2, iterationCount: 7)]
public class TapeLength
{
    private readonly Tensor point = Tensor.Scalar(1, DType.F64);

    /// <summary>The number of operations.</summary>
    [Params(10_000, 100_000, 1_000_000)]
    public int Operations { get; set; }

    /// <summary>The forward pass.</summary>
    [Benchmark(Baseline = true)]
    public double Record()
    {
        using Tape tape = new();
        return Sum(tape.Watch(point)).Value.ToScalar();
    }

    /// <summary>The forward pass and the reverse pass.</summary>
    [Benchmark]
    public double RecordAndDifferentiate()
    {
        using Tape tape = new();
        Variable x = tape.Watch(point);
        return tape.Gradient(Sum(x), x).Value.ToScalar();
    }

    private Variable Sum(Variable x)
    {
        Variable y = x;
        for (int i = 0; i < Operations; i++) y += x;
        return y;
    }
}
