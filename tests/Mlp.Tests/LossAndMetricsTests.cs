using System.Text.Json.Nodes;

namespace Tapestry.Mlp.Tests;

public class LossAndMetricsTests
{
    private static readonly string[] Quick = ["train", "--data", "synthetic:100", "--model", "plain", "--json"];

    public static TheoryData<string> Losses() =>
    [
        "sparse_categorical_crossentropy:label_smoothing=0.1", "categorical_crossentropy", "categorical_focal_crossentropy:gamma=1,alpha=0.5", "binary_crossentropy",
        "binary_focal_crossentropy:apply_class_balancing=true", "categorical_hinge", "cosine_similarity", "hinge", "huber:delta=0.5", "kl_divergence", "log_cosh", "mean_absolute_error",
        "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error", "poisson", "squared_hinge",
    ];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Each_loss_trains_and_is_what_evaluation_reports(string loss)
    {
        using TemporaryFolder folder = new();
        string name = loss.Split(':')[0];

        MlpRun run = await MlpRun.Of([.. Quick, "--epochs", "4", "--loss", loss, "--metrics", loss.Replace(',', ':'), "--output", folder["run"]]);
        MlpRun evaluated = await MlpRun.Of("evaluate", folder["run"], "--json");

        Assert.Equal(0, run.Status);
        Assert.True(run.Objects[3]["loss"]!.GetValue<double>() < run.Objects[0]["loss"]!.GetValue<double>());
        JsonObject result = evaluated.Objects[0];
        Assert.Equal(run.Objects[^1]["test_loss"]!.GetValue<double>(), result["test_loss"]!.GetValue<double>());
        Assert.Equal(result["test_loss"]!.GetValue<double>(), result[$"test_{name}"]!.GetValue<double>(), 1e-5 * Math.Abs(result["test_loss"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Metrics_stand_in_every_line_and_evaluation_may_have_others()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of([.. Quick, "--epochs", "1", "--metrics", "f1_score:average=micro,accuracy,auc:curve=pr,sparse_top_k_categorical_accuracy:k=10", "--output", folder["run"]]);
        MlpRun evaluated = await MlpRun.Of("evaluate", folder["run"], "--metrics", "recall:average=weighted", "--json");
        MlpRun text = await MlpRun.Of("evaluate", folder["run"], "--metrics", "precision");

        string[] names = ["loss", "accuracy", "f1_score", "auc", "sparse_top_k_categorical_accuracy"];
        Assert.Equal(["event", "epoch", .. names, .. names.Select(name => $"val_{name}"), "seconds"], run.Objects[0].Select(pair => pair.Key));
        Assert.Equal(1, run.Objects[0]["sparse_top_k_categorical_accuracy"]!.GetValue<double>());

        // With one answer for each example what is wrong for one class is wrong for another: micro-averaged scores, and the weighted recall, are the accuracy.
        Assert.Equal(run.Objects[0]["accuracy"]!.GetValue<double>(), run.Objects[0]["f1_score"]!.GetValue<double>(), 1e-12);
        Assert.Equal(evaluated.Objects[0]["test_accuracy"]!.GetValue<double>(), evaluated.Objects[0]["test_recall"]!.GetValue<double>(), 1e-12);
        Assert.Equal(["event", "test_accuracy", "test_loss", "test_recall", "examples", "data", "run"], evaluated.Objects[0].Select(pair => pair.Key));
        Assert.Matches(@"test precision +0\.\d{4}", text.Output);
    }

    [Fact]
    public async Task A_run_remembers_its_loss_metrics_and_class_weights()
    {
        using TemporaryFolder folder = new();
        string[] told = [.. Quick, "--loss", "huber:delta=0.05", "--metrics", "auc,recall", "--class-weights", "0=3,7=0.5"];
        await MlpRun.Of([.. told, "--epochs", "3", "--output", folder["long"]]);
        await MlpRun.Of([.. told, "--epochs", "1", "--output", folder["short"]]);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["short"], "--epochs", "3", "--json");

        Assert.Equal(0, resumed.Status);
        Remains.Same(folder["long"], folder["short"], "checkpoint.previous.safetensors");
    }

    [Fact]
    public async Task Class_weights_change_what_is_learned()
    {
        using TemporaryFolder folder = new();

        MlpRun plain = await MlpRun.Of([.. Quick, "--epochs", "1", "--output", folder["plain"]]), balanced = await MlpRun.Of([.. Quick, "--epochs", "1", "--class-weights", "balanced", "--output", folder["balanced"]]);
        MlpRun doubled = await MlpRun.Of([.. Quick, "--epochs", "1", "--class-weights", string.Join(',', Enumerable.Range(0, 10).Select(i => $"{i}=2")), "--optimizer", "sgd:learning_rate=0.005", "--output", folder["doubled"]]);
        MlpRun once = await MlpRun.Of([.. Quick, "--epochs", "1", "--optimizer", "sgd:learning_rate=0.01", "--output", folder["once"]]);

        Assert.NotEqual(plain.Objects[0]["loss"]!.GetValue<double>(), balanced.Objects[0]["loss"]!.GetValue<double>());

        // Twice the loss at half the rate makes the same steps.
        Assert.Equal(2 * once.Objects[0]["loss"]!.GetValue<double>(), doubled.Objects[0]["loss"]!.GetValue<double>(), 1e-4);
        Assert.Equal(once.Objects[0]["val_loss"]!.GetValue<double>(), doubled.Objects[0]["val_loss"]!.GetValue<double>(), 1e-4);
    }
}
