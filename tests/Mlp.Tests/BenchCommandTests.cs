using System.CommandLine;
using System.Text.Json.Nodes;
using Tapestry.Samples.Mlp;
using Tapestry.Samples.Mlp.Commands;
using Tapestry.Tensors;

namespace Tapestry.Mlp.Tests;

/// <summary>What <c>mlp bench</c> prints; not how fast anything is. Measured as briefly as can be.</summary>
[Collection(nameof(ThreadsTests))]
public class BenchCommandTests
{
    private static int[] AllThreads => Environment.ProcessorCount == 1 ? [1] : [1, Environment.ProcessorCount];

    [Fact]
    public async Task Everything_is_measured_with_one_thread_and_with_all_a_JSON_object_a_line()
    {
        JsonObject[] lines = await Measure("--json");

        Assert.Equal("limit", Kind(lines[0]));
        Assert.Equal(["limit", "train", "infer", "matmul", "memory"], lines.Select(Kind).Distinct());
        Limit(lines[0]);
        Train(Of(lines, "train"), AllThreads);
        Infer(Of(lines, "infer"), AllThreads);
        Products(Of(lines, "matmul"), AllThreads);
        Memory(Assert.Single(Of(lines, "memory")));
    }

    [Theory]
    [InlineData("infer", 3)]
    [InlineData("memory", 1)]
    public async Task One_thing_alone_is_measured_behind_the_limits(string only, int count)
    {
        JsonObject[] lines = await Measure("--json", "--only", only, "--threads", "1");

        Assert.Equal(["limit", .. Enumerable.Repeat(only, count)], lines.Select(Kind));
    }

    [Fact]
    public async Task With_a_number_of_threads_nothing_else_is_measured_and_it_ends_with_the_command()
    {
        int before = Workers.Count;

        JsonObject[] lines = await Measure("--json", "--only", "infer", "--threads", "3");

        Infer(Of(lines, "infer"), [3]);
        Assert.Equal(before, Workers.Count);
    }

    [Fact]
    public async Task Without_JSON_each_kind_is_a_table_under_its_keys()
    {
        MlpRun run = await MlpRun.Of("bench", "--only", "memory");

        Assert.Equal(0, run.Status);
        string[] lines = run.Output.Split('\n');
        Assert.Matches("^limit +gflops +ping_pong_ns +registers$", lines[0]);
        Assert.Matches($"^ +[0-9.]+ +([0-9.]+|-) +{MatrixProduct.Path}$", lines[1]);
        Assert.Equal("", lines[2]);
        Assert.Matches("^memory +bytes_per_step +gen2_per_epoch +peak_mb$", lines[3]);
        Assert.Matches("^ +[0-9]+ +[0-9.]+ +[0-9.]+$", lines[4]);
        Assert.Equal("", Assert.Single(lines.Skip(5)));
    }

    private static void Limit(JsonObject line)
    {
        Keys(line, "gflops", "ping_pong_ns", "registers");
        Positive(line, "gflops");
        if (Environment.ProcessorCount > 1) Positive(line, "ping_pong_ns");
        else Assert.Null(line["ping_pong_ns"]);
        Assert.Equal(MatrixProduct.Path, line["registers"]!.GetValue<string>());
    }

    private static void Train(JsonObject[] lines, int[] allThreads)
    {
        Assert.Equal(
            from optimizer in (string[])["sgd", "adam"] from batch in (int[])[32, 128, 512] from threads in allThreads select (optimizer, batch, threads),
            lines.Select(line => (line["optimizer"]!.GetValue<string>(), line["batch"]!.GetValue<int>(), line["threads"]!.GetValue<int>())));
        Assert.All(lines, line =>
        {
            Keys(line, "optimizer", "batch", "threads", "samples_per_second");
            Positive(line, "samples_per_second");
        });
    }

    private static void Infer(JsonObject[] lines, int[] allThreads)
    {
        Assert.Equal(
            from batch in (int[])[1, 32, 512] from threads in allThreads select (batch, threads),
            lines.Select(line => (line["batch"]!.GetValue<int>(), line["threads"]!.GetValue<int>())));
        Assert.All(lines, line =>
        {
            Keys(line, "batch", "threads", "samples_per_second");
            Positive(line, "samples_per_second");
        });
    }

    /// <summary>The model's largest layer, 784 to 300: forward, for its kernel, for its input; and squares.</summary>
    private static void Products(JsonObject[] lines, int[] allThreads)
    {
        (int M, int N, int K, string Transpose, string DType)[] shapes =
        [
            .. ((int[])[32, 128, 512]).SelectMany(batch => ((int, int, int, string, string)[])[(batch, 300, 784, "none", "F32"), (784, 300, batch, "a", "F32"), (batch, 784, 300, "b", "F32")]),
            (512, 512, 512, "none", "F32"), (1024, 1024, 1024, "none", "F32"), (512, 512, 512, "none", "F64"),
        ];
        Assert.Equal(
            from shape in shapes from threads in allThreads select (shape, threads),
            lines.Select(line => ((line["m"]!.GetValue<int>(), line["n"]!.GetValue<int>(), line["k"]!.GetValue<int>(), line["transpose"]!.GetValue<string>(), line["dtype"]!.GetValue<string>()), line["threads"]!.GetValue<int>())));
        Assert.All(lines, line =>
        {
            Keys(line, "m", "n", "k", "transpose", "dtype", "threads", "gflops", "share_of_limit");
            Positive(line, "gflops");
            Positive(line, "share_of_limit");
        });
    }

    private static void Memory(JsonObject line)
    {
        Keys(line, "bytes_per_step", "gen2_per_epoch", "peak_mb");
        Positive(line, "bytes_per_step");
        Positive(line, "peak_mb");
        Assert.InRange(line["gen2_per_epoch"]!.GetValue<double>(), 0, 1000);
    }

    private static async Task<JsonObject[]> Measure(params string[] args)
    {
        StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        using Interruption interruption = Interruption.By(default);
        Assert.Equal(0, await BenchCommand.Create(new Terminal(output, error), interruption, TimeSpan.Zero).Parse(args).InvokeAsync());
        Assert.Equal("", error.ToString());
        return [.. new MlpRun(0, output.ToString(), "").Objects];
    }

    private static string Kind(JsonObject line) => line["bench"]!.GetValue<string>();

    private static JsonObject[] Of(JsonObject[] lines, string kind) => [.. lines.Where(line => Kind(line) == kind)];

    private static void Keys(JsonObject line, params string[] keys) => Assert.Equal(["bench", .. keys], line.Select(pair => pair.Key));

    private static void Positive(JsonObject line, string key)
    {
        double value = line[key]!.GetValue<double>();
        Assert.True(value > 0 && double.IsFinite(value), $"{key} of {line.ToJsonString()}");
    }
}
