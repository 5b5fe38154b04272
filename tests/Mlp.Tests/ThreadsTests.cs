using Tapestry.Tensors;

namespace Tapestry.Mlp.Tests;

/// <summary>The number of threads belongs to the process: what sets it runs one after the other. What runs beside it gets the same numbers with any.</summary>
[Collection(nameof(ThreadsTests))]
public class ThreadsTests
{
    private static readonly string[] Counts = ["1", "2", "3"];

    // The book's model, whose products are large enough to be shared among threads.
    [Fact]
    public async Task A_training_writes_the_same_bytes_with_any_number_of_threads_also_when_it_goes_on_with_another()
    {
        using TemporaryFolder folder = new();
        int before = Workers.Count;
        foreach (string threads in Counts)
        {
            MlpRun started = await MlpRun.Of("train", "--data", "synthetic:300", "--batch-size", "64", "--epochs", "1", "--threads", threads, "--output", folder[threads]);
            Assert.True(started.Status == 0, started.Error);
            Assert.Equal(before, Workers.Count);
        }

        foreach (string threads in Counts) Remains.Same(folder["1"], folder[threads]);

        // Each goes on with the number of another.
        foreach (string threads in Counts)
        {
            MlpRun resumed = await MlpRun.Of("train", "--resume", folder[threads], "--epochs", "2", "--threads", threads == "1" ? "3" : "1");
            Assert.True(resumed.Status == 0, resumed.Error);
        }

        foreach (string threads in Counts) Remains.Same(folder["1"], folder[threads]);
    }

    [Fact]
    public async Task What_reads_a_run_prints_the_same_with_any_number_of_threads()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(0, (await MlpRun.Of("train", "--data", "synthetic:100", "--epochs", "1", "--output", folder["run"])).Status);
        int before = Workers.Count;

        foreach (string[] command in (string[][])[["evaluate", folder["run"], "--json"], ["predict", folder["run"], "--json"], ["fold", folder["run"], "--json"]])
        {
            List<string> outputs = [];
            foreach (string threads in Counts)
            {
                string[] output = command[0] == "fold" ? ["--output", folder[$"folded-{threads}"]] : [];
                MlpRun run = await MlpRun.Of([.. command, .. output, "--threads", threads]);
                Assert.True(run.Status == 0, run.Error);
                outputs.Add(run.Output.Replace($"folded-{threads}", "folded", StringComparison.Ordinal));
            }

            Assert.Single(outputs.Distinct());
            Assert.Equal(before, Workers.Count);
        }
    }

    [Fact]
    public async Task The_number_ends_with_the_command_also_where_the_command_fails()
    {
        int before = Workers.Count;

        Assert.Equal(2, (await MlpRun.Of("evaluate", "nowhere", "--threads", $"{before + 1}")).Status);

        Assert.Equal(before, Workers.Count);
    }
}
