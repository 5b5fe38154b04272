using System.Text.Json.Nodes;
using Tapestry.Layers;

namespace Tapestry.Mlp.Tests;

/// <summary>The sample of a residual network, <c>samples/models/residual.json</c>, through the commands that take a model or a run.</summary>
public class FunctionalModelTests
{
    private static string Sample => Path.Combine(Repository.Root, "samples", "models", "residual.json");

    [Fact]
    public async Task It_trains_is_evaluated_and_goes_on_and_folding_is_refused()
    {
        using TemporaryFolder folder = new();
        string[] quick = ["--model", Sample, "--data", "synthetic:300", "--optimizer", "adam", "--json"];

        MlpRun whole = await MlpRun.Of(["train", .. quick, "--epochs", "2", "--output", folder["whole"]]);
        MlpRun begun = await MlpRun.Of(["train", .. quick, "--epochs", "1", "--output", folder["begun"]]);
        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["begun"], "--epochs", "2", "--json");
        MlpRun evaluated = await MlpRun.Of("evaluate", folder["whole"], "--json");
        MlpRun folded = await MlpRun.Of("fold", folder["whole"]);

        Assert.True(whole.Status == 0, whole.Error);
        Assert.True(resumed.Status == 0, resumed.Error);
        Assert.True(whole.Objects[1]["loss"]!.GetValue<double>() < whole.Objects[0]["loss"]!.GetValue<double>() / 2, whole.Output);
        foreach (string file in (string[])["weights.safetensors", "model.json", "history.csv"])
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder["whole"], file)), await File.ReadAllBytesAsync(Path.Combine(folder["begun"], file)));
        }

        Assert.Equal("Functional", JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder["whole"], "model.json")))!["class_name"]!.GetValue<string>());
        Assert.Equal(whole.Objects[^1]["test_accuracy"]!.GetValue<double>(), evaluated.Objects[0]["test_accuracy"]!.GetValue<double>());
        Assert.Equal(2, folded.Status);
        Assert.Contains("expected a run of a Sequential, whose layers are a stack, got one of Functional 'model'. A graph cannot be folded.", folded.Error, StringComparison.Ordinal);
    }

    // 784·100 + 100, twice 100·100 + 100, twice 4·100, 100·10 + 10.
    [Fact]
    public async Task Its_summary_says_what_is_connected_to_what()
    {
        MlpRun text = await MlpRun.Of("summary", "--model", Sample), json = await MlpRun.Of("summary", "--model", Sample, "--json");

        Assert.Contains("add_2 (Add)                     (None, 100)          0           add_1[0][0]                      \n", text.Output, StringComparison.Ordinal);
        Assert.Contains("Total params: 100,510\n", text.Output, StringComparison.Ordinal);
        Assert.Equal(100_510, json.Objects[0]["total"]!.GetValue<long>());
        Assert.Equal(10, json.Objects[0]["layers"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("[[\"digits\", 0, 0]]", "[[\"digits\", 0, 0], [\"digits\", 0, 0]]", "expected a model of one input and one output, got one of 1 and 2")]
    [InlineData("[[\"digits\", 0, 0]]", "[[\"add_2\", 0, 0]]", "expected layers that lead to an output, got 'digits'")]
    [InlineData("\"softmax\"", "\"sigmoid\"", "expected a model that ends with a softmax")]
    public async Task One_that_does_not_answer_in_probabilities_is_refused(string written, string instead, string expected)
    {
        using TemporaryFolder folder = new();
        string text = await File.ReadAllTextAsync(Sample);
        Assert.Contains(written, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["mine.json"], text.Replace(written, instead, StringComparison.Ordinal));

        MlpRun run = await MlpRun.Of("train", "--model", folder["mine.json"], "--data", "synthetic:20", "--output", folder["run"]);

        Assert.Equal(2, run.Status);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    // A model such as a trainer in a program of one's own takes; the sets of the command line have one tensor of either kind.
    [Theory]
    [InlineData("train")]
    [InlineData("find-rate")]
    public async Task One_of_several_inputs_and_outputs_is_refused_in_one_line(string command)
    {
        using TemporaryFolder folder = new();
        Node left = Node.Input([28, 28]), right = Node.Input([28, 28]);
        Functional model = new([left, right], [(left + right).Then(new Flatten(), new Dense(10) { Activation = Activations.Softmax }), left.Then(new Flatten(), new Dense(1))]);
        await File.WriteAllTextAsync(folder["two.json"], LayerJson.ToJson(model));

        MlpRun run = await MlpRun.Of(command, "--model", folder["two.json"], "--data", "synthetic:20");

        Assert.Equal(2, run.Status);
        Assert.Equal($"mlp: --model {folder["two.json"]}: expected a model of one input and one output, got one of 2 and 2. The data has one of each.\n", run.Error);
    }
}
