using System.Text.RegularExpressions;
using Tapestry.Samples.Mlp;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

public partial class ResumeTests
{
    private static readonly string[] Small = ["--data", "synthetic:300", "--batch-size", "4", "--epochs", "3"];

    // Broken off again and again, each time a little later; whatever the machine's speed, the moments lie anywhere in the epochs.
    [Theory]
    [InlineData("bn-after", "adam")]
    [InlineData("bn-before", "nesterov")]
    [InlineData("bn-printed", "momentum")]
    [InlineData("plain", "sgd")]
    [InlineData("dropout", "adam")]
    [InlineData("dropout", "momentum")]
    [InlineData("plain", "adamw:weight_decay=0.1", "--schedule", "onecycle:max=0.01", "--global-clip-norm", "0.5", "--accumulate", "3", "--ema", "0.9")]
    [InlineData("bn-after", "rmsprop:momentum=0.5,centered=1", "--schedule", "cosine:warmup=20", "--clip-value", "0.1", "--weight-decay", "0.01")]
    [InlineData("plain", "nadam", "--schedule", "plateau:patience=1,min_delta=10,factor=0.5")]
    public async Task A_run_that_is_broken_off_many_times_ends_as_one_that_never_was(string model, string optimizer, params string[] more)
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", .. Small, "--optimizer", optimizer, "--model", model == "dropout" ? ResumeModels.Write(folder, model) : model, .. more];
        Assert.Equal(0, (await MlpRun.Of([.. train, "--output", folder["whole"]])).Status);
        List<int> batches = [];

        MlpRun run = await BrokenOff([.. train, "--output", folder["broken"]], milliseconds: 3);
        for (int i = 4; run.Status != 0; i = i * 5 / 4)
        {
            batches.Add(BatchesOf(run, folder["broken"]));
            run = await BrokenOff(["train", "--resume", folder["broken"]], i);
        }

        Assert.Contains(batches, count => count > 0);
        Remains.Same(folder["whole"], folder["broken"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_that_is_broken_off_between_epochs_ends_as_one_that_never_was(int epoch)
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", .. Small, "--model", "plain"];
        await MlpRun.Of([.. train, "--output", folder["whole"]]);

        MlpRun broken = await BrokenOff([.. train, "--output", folder["broken"]], milliseconds: 0, at: $"epoch {epoch}/3");
        Assert.Equal(0, BatchesOf(broken, folder["broken"]));
        Assert.Equal(epoch, new RunFolder(folder["broken"]).Load().History.Epochs.Count);
        Assert.Equal(0, (await MlpRun.Of("train", "--resume", folder["broken"])).Status);

        Remains.Same(folder["whole"], folder["broken"]);
    }

    [Fact]
    public async Task An_interruption_gives_130_and_one_line_that_says_how_to_go_on()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        string run = folder["my run"];

        (StringWriter output, StringWriter error) = (new(), new() { NewLine = "\n" });
        int status = await MlpApp.RunAsync(["train", .. Small, "--output", run], output, error, source.Token);

        Assert.Equal(130, status);
        Assert.Equal("", output.ToString());
        Assert.Equal($"mlp: interrupted in epoch 1 after 0 batches, and saved. Go on with: mlp train --resume '{run}'", error.ToString().Split('\n')[^2]);
        Assert.Empty(new RunFolder(run).Load().History.Epochs);
    }

