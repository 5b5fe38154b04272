using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

public class FoldCommandTests
{
    // Layers 7 less 3; parameters 271,346 less 3,136 + 1,200 + 400.
    [Fact]
    public async Task Folding_saves_a_model_without_normalization_that_answers_as_the_run_does()
    {
        using TemporaryFolder folder = new();
        string run = await Trained(folder, "bn-after");

        MlpRun folded = await MlpRun.Of("fold", run, "--json");

        Assert.Equal(("", 0), (folded.Error, folded.Status));
        JsonObject result = Assert.Single(folded.Objects);
        Assert.Equal((7, 4), (result["layers_before"]!.GetValue<int>(), result["layers_after"]!.GetValue<int>()));
        Assert.Equal((271_346, 266_610), (result["parameters_before"]!.GetValue<int>(), result["parameters_after"]!.GetValue<int>()));
        Assert.True(result["operations_after"]!.GetValue<int>() < result["operations_before"]!.GetValue<int>());
        Assert.Equal(result["accuracy_before"]!.GetValue<double>(), result["accuracy_after"]!.GetValue<double>(), 1e-2);
        Assert.InRange(result["largest_difference"]!.GetValue<double>(), 0, 1e-4);
        Assert.Equal(60, result["examples"]!.GetValue<int>());
        Assert.Equal($"{run}-folded", result["output"]!.GetValue<string>());

        // The two files are a whole model: read back, it answers as the run's own does.
        Assert.Equal(["model.json", "weights.safetensors"], Directory.GetFiles($"{run}-folded").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Model read = LayerJson.FromJson(await File.ReadAllTextAsync(Path.Combine($"{run}-folded", "model.json")));
        Dictionary<string, Tensor> weights = new(SafeTensors.Read(Path.Combine($"{run}-folded", "weights.safetensors")).Tensors);
        foreach (Parameter parameter in read.Parameters) parameter.Value.CopyFrom(weights[parameter.Name]);
        Tensor image = Tensor.Full([1, 28, 28], 0.5);
        Expect.Close(new RunFolder(run).Load().Model.Forward(image, Mode.Inference).Value, read.Forward(image, Mode.Inference).Value, 1e-3, "answer");
        Assert.DoesNotContain(read.Layers, layer => layer is BatchNormalization);
        Assert.Equal(["run", "run-folded"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Population_statistics_are_taken_first_where_they_are_asked_for()
    {
        using TemporaryFolder folder = new();
        string run = await Trained(folder, "bn-before");

        MlpRun moving = await MlpRun.Of("fold", run, "--output", folder["moving"]);
        MlpRun population = await MlpRun.Of("fold", run, "--population", "--output", folder["population"]);

        Assert.Equal((0, 0), (moving.Status, population.Status));
        Assert.Contains("statistics     moving averages\n", moving.Output, StringComparison.Ordinal);
        Assert.Contains("statistics     statistics of all training examples\n", population.Output, StringComparison.Ordinal);
        Assert.Contains("layers         9 -> 6, 3 fewer\nparameters     270,946 -> 266,610, 4,336 fewer\n", population.Output, StringComparison.Ordinal);
        Assert.NotEqual(await File.ReadAllBytesAsync(Path.Combine(folder["moving"], "weights.safetensors")), await File.ReadAllBytesAsync(Path.Combine(folder["population"], "weights.safetensors")));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder["moving"], "model.json")), await File.ReadAllTextAsync(Path.Combine(folder["population"], "model.json")));
    }

    [Fact]
    public async Task What_exists_is_not_overwritten()
    {
        using TemporaryFolder folder = new();
        string run = await Trained(folder, "plain");
        Directory.CreateDirectory(folder["there"]);
        await File.WriteAllTextAsync(folder["file"], "a file");

        foreach (string taken in (string[])["there", "file", ""])
        {
            MlpRun refused = await MlpRun.Of("fold", run, "--output", taken.Length == 0 ? "" : folder[taken]);

            Assert.Equal(2, refused.Status);
            Assert.StartsWith("mlp: --output: expected ", refused.Error, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder["there"]));
    }

    [Fact]
    public async Task A_model_that_has_no_statistics_to_take_is_refused_for_population_and_folds_to_itself_without()
    {
        using TemporaryFolder folder = new();
        string run = await Trained(folder, "plain");

        MlpRun refused = await MlpRun.Of("fold", run, "--population");
        MlpRun folded = await MlpRun.Of("fold", run + "/");

        Assert.Equal(2, refused.Status);
        Assert.Contains("expected a model with batch normalization", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, folded.Status);
        Assert.Contains("layers         4 -> 4, 0 fewer\n", folded.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine($"{run}-folded", "model.json")));
    }

    private static async Task<string> Trained(TemporaryFolder folder, string model)
    {
        MlpRun run = await MlpRun.Of("train", "--data", "synthetic:300", "--epochs", "1", "--model", model, "--output", folder["run"]);
        Assert.Equal(0, run.Status);
        return folder["run"];
    }
}
