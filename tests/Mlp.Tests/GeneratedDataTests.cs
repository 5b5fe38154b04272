using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

/// <summary>Points and numbers instead of images and classes, through the commands that were made for those.</summary>
public class GeneratedDataTests
{
    private static readonly string[] Numbers = ["--data", "regression:200", "--model", Sample("regression"), "--learning-rate", "0.05"];
    private static readonly string[] Points = ["--data", "spirals:200", "--model", Sample("spirals")];
    private static readonly string[] Measured = ["loss", "root_mean_squared_error", "r2_score"];

    [Fact]
    public async Task Numbers_have_a_loss_and_metrics_of_their_own_wherever_a_run_is_told_of()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of(["train", .. Numbers, "--epochs", "2", "--json", "--output", folder["run"]]);
        MlpRun text = await MlpRun.Of(["train", .. Numbers, "--epochs", "1", "--output", folder["text"]]);

        Assert.True(run.Status == 0, run.Error);
        Assert.Equal(["event", "epoch", .. Measured, .. Measured.Select(name => $"val_{name}"), "seconds"], run.Objects[0].Select(pair => pair.Key));
        JsonObject result = run.Objects[^1];
        Assert.Equal(
            ["event", "test_root_mean_squared_error", "test_loss", "test_r2_score", "train_seconds", "samples_per_second", "parameters", "seed", "run"], result.Select(pair => pair.Key));

        // The loss is the mean squared error, and so the other's square.
        Assert.Equal(result["test_loss"]!.GetValue<double>(), Math.Pow(result["test_root_mean_squared_error"]!.GetValue<double>(), 2), 1e-5 * result["test_loss"]!.GetValue<double>());
        Assert.StartsWith($"epoch,{string.Join(',', Measured)},{string.Join(',', Measured.Select(name => $"val_{name}"))}\n", await File.ReadAllTextAsync(Path.Combine(folder["run"], "history.csv")), StringComparison.Ordinal);
        Assert.Equal("mean_squared_error", new RunFolder(folder["run"]).Load().Options["loss"]);
        Assert.Matches(@"\nepoch 1/1  loss \d+\.\d{4}  root_mean_squared_error \d\.\d{4}  r2_score -?\d\.\d{4}  val_loss ", text.Error);
        Assert.Matches(@"^test root_mean_squared_error  \d\.\d{4}\ntest loss +\d+\.\d{4}\ntest r2_score +-?\d\.\d{4}\ntrained in +\d.*\nrun  ", text.Output);
        Assert.DoesNotContain("accuracy", run.Output + run.Error + text.Output + text.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluation_finds_what_training_told_and_measures_what_else_there_is_of_numbers()
    {
        using TemporaryFolder folder = new();
        MlpRun run = await MlpRun.Of(["train", .. Numbers, "--epochs", "2", "--loss", "huber", "--metrics", "mean_absolute_error,r2_score", "--json", "--output", folder["run"]]);

        MlpRun evaluated = await MlpRun.Of("evaluate", folder["run"], "--json"), others = await MlpRun.Of("evaluate", folder["run"], "--metrics", "huber,log_cosh", "--data", "regression:50:9");

        foreach (string name in (string[])["loss", "root_mean_squared_error", "r2_score", "mean_absolute_error"])
        {
            Assert.Equal(run.Objects[^1][$"test_{name}"]!.GetValue<double>(), evaluated.Objects[0][$"test_{name}"]!.GetValue<double>());
        }

        Assert.Matches(@"^test root_mean_squared_error  .*\ntest loss +(.*)\ntest r2_score .*\ntest huber +\1\ntest log_cosh .*\nexamples +10 of regression:50:9\n$", others.Output);
    }

    [Fact]
    public async Task A_run_of_numbers_is_resumed_to_the_same_bytes_with_its_logs_and_its_early_stopping()
    {
        using TemporaryFolder folder = new();
        string[] told = ["train", .. Numbers, "--loss", "log_cosh", "--metrics", "mean_absolute_error", "--early-stopping", "val_r2_score:patience=50,restore_best=true", "--log", "csv"];
        MlpRun whole = await MlpRun.Of([.. told, "--epochs", "4", "--output", folder["whole"]]);
        await MlpRun.Of([.. told, "--epochs", "2", "--output", folder["begun"]]);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["begun"], "--epochs", "4");

        Assert.True(whole.Status == 0, whole.Error);
        Assert.True(resumed.Status == 0, resumed.Error);
        Remains.Same(folder["whole"], folder["begun"], "checkpoint.previous.safetensors");
        Assert.StartsWith("epoch,loss,root_mean_squared_error,r2_score,mean_absolute_error,", await File.ReadAllTextAsync(Path.Combine(folder["begun"], "log.csv")), StringComparison.Ordinal);
    }

    // R² rises while the model learns: were less taken for better, the first epoch would be the best.
    [Fact]
    public async Task Early_stopping_knows_that_more_of_R2_is_better()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of(["train", .. Numbers, "--epochs", "4", "--early-stopping", "r2_score:patience=1", "--json", "--output", folder["run"]]);

