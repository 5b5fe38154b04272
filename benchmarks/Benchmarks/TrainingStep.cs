using BenchmarkDotNet.Attributes;
using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Benchmarks;

/// <summary>One step of training the book's first model, as a loop of one's own has it, on a batch that lies ready.</summary>
[MemoryDiagnoser]
public class TrainingStep
{
    private Trainer trainer = null!;
    private Batch batch = null!;

    /// <summary>The update rule.</summary>
    [Params("sgd", "adam")]
    public string Optimizer { get; set; } = "";

    /// <summary>The number of examples.</summary>
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
        trainer = Workload.Trainer(Workload.Model(), Optimizer);
        batch = Workload.Batch(BatchSize);
    }

    /// <summary>Forward, backward and the update.</summary>
    [Benchmark]
    public double Step()
    {
        using Tape tape = new();
        Variable loss = trainer.Loss.Compute(batch.Targets, trainer.Model.Forward(tape.Constant(batch.Features), Mode.Train));
        trainer.Optimizer.Minimize(loss, trainer.Model.TrainableParameters);
        return loss.Value.ToScalar();
    }
}
