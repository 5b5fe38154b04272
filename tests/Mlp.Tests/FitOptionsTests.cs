using System.Text.Json.Nodes;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

/// <summary>The options of <c>mlp train</c> that say how long it trains and what it tells: each is kept with the run and honoured where it goes on.</summary>
public class FitOptionsTests
{
    private static readonly string[] Quick = ["train", "--data", "synthetic:200", "--model", "plain", "--batch-size", "16"];

    // A least difference of 10 is never bettered: the first epoch is the best, and the third the second without progress.
    [Fact]
    public async Task Early_stopping_ends_a_run_says_so_and_keeps_the_best_weights()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of([.. Quick, "--epochs", "1", "--output", folder["one"]]);

        MlpRun run = await MlpRun.Of([.. Quick, "--epochs", "9", "--early-stopping", "val_loss:patience=2,min_delta=10,restore_best=true", "--json", "--output", folder["run"]]);

        Assert.Equal(0, run.Status);
        Assert.EndsWith("stopped early behind epoch 3: val_loss was best in epoch 1, whose weights are kept\n", run.Error, StringComparison.Ordinal);
        Assert.Equal((1, 3), (run.Objects[^1]["best_epoch"]!.GetValue<int>(), run.Objects[^1]["stopped_epoch"]!.GetValue<int>()));
        Assert.Equal(3, new RunFolder(folder["run"]).Load().History.Epochs.Count);
        Assert.Equal(await Bytes("one", "weights.safetensors"), await Bytes("run", "weights.safetensors"));

        MlpRun again = await MlpRun.Of("train", "--resume", folder["run"], "--epochs", "20", "--json");
        Assert.Equal(run.Objects[^1]["test_loss"]!.GetValue<double>(), Assert.Single(again.Objects)["test_loss"]!.GetValue<double>());

