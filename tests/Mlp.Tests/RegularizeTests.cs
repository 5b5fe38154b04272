using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

/// <summary><c>mlp train --regularize</c>: a penalty on kernels, in the loss, in the model, and in a run that goes on.</summary>
public class RegularizeTests
{
    private static readonly string[] Quick = ["train", "--data", "synthetic:200", "--json"];

    // At this rate no weight of 32 bits changes: the losses differ by the penalty on the initial kernels, and by what 32 bits leave of it.
    [Theory]
    [InlineData("l1", 0.01, 0)]
    [InlineData("l2", 0, 0.01)]
    [InlineData("l2:l2=0.001", 0, 0.001)]
    [InlineData("l1_l2", 0.01, 0.01)]
    [InlineData("L1L2:l1=0.001,l2=0.02", 0.001, 0.02)]
    public async Task The_loss_has_the_penalty_of_every_kernel_in_training_and_in_evaluation(string regularizer, double absolute, double squared)
    {
        using TemporaryFolder folder = new();
        string[] train = [.. Quick, "--epochs", "1", "--optimizer", "sgd", "--learning-rate", "1e-30"];

        MlpRun plain = await MlpRun.Of([.. train, "--output", folder["plain"]]), run = await MlpRun.Of([.. train, "--regularize", regularizer, "--output", folder["run"]]);
        MlpRun evaluated = await MlpRun.Of("evaluate", folder["run"], "--json");

        Assert.True(run.Status == 0, run.Error);
        double[] kernels = [.. new RunFolder(folder["run"]).Load().Model.Parameters.Where(parameter => parameter.Name.EndsWith("/kernel", StringComparison.Ordinal)).SelectMany(kernel => kernel.Value.ToDoubles())];
        Assert.Equal((784 * 300) + (300 * 100) + (100 * 10), kernels.Length);
        double penalty = (absolute * kernels.Sum(Math.Abs)) + (squared * kernels.Sum(weight => weight * weight));
        foreach (string loss in (string[])["loss", "val_loss"]) Assert.Equal(penalty, Of(run, loss) - Of(plain, loss), 1e-5 * (1 + penalty));
        Assert.Equal(penalty, run.Objects[^1]["test_loss"]!.GetValue<double>() - plain.Objects[^1]["test_loss"]!.GetValue<double>(), 1e-5 * (1 + penalty));
        Assert.Equal(run.Objects[^1]["test_loss"]!.GetValue<double>(), evaluated.Objects[0]["test_loss"]!.GetValue<double>());

        static double Of(MlpRun of, string name) => of.Objects[0][name]!.GetValue<double>();
    }

    [Fact]
    public async Task Kernels_become_smaller_and_nothing_else_is_penalized()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of([.. Quick, "--epochs", "3", "--output", folder["plain"]]);
        await MlpRun.Of([.. Quick, "--epochs", "3", "--regularize", "l2:l2=0.1", "--output", folder["run"]]);

        Model plain = new RunFolder(folder["plain"]).Load().Model, regularized = new RunFolder(folder["run"]).Load().Model;

