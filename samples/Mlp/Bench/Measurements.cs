using System.Diagnostics;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Bench;

/// <summary>
/// The measurements of <c>mlp bench</c>, one object each. All go through the public interface: the book's first model as it is built in, the embedded digits, shuffled batches,
/// a tape for each step. A rate is the median over short stretches, so that a pause of the machine does not count.
/// </summary>
/// <param name="duration">How long one thing is measured, at least; five times in any case.</param>
/// <param name="threads">With how many threads; with one and with all where null.</param>
internal sealed class Measurements(TimeSpan duration, int? threads)
{
    private const ulong Seed = 1;

    private int[] ThreadCounts => threads is { } only ? [only] : Environment.ProcessorCount == 1 ? [1] : [1, Environment.ProcessorCount];

    public static IEnumerable<JsonObject> Limits()
    {
        yield return new JsonObject { ["bench"] = "limit", ["gflops"] = Rounded(Limit.Gigaflops()), ["ping_pong_ns"] = Limit.PingPong() is { } time ? Rounded(time) : null, ["registers"] = MatrixProduct.Path };
    }

    public IEnumerable<JsonObject> Train(CancellationToken cancellationToken)
    {
        DataSet data = Digits.Generate(4096);
        foreach (string optimizer in (string[])["sgd", "adam"])
        {
            foreach (int batch in (int[])[32, 128, 512])
            {
                foreach (int count in ThreadCounts)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Trainer trainer = new(Models.Create(Models.Default, Seed), optimizer == "sgd" ? new Sgd() : new Adam(), Losses.SparseCategoricalCrossentropy) { Metrics = [] };
                    double seconds = Threads.With(count, () => Median(() => trainer.Fit(data, epochs: 1, batchSize: batch)));
                    yield return new JsonObject
                    {
                        ["bench"] = "train",
                        ["optimizer"] = optimizer,
                        ["batch"] = batch,
                        ["threads"] = count,
                        ["samples_per_second"] = Rounded(data.Count / seconds),
                    };
                }
            }
        }
    }

    public IEnumerable<JsonObject> Infer(CancellationToken cancellationToken)
    {
        DataSet data = Digits.Generate(512);
        Model model = Models.Create(Models.Default, Seed);
        foreach (int size in (int[])[1, 32, 512])
        {
            Batch batch = new Batches(data, size).Iterate().First();
            foreach (int count in ThreadCounts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int repeats = 2048 / size;
                double seconds = Threads.With(count, () => Median(() =>
                {
                    for (int i = 0; i < repeats; i++)
                    {
                        using Tape tape = new(record: false);
                        model.Forward(tape.Constant(batch.Features), Mode.Inference);
                    }
                }));
                yield return new JsonObject { ["bench"] = "infer", ["batch"] = size, ["threads"] = count, ["samples_per_second"] = Rounded(size * repeats / seconds) };
            }
        }
    }

    /// <summary>The products of the model's largest layer, forward, for the kernel and for the input, and squares.</summary>
    public IEnumerable<JsonObject> Products(CancellationToken cancellationToken)
    {
        double limit = Limit.Gigaflops();
        List<(int M, int N, int K, string Transpose, DType DType)> shapes = [];
        foreach (int batch in (int[])[32, 128, 512]) shapes.AddRange([(batch, 300, 784, "none", DType.F32), (784, 300, batch, "a", DType.F32), (batch, 784, 300, "b", DType.F32)]);
        shapes.AddRange([(512, 512, 512, "none", DType.F32), (1024, 1024, 1024, "none", DType.F32), (512, 512, 512, "none", DType.F64)]);
        foreach ((int m, int n, int k, string transpose, DType dtype) in shapes)
        {
            (bool transposeA, bool transposeB) = (transpose == "a", transpose == "b");
            Tensor a = Uniform(transposeA ? [k, m] : [m, k], dtype), b = Uniform(transposeB ? [n, k] : [k, n], dtype);
            double work = 2.0 * m * n * k;
            int repeats = (int)Math.Max(1, 4e7 / work);
            foreach (int count in ThreadCounts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                double seconds = Threads.With(count, () => Median(() =>
                {
                    for (int i = 0; i < repeats; i++) MatrixProduct.Multiply(a, b, transposeA, transposeB).Buffer.Release();
                }, 0.4)) / repeats;
                double rate = work / seconds / 1e9, most = limit * Math.Min(count, Environment.ProcessorCount) * (dtype == DType.F64 ? 0.5 : 1);
                yield return new JsonObject
                {
                    ["bench"] = "matmul",
                    ["m"] = m,
                    ["n"] = n,
                    ["k"] = k,
                    ["transpose"] = transpose,
                    ["dtype"] = dtype.ToString(),
                    ["threads"] = count,
                    ["gflops"] = Rounded(rate),
                    ["share_of_limit"] = Math.Round(rate / most, 3),
                };
            }
        }
    }

    /// <summary>What a step of training leaves to the garbage collector, and what the process takes from the system.</summary>
    public IEnumerable<JsonObject> Memory()
    {
        DataSet data = Digits.Generate(4096);
        Trainer trainer = new(Models.Create(Models.Default, Seed), new Sgd(), Losses.SparseCategoricalCrossentropy);
        Threads.With(threads, () => trainer.Fit(data, epochs: 2));
        const int Epochs = 5, Steps = Epochs * 128;
        (long bytes, int collections) = (GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(2));
        Threads.With(threads, () => trainer.Fit(data, epochs: Epochs));
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        collections = GC.CollectionCount(2) - collections;
        using Process process = Process.GetCurrentProcess();
        yield return new JsonObject
        {
            ["bench"] = "memory",
            ["bytes_per_step"] = bytes / Steps,
            ["gen2_per_epoch"] = (double)collections / Epochs,
            ["peak_mb"] = Rounded(process.PeakWorkingSet64 / 1e6),
        };
    }

    /// <summary>The median of the seconds that something takes, after it has been done twice.</summary>
    private double Median(Action action, double share = 1)
    {
        action();
        action();
        List<double> times = [];
        Stopwatch whole = Stopwatch.StartNew();
        while (times.Count < 5 || whole.Elapsed < duration * share)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private static Tensor Uniform(Shape shape, DType dtype)
    {
        Rng rng = new(Seed);
        Tensor values = Tensor.Zeros(shape);
        foreach (ref float value in values.AsSpan<float>()) value = rng.NextSingle() - 0.5f;
        return values.Cast(dtype);
    }

    private static double Rounded(double value) => value >= 1000 ? Math.Round(value) : Math.Round(value, 1);
}
