using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

public class ProcessSignalTests
{
    private const int Endless = 1_000_000;

    [ToolTheory(Tool.Shell)]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_a_training_after_the_batch_saved_and_said_in_one_line(string signal, int status)
    {
        using TemporaryFolder folder = new();
        using ProcessUnderTest process = ProcessUnderTest.Start(ProcessUnderTest.Train(folder, "run", Endless));
        await process.ErrorHas("epoch 1/");

        process.Signal(signal);
        ProcessResult result = (await process.End()).Tidy();

        Assert.Equal(status, result.Status);
        Assert.Equal("", result.Output);
        Assert.Matches($"^mlp: interrupted in epoch [0-9]+ after [0-9]+ batches, and saved. Go on with: mlp train --resume {folder["run"]}$", Assert.Single(result.Complaints));
        Assert.Empty(Directory.GetFiles(folder["run"], "*.tmp"));
        string[] train = ProcessUnderTest.Train(folder, "whole", new RunFolder(folder["run"]).Load().History.Epochs.Count + 1);
        await MlpRun.Of(train);
        await Remains.CanGoOn(folder["run"], folder["whole"], train);
    }

    // A disk that hangs: the next save waits for a reader that never comes. The first signal then has nothing to end after.
    [ToolTheory(Tool.Shell)]
    [InlineData("INT", "INT", 130)]
    [InlineData("TERM", "TERM", 143)]
    [InlineData("INT", "TERM", 143)]
    public async Task A_second_signal_ends_at_once_and_the_last_checkpoint_stands(string first, string second, int status)
    {
        using TemporaryFolder folder = new();
        using ProcessUnderTest process = ProcessUnderTest.Start(ProcessUnderTest.Train(folder, "run", Endless));
        await process.ErrorHas("epoch 1/");
        string pipe = await HangingSave(folder["run"]);

        process.Signal(first);
        await Task.Delay(200);
        Assert.False(process.HasEnded);
        process.Signal(second);
        ProcessResult result = (await process.End()).Tidy();

        Assert.Equal(status, result.Status);
        Assert.Equal("", result.Output);
        File.Delete(pipe);
        string[] train = ProcessUnderTest.Train(folder, "whole", new RunFolder(folder["run"]).Load().History.Epochs.Count + 1);
        await MlpRun.Of(train);
        await Remains.CanGoOn(folder["run"], folder["whole"], train);
    }

    // From before the first checkpoint to well after it.
    [ToolFact(Tool.Shell)]
    public async Task A_process_that_is_killed_at_any_moment_leaves_a_run_that_goes_on_or_starts_over()
    {
        using TemporaryFolder folder = new();
        Random random = new(1);
        for (int i = 0; i < 10; i++)
        {
            string name = $"run{i}";
            using ProcessUnderTest process = ProcessUnderTest.Start(ProcessUnderTest.Train(folder, name, Endless));
            if (i % 2 == 0) await Task.Delay(random.Next(400));
            else await process.ErrorHas($"epoch {random.Next(1, 10)}/");
            await Task.Delay(random.Next(20));
            process.Signal("KILL");
            Assert.Equal(137, (await process.End()).Status);

            RunFolder run = new(folder[name]);
            string[] train = ProcessUnderTest.Train(folder, name, run.HasCheckpoint ? run.Load().History.Epochs.Count + 1 : 1);
            await MlpRun.Of([.. train[..^1], folder[$"whole{i}"]]);
            await Remains.CanGoOn(folder[name], folder[$"whole{i}"], train);
        }
    }

    /// <summary>Puts a pipe where the next checkpoint is written first.</summary>
    internal static async Task<string> HangingSave(string run)
    {
        string pipe = Path.Combine(run, "checkpoint.safetensors.tmp");
        while ((await ProcessUnderTest.RunCommand(["mkfifo", pipe])).Status != 0) await Task.Delay(1);
        return pipe;
    }
}
