using System.Diagnostics;
using System.Globalization;
using Tapestry.Training;
using Xunit.Sdk;

namespace Tapestry.Mlp.Tests;

/// <summary>Runs that are killed with SIGKILL, which no program can prepare for, and gone on with.</summary>
public class KillTests
{
    private const int Moments = 20;

    // Saved after every second of 12 batches. The moments are drawn anew each time from the process's whole life: every other one is where it is, and for the rest the next writing is
    // waited for, so that files are cut off in their midst. With the seed that a failure tells, in place of the drawn one, the moments are the same again.
    [ToolFact(Tool.Shell)]
    public async Task A_run_that_is_killed_at_any_moment_ends_as_one_that_never_was()
    {
        using TemporaryFolder folder = new();
        string[] Train(string run) =>
        [
            "train", "--data", "synthetic:400", "--model", ResumeModels.Write(folder, "small-dropout"), "--optimizer", "adam", "--accumulate", "2", "--ema", "0.9", "--schedule", "cosine",
            "--epochs", "6", "--checkpoint-every", "2", "--output", folder[run],
        ];
        using ProcessUnderTest whole = ProcessUnderTest.Start(Train("whole"));
        Stopwatch clock = Stopwatch.StartNew();
        Assert.Equal(0, (await whole.End()).Status);
        double life = clock.Elapsed.TotalMilliseconds;
        int seed = Random.Shared.Next();
        Random random = new(seed);
        (int within, int cut) = (0, 0);

        // Twenty of them leave epochs and files in their midst nearly always; where none has, there are some more.
        for (int i = 0; i < Moments || (i < 5 * Moments && (within == 0 || cut == 0)); i++)
        {
            string run = $"{i}";
            TimeSpan moment = TimeSpan.FromMilliseconds(life * random.NextDouble());
            try
            {
                using ProcessUnderTest process = ProcessUnderTest.Start(Train(run));
                Thread.Sleep(moment);
                if (i % 2 == 1) SpinWait.SpinUntil(() => process.HasEnded || IsWriting(folder[run]), TimeSpan.FromMinutes(2));
                process.Kill();
                await process.End();

                RunFolder left = new(folder[run]);
                if (IsWriting(folder[run])) cut++;
                bool hasCheckpoint = left.HasCheckpoint, isBegun = left.IsBegun;
                if (hasCheckpoint && left.Load(_ => { }).Batch > 0) within++;
                MlpRun resumed = hasCheckpoint || isBegun ? await MlpRun.Of("train", "--resume", folder[run]) : await MlpRun.Of([.. Train(run), "--force"]);

                Assert.True(resumed.Status == 0, resumed.Error);
                Assert.Equal(isBegun, resumed.Error.Contains(": ended before its first checkpoint. It starts over.\n", StringComparison.Ordinal));
                Remains.Same(folder["whole"], folder[run]);
                Assert.Empty(Directory.GetFiles(folder[run], "*.tmp"));
            }
            catch (Exception error)
            {
                throw new XunitException(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, moment {i}, {moment.TotalMilliseconds:0} of {life:0} ms: {error.Message}"), error);
            }
        }

        Assert.True(within > 0 && cut > 0, $"seed {seed}: {within} within an epoch, {cut} within a file");
    }

    // What is left where the kill fell into reading the data or making the model.
    [Fact]
    public async Task A_run_that_ended_before_its_first_checkpoint_starts_over_and_says_so()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of(["train", "--data", "synthetic:60", "--model", "plain", "--optimizer", "nesterov", "--epochs", "2", "--output", folder["whole"]]);
        new RunFolder(folder["begun"]).Begin(new RunFolder(folder["whole"]).Load().Options);

        MlpRun resumed = await MlpRun.Of("train", "--resume", folder["begun"]);

        Assert.Equal(0, resumed.Status);
        Assert.StartsWith($"{folder["begun"]}: ended before its first checkpoint. It starts over.\n", resumed.Error, StringComparison.Ordinal);
        Remains.Same(folder["whole"], folder["begun"]);
        Assert.False(File.Exists(Path.Combine(folder["begun"], "options.json")));
    }

    // The data is gone: what was noted stays, for when it is back.
    [Fact]
    public async Task A_run_that_cannot_be_started_over_can_be_tried_again()
    {
        using TemporaryFolder folder = new();
        await MlpRun.Of(["train", "--data", "synthetic:60", "--model", "plain", "--epochs", "1", "--output", folder["whole"]]);
        Dictionary<string, string> options = new(new RunFolder(folder["whole"]).Load().Options) { ["data"] = folder["nowhere"] };
        new RunFolder(folder["begun"]).Begin(options);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder["damaged"]).FullName, "options.json"), "[1]");

        Assert.Equal(2, (await MlpRun.Of("train", "--resume", folder["begun"])).Status);
        Assert.True(new RunFolder(folder["begun"]).IsBegun);
        MlpRun damaged = await MlpRun.Of("train", "--resume", folder["damaged"]);
        Assert.Equal((2, "mlp: options.json: expected an object of texts, got something else. Start the run again.\n"), (damaged.Status, damaged.Error));
    }

    /// <summary>Whether a file of a run is half written.</summary>
    private static bool IsWriting(string run) => Directory.Exists(run) && Directory.EnumerateFiles(run, "*.tmp").Any();
}
