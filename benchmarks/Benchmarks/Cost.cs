using System.Globalization;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Bench;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Benchmarks;

/// <summary>
/// What training costs for each example, against what it must compute, over a model's width and depth and over the batch: SGD, models built as the book's first one is. All
/// rows are measured in turn, several times, and the medians printed, since a machine's cores move.
/// </summary>
internal static class Cost
{
    private const int Rounds = 5;

    /// <summary>How many examples are trained on in a row; a short epoch, so that the widest model's does not outlast the others'.</summary>
    private const int Examples = 1024;

    public static void Run(double secondsPerStretch)
    {
        Row[] rows =
        [
            .. ((int[])[100, 200, 400, 800, 1600, 3200, 4096]).Select(width => new Row("width, 2 hidden layers", $"{width}", 32, () => Model(width, 2))),
            .. ((int[])[2, 5, 10, 20, 50]).Select(depth => new Row("hidden layers of 100", $"{depth}", 32, () => Model(100, depth))),
            .. ((int[])[2, 5, 10, 20, 50]).Select(depth => new Row("hidden layers of 300", $"{depth}", 32, () => Model(300, depth))),
            .. ((int[])[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]).Select(batch => new Row("batch, the book's model", $"{batch}", batch, Workload.Model)),
        ];

        int[] threadCounts = [.. Workload.ThreadCounts];
        DataSet data = Workload.Data.Take(Examples);
        double limit = Limit.Gigaflops();
        List<double> pingPongs = [];
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Row row in rows)
            {
                if (Limit.PingPong() is { } time) pingPongs.Add(time);
                foreach (int threads in threadCounts) row.Measure(threads, data, secondsPerStretch);
            }

            limit = Math.Max(limit, Limit.Gigaflops());
        }

        Print($"SGD, F32. {limit:F0} GFLOP/s a core at most; two cores answered each other in {(pingPongs.Count == 0 ? 0 : pingPongs.Min()):F0} to {(pingPongs.Count == 0 ? 0 : pingPongs.Max()):F0} ns.");
        Print($"growth: time over floating-point operations, against the table's first row (of batches: against the largest). Medians of {Rounds} rounds.");
        foreach (IGrouping<string, Row> table in rows.GroupBy(row => row.Table))
        {
            foreach (int threads in threadCounts)
            {
                Print($"\n{table.Key}, {threads} thread{(threads == 1 ? "" : "s")}");
                Print($"{"",6} {"batch",6} {"MFLOP/example",14} {"µs/example",11} {"GFLOP/s",8} {"of limit",9} {"growth",7}");
                Row first = table.Key.StartsWith("batch", StringComparison.Ordinal) ? table.Last() : table.First();
                foreach (Row row in table)
                {
                    double seconds = row.Seconds(threads), rate = row.Operations / seconds / 1e9;
                    double growth = seconds / row.Operations / (first.Seconds(threads) / first.Operations);
                    Print($"{row.Name,6} {row.Batch,6} {row.Operations / 1e6,14:F2} {seconds * 1e6,11:F2} {rate,8:F1} {rate / limit / threads,9:P0} {growth,7:F2}");
                }
            }
        }
    }

    private static Sequential Model(int width, int depth)
    {
        Sequential model = new([28, 28], seed: 1) { new Flatten(), new BatchNormalization() };
        for (int i = 0; i < depth; i++)
        {
            model.Add(new Dense(width) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal });
            model.Add(new BatchNormalization());
        }

        model.Add(new Dense(10) { Activation = Activations.Softmax });
        return model;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>A model and a batch size.</summary>
    private sealed class Row(string table, string name, int batch, Func<Sequential> create)
    {
        private readonly Dictionary<int, List<double>> measured = [];

        public string Table => table;

        public string Name => name;

        public int Batch => batch;

        /// <summary>The multiplications and additions of an example's three products a layer: forward, the kernel's gradient, and the input's; not the last in the first layer, before which there are normalized data.</summary>
        public double Operations { get; } = create().Parameters.Where(parameter => parameter.Shape.Rank == 2).Select((kernel, i) => (i == 0 ? 2 : 3) * 2.0 * kernel.Shape.ElementCount).Sum();

        public void Measure(int threads, DataSet data, double seconds)
        {
            Workers.Count = threads;
            Trainer trainer = Workload.Trainer(create(), "sgd");
            double rate = Workload.Rate(() => trainer.Fit(data, batchSize: batch), seconds);
            if (!measured.TryGetValue(threads, out List<double>? times)) measured[threads] = times = [];
            times.Add(1 / (rate * data.Count));
        }

        public double Seconds(int threads)
        {
            List<double> times = measured[threads];
            times.Sort();
            return times[times.Count / 2];
        }
    }
}