        Task<byte[]> Bytes(string name, string file) => File.ReadAllBytesAsync(Path.Combine(folder[name], file));
    }

    [Theory]
    [InlineData("0.1", "val_loss")]
    [InlineData("0", "loss")]
    public async Task Without_a_metric_the_loss_is_watched_of_validation_where_there_is_one(string split, string metric)
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of([.. Quick, "--epochs", "1", "--early-stopping", "--validation-split", split, "--output", folder["run"]]);

        Assert.True(run.Status == 0, run.Error);
        Assert.Equal(metric, new RunFolder(folder["run"]).Load().Options["early_stopping"]);
    }

    [Fact]
    public async Task Logs_are_written_into_the_run_and_go_on_with_it()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of([.. Quick, "--epochs", "2", "--log", "csv,jsonl", "--log", "tensorboard", "--output", folder["run"]]);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["run"], "--epochs", "3", "--json");

        Assert.Equal(0, resumed.Status);
        Assert.Equal(0.001, resumed.Objects[0]["learning_rate"]!.GetValue<double>());
        string csv = await File.ReadAllTextAsync(Path.Combine(folder["run"], "log.csv"));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder["run"], "history.csv")), csv);
        Assert.StartsWith("epoch,loss,accuracy,val_loss,val_accuracy,learning_rate\n", csv, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], (await File.ReadAllLinesAsync(Path.Combine(folder["run"], "log.jsonl"))).Select(line => JsonNode.Parse(line)!["epoch"]!.GetValue<int>()));
        foreach (string part in (string[])["train", "validation"]) Assert.Equal(2, Directory.GetFiles(Path.Combine(folder["run"], "tensorboard", part), "events.out.tfevents.*").Length);
    }

    // 200 less 20 are 180 examples, 12 batches of 16 with a short one, 11 without.
    [Theory]
    [InlineData(12)]
    [InlineData(11, "--drop-last")]
    [InlineData(5, "--steps-per-epoch", "5")]
    [InlineData(30, "--steps-per-epoch", "30")]
    public async Task An_epoch_has_as_many_steps_as_it_is_told_and_a_run_goes_on_so(int steps, params string[] options)
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of([.. Quick, .. options, "--epochs", "3", "--output", folder["whole"]]);
        await MlpRun.Of([.. Quick, .. options, "--epochs", "1", "--output", folder["parts"]]);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["parts"], "--epochs", "3");

        Assert.True(resumed.Status == 0, resumed.Error);
        Remains.Same(folder["whole"], folder["parts"]);
        Assert.Equal($"{3 * steps}", Tapestry.Training.SafeTensors.Read(Path.Combine(folder["whole"], "checkpoint.safetensors")).Metadata["iterations"]);
    }

    // The last save within the last epoch is behind its 12th batch, before the validation.
    [Fact]
    public async Task Saving_within_epochs_changes_no_weight()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of([.. Quick, "--epochs", "2", "--output", folder["seldom"]]);

        MlpRun often = await MlpRun.Of([.. Quick, "--epochs", "2", "--checkpoint-every", "4", "--output", folder["often"]]);

        Assert.Equal(0, often.Status);
        foreach (string file in (string[])["weights.safetensors", "history.csv"]) Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder["seldom"], file)), await File.ReadAllBytesAsync(Path.Combine(folder["often"], file)));
        Checkpoint before = Checkpoint.Load(Path.Combine(folder["often"], "checkpoint.previous.safetensors"));
        Assert.Equal((1, 12), (before.History.Epochs.Count, before.Batch));
    }

    // A loss that can become no better by so much ends it behind the first epoch that could have been worse than another.
    [Fact]
    public async Task No_patience_and_a_start_at_once_can_be_asked_for()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of([.. Quick, "--epochs", "9", "--early-stopping", "loss:patience=0,start_from_epoch=0,min_delta=1000", "--output", folder["run"]]);

        Assert.Equal((0, 2), (run.Status, Checkpoint.Load(Path.Combine(folder["run"], "checkpoint.safetensors")).History.Epochs.Count));
    }

    [Theory]
    [InlineData("--early-stopping val_los", "mlp: --early-stopping: expected one of val_loss, loss, val_accuracy, accuracy, ")]
    [InlineData("--early-stopping val_auc", "mlp: --early-stopping: expected what the run measures, loss, accuracy, val_loss, val_accuracy, got val_auc. See --metrics and --validation-split.")]
    [InlineData("--early-stopping val_loss --validation-split 0", "mlp: --early-stopping: expected what the run measures, loss, accuracy, got val_loss.")]
    [InlineData("--early-stopping val_loss:patience=-1", "mlp: --early-stopping val_loss:patience: expected a whole number of 0 or more, got '-1'.")]
    [InlineData("--early-stopping val_loss:min_delta=-1", "mlp: --early-stopping val_loss:min_delta: expected a number of 0 or more, got '-1'.")]
    [InlineData("--early-stopping val_loss:restore_best=maybe", "mlp: --early-stopping val_loss:restore_best: expected false or true, got 'maybe'.")]
    [InlineData("--early-stopping val_loss:patince=3", "mlp: --early-stopping: expected val_loss:key=value with keys patience, min_delta, restore_best, baseline, start_from_epoch, got 'patince'.")]
    [InlineData("--log xml", "mlp: --log: expected one of csv, jsonl, tensorboard, got 'xml'.")]
    [InlineData("--log csv,csv", "mlp: --log: expected each once, got csv twice.")]
    [InlineData("--log csv --log csv", "mlp: --log: expected each once, got csv twice.")]
    [InlineData("--checkpoint-every 0", "mlp: --checkpoint-every: expected a whole number of 1 or more, got '0'.")]
    [InlineData("--steps-per-epoch 0", "mlp: --steps-per-epoch: expected a whole number of 1 or more, got '0'.")]
    [InlineData("--drop-last --batch-size 1000", "mlp: --drop-last: expected at least one whole batch of 1000, got 180 training examples.")]
    public async Task What_cannot_be_is_refused_and_leaves_no_folder(string options, string message)
    {
        using TemporaryFolder folder = new();
        string[] sized = options.Contains("--batch-size", StringComparison.Ordinal) ? Quick[..^2] : Quick;

        string refused = await HostileRefusal.Expect(options, folder, [.. sized, .. options.Split(' '), "--output", folder["deep/run"]]);

        Assert.StartsWith(message, refused, StringComparison.Ordinal);
    }
}