        Assert.Equal((4, 0), (run.Objects[^1]["best_epoch"]!.GetValue<int>(), run.Objects[^1]["stopped_epoch"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_prediction_of_a_number_stands_beside_its_target()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of(["train", .. Numbers, "--epochs", "20", "--output", folder["run"]]);

        MlpRun json = await MlpRun.Of("predict", folder["run"], "--index", "7", "--json"), text = await MlpRun.Of("predict", folder["run"], "--index", "7"), image = await MlpRun.Of("predict", folder["run"], "--image", "seven.pgm");

        DataSet test = Regression.Generate(40, first: 200);
        JsonObject prediction = Assert.Single(json.Objects);
        Assert.Equal(["event", "index", "features", "target", "answer"], prediction.Select(pair => pair.Key));
        Assert.Equal(test.Features.Rows(7, 1).ToDoubles(), prediction["features"]!.AsArray().Select(value => value!.GetValue<double>()));
        Assert.Equal(test.Targets[7, 0], prediction["target"]!.GetValue<double>());
        Assert.Equal(test.Targets[7, 0], prediction["answer"]!.GetValue<double>(), 0.5);
        Assert.Matches($@"^test 7 .*\nanswer +-?\d\.\d{{4}}\ntarget +{test.Targets[7, 0].ToString("0.0000", CultureInfo.InvariantCulture)}\noff by ", text.Output);
        Assert.Equal((2, "mlp: --image: expected none, as the run was trained on examples of shape [3], which are no images, got seven.pgm. Pass --index to choose a test example.\n"), (image.Status, image.Error));
    }

    [Fact]
    public async Task A_point_is_predicted_with_the_probability_of_each_class()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of(["train", .. Points, "--epochs", "1", "--output", folder["run"]]);

        MlpRun text = await MlpRun.Of("predict", folder["run"], "--index", "4");

        Assert.Equal("sparse_categorical_crossentropy", new RunFolder(folder["run"]).Load().Options["loss"]);
        Assert.Matches(@"^test 4  -?\d\.\d{4}  -?\d\.\d{4}\n0  0\.\d{4}.*\n1  0\.\d{4}.*\n2  0\.\d{4}.*\n\d taken for \d\n$", text.Output);
    }

    [Fact]
    public async Task Points_are_shown_on_a_map_and_numbers_in_a_table()
    {
        MlpRun points = await MlpRun.Of("data", "show", "--data", "spirals"), xor = await MlpRun.Of("data", "show", "--data", "xor"), numbers = await MlpRun.Of("data", "show", "--data", "regression:20:3"), json = await MlpRun.Of("data", "show", "--data", "regression:20:3", "--json");

        await Verifier.Verify(points.Output + xor.Output + numbers.Output + json.Output);
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("spirals")]
    [InlineData("xor")]
    public async Task A_rate_is_found_for_it(string data)
    {
        MlpRun run = await MlpRun.Of("find-rate", "--data", data, "--model", Sample(data), "--json");

        Assert.True(run.Status == 0, run.Error);
        Assert.InRange(run.Objects[^1]["suggestion"]!.GetValue<double>(), 1e-4, 1);
    }

    [Fact]
    public async Task A_normalization_is_folded_in_a_regression_too()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["own.json"], """{"class_name": "Sequential", "config": {"layers": [{"class_name": "BatchNormalization", "config": {"batch_input_shape": [null, 3]}}, {"class_name": "Dense", "config": {"units": 1}}]}}""");
        await MlpRun.Of("train", "--data", "regression:200", "--model", folder["own.json"], "--epochs", "2", "--output", folder["run"]);

        MlpRun folded = await MlpRun.Of("fold", folder["run"], "--json");

        Assert.True(folded.Status == 0, folded.Error);
        JsonObject result = Assert.Single(folded.Objects);
        Assert.Equal(result["root_mean_squared_error_before"]!.GetValue<double>(), result["root_mean_squared_error_after"]!.GetValue<double>(), 1e-5);
    }

    [Fact]
    public async Task Runs_of_numbers_are_compared_by_their_loss_and_drawn_into_the_report()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of(["train", .. Numbers, "--epochs", "1", "--output", folder["short"]]);
        await MlpRun.Of(["train", .. Numbers, "--epochs", "5", "--output", folder["long"]]);

        MlpRun text = await MlpRun.Of("compare", folder["short"], folder["long"], "--html", folder["page.html"]), json = await MlpRun.Of("compare", folder["short"], folder["long"], "--json");

        Assert.True(text.Status == 0, text.Error);
        Assert.Matches(@"\n  test_r2_score +-?\d\.\d{4} +-?\d\.\d{4}\n", text.Output);
        Assert.DoesNotContain("McNemar", text.Output, StringComparison.Ordinal);
        Assert.Contains("val_root_mean_squared_error", await File.ReadAllTextAsync(folder["page.html"]), StringComparison.Ordinal);
        Assert.Equal([false, true], json.Objects.Select(run => run["best"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task A_run_is_not_evaluated_on_what_it_has_no_answers_for()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of("train", "--data", "xor", "--model", Sample("xor"), "--epochs", "1", "--output", folder["xor"]);
        await MlpRun.Of(["train", .. Numbers, "--epochs", "1", "--output", folder["numbers"]]);

        async Task Refused(string expected, params string[] args)
        {
            MlpRun run = await MlpRun.Of(["evaluate", .. args]);
            Assert.Equal((2, $"mlp: {expected}\n"), (run.Status, run.Error));
        }

        await Refused("--data spirals: expected targets for answers of shape [2], which the run gives, got 3 classes.", folder["xor"], "--data", "spirals");
        await Refused("--data regression: expected examples of shape [2], which the run was trained on, got [3].", folder["xor"], "--data", "regression");
        await Refused(
            "--metrics: expected metrics of numbers, which the targets of --data regression:200 are, got f1_score, which is one of classes. There are root_mean_squared_error, r2_score, and the losses of numbers.",
            folder["numbers"], "--metrics", "f1_score");
    }

    private static string Sample(string name) => Path.Combine(Repository.Root, "samples", "models", $"{name}.json");
}
