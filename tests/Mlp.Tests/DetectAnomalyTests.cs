using System.Text.Json.Nodes;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

public class DetectAnomalyTests
{
    private static readonly string[] Diverging = ["--model", "plain", "--data", "synthetic:300", "--epochs", "3", "--optimizer", "sgd", "--learning-rate", "1e30"];

    [Theory]
    [InlineData("bn-after")]
    [InlineData("plain")]
    public async Task A_healthy_training_writes_the_same_bytes_with_and_without_it(string model)
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", "--model", model, "--data", "synthetic:300", "--epochs", "2"];

        MlpRun blind = await MlpRun.Of([.. train, "--output", folder["blind"]]), looking = await MlpRun.Of([.. train, "--detect-anomaly", "--output", folder["looking"]]);

        Assert.Equal((0, 0), (blind.Status, looking.Status));
        Remains.Same(folder["blind"], folder["looking"]);
    }

    [Fact]
    public async Task A_training_that_diverges_stops_with_status_3_and_a_line_that_names_the_operation_and_the_layer()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of(["train", .. Diverging, "--detect-anomaly", "--output", folder["run"]]);

        Assert.Equal(3, run.Status);
        Assert.Equal("", run.Output);
        string line = Assert.Single(run.Error.Split('\n'), line => line.StartsWith("mlp: ", StringComparison.Ordinal));
        Assert.StartsWith("mlp: epoch 1, after 1 of 9 batches: Dense in sequential/dense_1, in its MatMul: expected finite numbers, got ", line, StringComparison.Ordinal);
        Assert.Contains(" 300 elements of b (dense_1/kernel), the largest ", line, StringComparison.Ordinal);
        Assert.EndsWith($" {folder["run"]} holds the state before epoch 1.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_run_on_disk_stays_as_it_was_and_can_be_gone_on_with()
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", "--model", "plain", "--data", "synthetic:300", "--epochs", "1", "--output", folder["run"]];
        Assert.Equal(0, (await MlpRun.Of(train)).Status);
        Dictionary<string, byte[]> before = Files(folder["run"]);

        MlpRun diverged = await MlpRun.Of(["train", .. Diverging, "--detect-anomaly", "--force", "--output", folder["other"]]);
        Checkpoint first = new RunFolder(folder["other"]).Load();
        MlpRun again = await MlpRun.Of("train", "--resume", folder["other"], "--detect-anomaly");
        MlpRun healthy = await MlpRun.Of("train", "--resume", folder["run"], "--epochs", "2", "--detect-anomaly");

        Assert.Equal(3, diverged.Status);
        Assert.Empty(first.History.Epochs);
        Assert.All(first.Model.Parameters, parameter => Assert.All(parameter.Value.ToDoubles(), value => Assert.True(double.IsFinite(value))));
        Assert.Equal(diverged.Error, again.Error);
        Assert.Equal(3, again.Status);
        Assert.Equal(0, healthy.Status);
        Assert.Equal(before["checkpoint.safetensors"], Files(folder["run"])["checkpoint.previous.safetensors"]);
    }

    [Fact]
    public async Task With_json_there_is_an_object_with_what_the_line_tells()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of(["train", .. Diverging, "--detect-anomaly", "--json", "--output", folder["run"]]);

        JsonObject anomaly = Assert.Single(run.Objects);
        Assert.Equal(["event", "operation", "step", "phase", "layer", "parameter", "index", "value", "message"], anomaly.Select(pair => pair.Key));
        Assert.Equal(("anomaly", "Dense", "forward", "sequential/dense_1"), (Text("event"), Text("operation"), Text("phase"), Text("layer")));
        Assert.Equal(2, anomaly["index"]!.AsArray().Count);
        Assert.Contains(Text("message"), run.Error, StringComparison.Ordinal);

        string Text(string key) => anomaly[key]!.GetValue<string>();
    }

    [Fact]
    public async Task Without_it_the_batch_that_diverged_is_computed_again_to_name_the_operation()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of(["train", .. Diverging, "--output", folder["run"]]);

        Assert.Equal(3, run.Status);
        string line = Assert.Single(run.Error.Split('\n'), line => line.StartsWith("mlp: ", StringComparison.Ordinal));
        Assert.Contains($"the loss is not a number any more; {folder["run"]} holds the state before epoch 1. Try a smaller --learning-rate; it came up here: ", line, StringComparison.Ordinal);
        Assert.Contains("Dense in sequential/dense_1, in its MatMul: ", line, StringComparison.Ordinal);
        MlpRun found = await MlpRun.Of("train", "--resume", folder["run"], "--detect-anomaly");
        Assert.Equal(3, found.Status);
        Assert.Contains("Dense in sequential/dense_1, in its MatMul: ", found.Error, StringComparison.Ordinal);
    }

    private static Dictionary<string, byte[]> Files(string path) => Directory.GetFiles(path).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
}