    [Fact]
    public async Task With_more_epochs_a_run_that_has_ended_equals_one_that_had_them_from_the_start()
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", "--data", "synthetic:300", "--optimizer", "nesterov"];
        await MlpRun.Of([.. train, "--epochs", "4", "--output", folder["long"]]);
        await MlpRun.Of([.. train, "--epochs", "2", "--output", folder["short"]]);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["short"], "--epochs", "4", "--json");

        Assert.Equal(0, resumed.Status);
        Assert.Equal([3, 4], resumed.Objects.Take(2).Select(line => line["epoch"]!.GetValue<int>()));
        Remains.Same(folder["long"], folder["short"], "checkpoint.previous.safetensors");
    }

    // 300 examples less 30 make 9 batches an epoch, 18 steps in two and 36 in four: at step 18 of 36 a cosine is half way down from 0.001.
    [Fact]
    public async Task With_more_epochs_a_schedule_is_stretched_to_them_and_says_so()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of("train", "--data", "synthetic:300", "--model", "plain", "--schedule", "cosine", "--epochs", "2", "--output", folder["run"]);

        MlpRun same = await MlpRun.Of("train", "--resume", folder["run"]);
        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["run"], "--epochs", "4");

        Assert.DoesNotContain("stretched", same.Error, StringComparison.Ordinal);
        Assert.Equal(0, resumed.Status);
        Assert.StartsWith("the schedule cosine is stretched from 2 epochs to 4: the learning rate goes on at 5e-4\n", resumed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fewer_epochs_than_a_run_has_had_are_refused()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of("train", "--data", "synthetic:50", "--epochs", "2", "--output", folder["run"]);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["run"], "--epochs", "1");

        Assert.Equal(2, resumed.Status);
        Assert.StartsWith("mlp: --epochs: expected a new total of 2 or more", resumed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_ended_reports_again_and_makes_whole_what_is_derived_from_it()
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", "--data", "synthetic:50", "--epochs", "2", "--json"];
        MlpRun first = await MlpRun.Of([.. train, "--output", folder["whole"]]);
        await MlpRun.Of([.. train, "--output", folder["run"]]);
        File.Delete(Path.Combine(folder["run"], "weights.safetensors"));
        await File.WriteAllTextAsync(Path.Combine(folder["run"], "history.csv"), "half a li");

        MlpRun again = await MlpRun.Of("train", "--resume", folder["run"], "--json");

        Assert.Equal(0, again.Status);
        Assert.Equal(first.Objects[^1]["test_loss"]!.GetValue<double>(), Assert.Single(again.Objects)["test_loss"]!.GetValue<double>());
        Remains.Same(folder["whole"], folder["run"], "checkpoint.previous.safetensors");
    }

    public static TheoryData<string, Func<byte[], byte[]?>> Damages() => new()
    {
        { "missing", _ => null },
        { "empty", _ => [] },
        { "cut in its header", bytes => bytes[..100] },
        { "a byte short", bytes => bytes[..^1] },
        { "a byte longer", bytes => [.. bytes, 0] },
        { "another text", _ => "<html>moved</html>"u8.ToArray() },
        { "another header", bytes => [.. bytes[..8], (byte)'[', .. bytes[9..]] },
    };

    // The one before must outlive the damaged one, and the damaged one must not take its place.
    [Theory]
    [MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public async Task Where_the_last_checkpoint_is_damaged_the_one_before_is_gone_on_from_and_one_line_says_so(string damage, Func<byte[], byte[]?> apply)
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", "--data", "synthetic:50", "--epochs", "3"];
        await MlpRun.Of([.. train, "--output", folder["whole"]]);
        await MlpRun.Of([.. train, "--output", folder["run"]]);
        string last = Path.Combine(folder["run"], "checkpoint.safetensors");
        byte[]? damaged = apply(await File.ReadAllBytesAsync(last));
        if (damaged is null) File.Delete(last);
        else await File.WriteAllBytesAsync(last, damaged);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["run"]);

        Assert.True(resumed.Status == 0, damage + resumed.Error);
        string line = Assert.Single(resumed.Error.Split('\n'), line => line.StartsWith("mlp: ", StringComparison.Ordinal));
        Assert.StartsWith("mlp: checkpoint.safetensors: expected ", line, StringComparison.Ordinal);
        Assert.EndsWith(". Going on from the one before, checkpoint.previous.safetensors, with 2 epochs done.", line, StringComparison.Ordinal);
        Remains.Same(folder["whole"], folder["run"], "checkpoint.previous.safetensors");
    }

    [Fact]
    public async Task Where_both_checkpoints_are_damaged_nothing_is_touched()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of("train", "--data", "synthetic:50", "--epochs", "2", "--output", folder["run"]);
        foreach (string name in (string[])["checkpoint.safetensors", "checkpoint.previous.safetensors"]) await File.WriteAllTextAsync(Path.Combine(folder["run"], name), "nonsense");

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["run"]);

        Assert.Equal(2, resumed.Status);
        Assert.Single(resumed.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("nonsense", await File.ReadAllTextAsync(Path.Combine(folder["run"], "checkpoint.safetensors")));
    }

    [Fact]
    public async Task A_new_run_never_falls_back_on_the_one_whose_place_it_took()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of("train", "--data", "synthetic:50", "--epochs", "2", "--output", folder["run"]);
        using CancellationTokenSource source = new();
        await source.CancelAsync();

        await MlpApp.RunAsync(["train", "--data", "synthetic:50", "--model", "plain", "--force", "--output", folder["run"]], TextWriter.Null, TextWriter.Null, source.Token);

        // The interruption saved a second time: both are the new run's.
        foreach (string name in (string[])["checkpoint.safetensors", "checkpoint.previous.safetensors"])
        {
            Assert.Equal("plain", Checkpoint.Load(Path.Combine(folder["run"], name)).Options["model"]);
        }
    }

    // The loss is no number after a few of 1,350 batches; whoever breaks off then must find the last good checkpoint, not the weights of that moment.
    [Fact]
    public async Task A_run_that_is_broken_off_about_when_it_diverges_keeps_its_last_good_checkpoint()
    {
        List<int> statuses = [];
        for (int milliseconds = 4; milliseconds < 200; milliseconds *= 2)
        {
            using TemporaryFolder folder = new();
            MlpRun run = await BrokenOff(
                ["train", "--model", "plain", "--data", "synthetic:3000", "--batch-size", "2", "--optimizer", "sgd", "--learning-rate", "1e30", "--epochs", "2", "--output", folder["run"]], milliseconds);
            Assert.All(new RunFolder(folder["run"]).Load().Model.Parameters, parameter => Assert.All(parameter.Value.ToDoubles(), value => Assert.True(double.IsFinite(value), $"{run.Error}")));
            Assert.Matches(run.Status == 3 ? "holds the state before epoch 1. Try a smaller --learning-rate; .*\n$" : "interrupted in epoch 1 after [0-9] batches", run.Error);
            statuses.Add(run.Status);
        }

        Assert.Contains(3, statuses);
        Assert.Empty(statuses.Except([3, 130]));
    }

    private static int BatchesOf(MlpRun run, string path)
    {
        Assert.True(run.Status == 130, run.Error);
        Assert.Equal("", run.Output);
        Match line = InterruptedLine().Match(run.Error);
        Assert.True(line.Success, run.Error);
        Assert.Equal(path, line.Groups["run"].Value);
        return int.Parse(line.Groups["batches"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A run that is cancelled some time after it has written a line.</summary>
    private static async Task<MlpRun> BrokenOff(string[] args, int milliseconds, string at = "test examples")
    {
        using CancellationTokenSource source = new();
        StringWriter output = new() { NewLine = "\n" };
        using CancellingWriter error = new(at, source, milliseconds);
        int status = await MlpApp.RunAsync(args, output, error, source.Token);
        return new MlpRun(status, output.ToString(), error.ToString());
    }

    [GeneratedRegex(@"(^|\n)mlp: interrupted in epoch \d+ after (?<batches>\d+) batches, and saved\. Go on with: mlp train --resume (?<run>.+)\n$")]
    private static partial Regex InterruptedLine();

    private sealed class CancellingWriter(string at, CancellationTokenSource source, int milliseconds) : StringWriter
    {
        // A thread of its own: the pool's timers come late where all processors are busy.
        private readonly Thread canceller = new(() =>
        {
            Thread.Sleep(milliseconds);
            source.Cancel();
        });

        protected override void Dispose(bool disposing)
        {
            if (!canceller.ThreadState.HasFlag(ThreadState.Unstarted)) canceller.Join();
            base.Dispose(disposing);
        }

        public override string NewLine => "\n";

        public override void WriteLine(string? value)
        {
            base.Write(value + "\n");
            if (value?.Contains(at, StringComparison.Ordinal) != true) return;
            if (milliseconds == 0) source.Cancel();
            else canceller.Start();
        }
    }
}