        foreach ((Parameter a, Parameter b) in plain.Parameters.Zip(regularized.Parameters))
        {
            Assert.Null(a.Regularizer);
            if (!a.Name.EndsWith("/kernel", StringComparison.Ordinal))
            {
                Assert.Null(b.Regularizer);
                continue;
            }

            Assert.Equal(0.1, Assert.IsType<L2>(b.Regularizer).Factor);
            double before = a.Value.ToDoubles().Sum(weight => weight * weight), after = b.Value.ToDoubles().Sum(weight => weight * weight);
            Assert.True(after < 0.9 * before, $"{a.Name}: {before} became {after}");
        }
    }

    [Fact]
    public async Task Initial_weights_are_those_of_the_same_seed_without_it()
    {
        using TemporaryFolder folder = new();
        string[] train = [.. Quick, "--epochs", "1", "--optimizer", "sgd", "--learning-rate", "1e-30", "--seed", "7"];
        await MlpRun.Of([.. train, "--output", folder["plain"]]);
        await MlpRun.Of([.. train, "--regularize", "orthogonal:mode=columns", "--output", folder["run"]]);

        Model plain = new RunFolder(folder["plain"]).Load().Model, regularized = new RunFolder(folder["run"]).Load().Model;

        foreach ((Parameter a, Parameter b) in plain.Parameters.Zip(regularized.Parameters)) Assert.Equal(a.Value.ToDoubles(), b.Value.ToDoubles());
        Assert.Equal(OrthogonalMode.Columns, Assert.IsType<OrthogonalRegularizer>(regularized.Parameters.First(parameter => parameter.Name.EndsWith("/kernel", StringComparison.Ordinal)).Regularizer).Mode);
    }

    // Within a nested model too; the layer that has one of its own keeps it.
    [Fact]
    public async Task A_kernels_own_regularizer_stays()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["own.json"], """
            {"class_name": "Sequential", "config": {"layers": [
              {"class_name": "Flatten", "config": {"batch_input_shape": [null, 28, 28]}},
              {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 4}}, {"class_name": "Dense", "config": {"units": 4, "kernel_regularizer": "l1"}}]}},
              {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]}}
            """);

        await MlpRun.Of([.. Quick, "--epochs", "1", "--model", folder["own.json"], "--regularize", "l2", "--output", folder["run"]]);

        Assert.Equal(["L2", "L1", "L2"], new RunFolder(folder["run"]).Load().Model.Parameters.Where(parameter => parameter.Name.EndsWith("/kernel", StringComparison.Ordinal)).Select(kernel => kernel.Regularizer!.ClassName));
    }

    [Fact]
    public async Task A_run_remembers_it_and_goes_on_to_the_same_bytes_and_programs_find_it_in_the_model()
    {
        using TemporaryFolder folder = new();
        string[] told = [.. Quick, "--regularize", "l1_l2:l1=1e-4,l2=1e-3"];
        await MlpRun.Of([.. told, "--epochs", "3", "--output", folder["long"]]);
        await MlpRun.Of([.. told, "--epochs", "1", "--output", folder["short"]]);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["short"], "--epochs", "3", "--json");

        Assert.True(resumed.Status == 0, resumed.Error);
        Remains.Same(folder["long"], folder["short"], "checkpoint.previous.safetensors");
        Assert.Equal("l1_l2:l1=1e-4,l2=1e-3", new RunFolder(folder["short"]).Load().Options["regularize"]);
        JsonNode model = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder["short"], "model.json")))!;
        Assert.Equal(3, model["config"]!["layers"]!.AsArray().Count(layer => layer!["config"]!["kernel_regularizer"]?.ToJsonString() == """{"class_name":"L1L2","config":{"l1":0.0001,"l2":0.001}}"""));
    }

    // Its options lie in the folder before there is a checkpoint.
    [Fact]
    public async Task A_run_that_ended_before_its_first_checkpoint_starts_over_with_it()
    {
        using TemporaryFolder folder = new();
        string[] told = [.. Quick, "--epochs", "1", "--regularize", "l2"];
        await MlpRun.Of([.. told, "--output", folder["whole"]]);
        new RunFolder(folder["run"]).Begin(new RunFolder(folder["whole"]).Load().Options.ToDictionary());

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["run"]);

        Assert.Contains("ended before its first checkpoint", resumed.Error, StringComparison.Ordinal);
        Remains.Same(folder["whole"], folder["run"]);
    }

    [Theory]
    [InlineData("l3", "mlp: --regularize: expected one of l1, l2, l1_l2, orthogonal, got 'l3'. Did you mean l1?")]
    [InlineData("l2=0.001", "mlp: --regularize: expected one of l1, l2, l1_l2, orthogonal, got 'l2=0.001'.")]
    [InlineData("l2:0.001", "mlp: --regularize: expected l2:key=value, got '0.001' without a value.")]
    [InlineData("l2:l2=-1", "mlp: --regularize: L2: expected a factor of 0 or more, got -1.")]
    [InlineData("l2:l2=much", "mlp: --regularize l2:l2: expected a number, got 'much'.")]
    [InlineData("l2:l1=1", "mlp: --regularize: expected l2:key=value with keys l2, got 'l1'.")]
    [InlineData("l1_l2:l1=1,l1=2", "mlp: --regularize: expected each key once, got 'l1' twice.")]
    [InlineData("orthogonal:mode=both", "mlp: --regularize orthogonal:mode: expected rows or columns, got 'both'.")]
    public async Task What_is_none_is_refused_and_leaves_no_folder(string regularizer, string message)
    {
        using TemporaryFolder folder = new();

        string refused = await HostileRefusal.Expect(regularizer, folder, [.. Quick, "--regularize", regularizer, "--output", folder["deep/run"]]);

        Assert.StartsWith(message, refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_kernels_is_refused()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["none.json"], """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Activation", "config": {"activation": "softmax"}}]}}""");

        string refused = await HostileRefusal.Expect("no kernel", folder, [.. Quick, "--model", folder["none.json"], "--regularize", "l2", "--output", folder["run"]]);

        Assert.Equal("mlp: --regularize: expected a model with a kernel that has no regularizer yet, got DIR/none.json, which has none.", refused);
    }

    // The second model's kernel has one of its own; the first is not trained before that is known.
    [Fact]
    public async Task Comparing_refuses_before_the_first_model_is_trained()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["own.json"], """
            {"class_name": "Sequential", "config": {"layers": [
              {"class_name": "Flatten", "config": {"batch_input_shape": [null, 28, 28]}}, {"class_name": "Dense", "config": {"units": 10, "activation": "softmax", "kernel_regularizer": "l1"}}]}}
            """);

        string refused = await HostileRefusal.Expect("its own", folder, "compare", "--models", $"plain,{folder["own.json"]}", "--data", "synthetic:50", "--regularize", "l2", "--output", folder["runs"]);

        Assert.Equal("mlp: --regularize: expected a model with a kernel that has no regularizer yet, got DIR/own.json, which has none.", refused);
    }
}
