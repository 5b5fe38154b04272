using System.Collections.Concurrent;
using System.Diagnostics;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

/// <summary>Faults in saving. The system calls that a save makes on the run's files are recorded first; then each of them fails in turn.</summary>
public class FaultTests
{
    private const string Calls = "openat,write,pwrite64,pwritev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,link,linkat,mkdir,mkdirat";
    private static readonly string[] Names = ["checkpoint.safetensors", "checkpoint.previous.safetensors", "weights.safetensors", "model.json", "history.csv", "options.json"];

    // .NET swallows the errors of a flush (FileStream.Flush(true)); a file that is opened for synchronous writing has them at the write.
    [ToolFact(Tool.Strace)]
    public async Task Every_file_is_written_synchronously_beside_its_target_and_renamed()
    {
        using TemporaryFolder folder = new();

        string[] calls = await Record(folder);

        string[] opened = [.. calls.Where(call => call.Contains("openat(", StringComparison.Ordinal))];
        Assert.Equal(9, opened.Length);
        Assert.All(opened, call => Assert.Contains(".tmp\", O_WRONLY|O_CREAT|O_SYNC", call, StringComparison.Ordinal));
        Assert.Equal(10, calls.Count(call => call.Contains("rename(", StringComparison.Ordinal)));
    }

    // ENOSPC once: the disk is full for a moment. EIO from then on: it is gone, and nothing can be tidied up either. EDQUOT: somebody else's limit.
    [ToolTheory(Tool.Strace)]
    [InlineData("error=ENOSPC:when={0}", Calls)]
    [InlineData("error=EIO:when={0}+", "openat,rename,renameat,renameat2")]
    [InlineData("error=EDQUOT:when={0}", "write,pwrite64,pwritev")]
    public async Task Whatever_call_of_a_save_fails_status_and_message_are_true_and_the_run_can_be_gone_on_with(string fault, string calls)
    {
        await Sweep(fault, calls, (result, run) =>
        {
            Assert.Equal(1, result.Status);
            Assert.Equal("", result.Output);
            string line = Assert.Single(result.Complaints);
            Assert.StartsWith($"mlp: {run.Path}: the run could not be saved: ", line, StringComparison.Ordinal);
            Assert.EndsWith(run.HasCheckpoint ? $". What was saved before stands; go on from there with: mlp train --resume {run.Path}" : ". There is no checkpoint to go on from.", line, StringComparison.Ordinal);
            Assert.EndsWith(line + "\n", result.Error, StringComparison.Ordinal);
            if (!Directory.Exists(run.Path)) return;
            Assert.Empty(Directory.GetFiles(run.Path, "*.tmp"));
            if (run.HasCheckpoint && !fault.EndsWith('+')) Assert.True(File.Exists(Path.Combine(run.Path, Names[0])), "the last checkpoint has not been put back");
        });
    }

    [ToolFact(Tool.Strace)]
    public async Task At_whatever_call_of_a_save_the_process_is_killed_the_run_can_be_gone_on_with() =>
        await Sweep("signal=SIGKILL:when={0}", "openat,write,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2", (result, _) => Assert.Equal(137, result.Status));

    [ToolTheory(Tool.Strace)]
    [InlineData("openat")]
    [InlineData("pwrite64")]
    [InlineData("rename")]
    public async Task A_new_run_that_cannot_be_saved_leaves_the_run_whose_place_it_was_to_take(string call)
    {
        using TemporaryFolder folder = new();
        Assert.Equal(0, (await MlpRun.Of(ProcessUnderTest.Train(folder, "run", 2))).Status);
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(folder["run"], "checkpoint.safetensors"));

        ProcessResult result = (await Trace(folder["run"], call, $"{call}:error=ENOSPC:when=1", folder["log"], [.. ProcessUnderTest.Train(folder, "run", 1), "--force"])).Tidy();

        Assert.Equal(1, result.Status);
        Assert.Contains("What was saved before stands; go on from there with: ", Assert.Single(result.Complaints), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(folder["run"], "checkpoint.safetensors")));
        Assert.Equal(2, new RunFolder(folder["run"]).Load().History.Epochs.Count);
    }

    // Sizes from one that holds no checkpoint to one in which only a derived file finds no room.
    [ToolTheory(Tool.Mount)]
    [InlineData(16)]
    [InlineData(76)]
    [InlineData(104)]
    [InlineData(148)]
    [InlineData(184)]
    public async Task On_a_full_disk_a_run_stops_with_one_line_and_can_be_gone_on_with_when_there_is_room(int kilobytes)
    {
        using TemporaryFolder folder = new();
        string[] train = ProcessUnderTest.Train(folder, "disk/run", 3);
        await MlpRun.Of([.. train[..^1], folder["whole"]]);
        Directory.CreateDirectory(folder["disk"]);
        Shell("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "none", folder["disk"]);
        try
        {
            ProcessResult result = (await ProcessUnderTest.Run(train)).Tidy();

            Assert.Equal(1, result.Status);
            Assert.Equal("", result.Output);
            Assert.Contains("No space left on device", Assert.Single(result.Complaints), StringComparison.Ordinal);
            Shell("mount", "-o", "remount,size=1m", folder["disk"]);
            await Remains.CanGoOn(folder["disk/run"], folder["whole"], train);
        }
        finally
        {
            Shell("umount", "--lazy", folder["disk"]);
        }
    }

    // An epoch takes far longer than a save, and is told of after its save: the folder goes between two saves.
    [ToolFact(Tool.Shell)]
    public async Task A_folder_that_is_moved_away_during_the_training_is_not_made_again()
    {
        using TemporaryFolder folder = new();
        string[] Train(string run, int epochs) => ["train", "--data", "synthetic:4000", "--batch-size", "4", "--model", ResumeModels.Write(folder, "tiny"), "--epochs", $"{epochs}", "--output", folder[run]];
        using ProcessUnderTest process = ProcessUnderTest.Start(Train("run", 1_000_000));
        await process.ErrorHas("epoch 1/");

        Directory.Move(folder["run"], folder["moved"]);
        ProcessResult result = (await process.End()).Tidy();

        Assert.Equal(1, result.Status);
        string line = Assert.Single(result.Complaints);
        Assert.Equal($"mlp: {folder["run"]}: the run could not be saved: expected the folder of the run, got none any more: it was moved or removed. There is no checkpoint to go on from.", line);
        Assert.False(Directory.Exists(folder["run"]));
        string[] train = Train("whole", new RunFolder(folder["moved"]).Load().History.Epochs.Count + 1);
        await MlpRun.Of(train);
        await Remains.CanGoOn(folder["moved"], folder["whole"], train);
    }

    [ToolFact(Tool.OtherUser)]
    public async Task A_run_that_may_be_read_only_is_left_as_it_is()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(0, (await MlpRun.Of(ProcessUnderTest.Train(folder, "run", 1))).Status);
        ForAll(folder.Path);
        byte[][] before = [.. Names[..5].Select(name => File.ReadAllBytes(Path.Combine(folder["run"], name)))];

        ProcessResult result = (await AsOther("train", "--resume", folder["run"], "--epochs", "2")).Tidy();

        Assert.Equal(1, result.Status);
        Assert.Equal("", result.Output);
        Assert.Matches("could not be saved: Access to the path '.*' is denied. What was saved before stands; go on from there with: ", Assert.Single(result.Complaints));
        Assert.Equal(before, Names[..5].Select(name => File.ReadAllBytes(Path.Combine(folder["run"], name))));
        Assert.Equal(0, (await AsOther("evaluate", folder["run"])).Status);
    }

    [ToolFact(Tool.OtherUser)]
    public async Task A_run_that_may_not_be_made_is_told_in_one_line()
    {
        using TemporaryFolder folder = new();
        string[] train = ProcessUnderTest.Train(folder, "run", 1);
        ForAll(folder.Path);

        ProcessResult result = (await AsOther(train)).Tidy();

        Assert.Equal(1, result.Status);
        Assert.Equal("", result.Output);
        Assert.Matches("could not be saved: Access to the path '.*' is denied. There is no checkpoint to go on from.$", Assert.Single(result.Complaints));
        Assert.False(Directory.Exists(folder["run"]));
    }

    private static void ForAll(string path) => Shell("chmod", "-R", "go+rX", path);

    private static Task<ProcessResult> AsOther(params string[] args) =>
        ProcessUnderTest.RunCommand(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", .. ProcessUnderTest.Mlp, .. args]);

    /// <summary>Lets each recorded call meet the fault in a run of its own, and checks the end and what can be made of the rest.</summary>
    private static async Task Sweep(string fault, string names, Action<ProcessResult, RunFolder> check)
    {
        using TemporaryFolder folder = new();
        string[] wanted = names.Split(',');
        string[] recorded = [.. (await Record(folder)).Select(line => wanted.FirstOrDefault(name => line.Contains($" {name}(", StringComparison.Ordinal))).OfType<string>()];
        Assert.True(recorded.Length >= 10, string.Join('\n', recorded));
        (string Call, int When)[] cases = [.. recorded.GroupBy(name => name).SelectMany(group => group.Select((call, i) => (call, i + 1)))];
        ConcurrentQueue<string> failures = [];
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (one, _) =>
        {
            (string call, int when) = one;
            string name = $"{call}{when}";
            string[] train = ProcessUnderTest.Train(folder, name, 1);
            string injected = string.Format(System.Globalization.CultureInfo.InvariantCulture, fault, when);
            try
            {
                ProcessResult result = (await Trace(folder[name], call, $"{call}:{injected}", folder[$"{name}.log"], train)).Tidy();
                check(result, new RunFolder(folder[name]));
                await Remains.CanGoOn(folder[name], folder["whole"], train);
            }
            catch (Exception error)
            {
                failures.Enqueue($"{call} {injected}: {error.Message}");
            }
        });

        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
    }

    /// <summary>The calls on the run's files of a training that nothing happens to, in order; the run is "whole".</summary>
    private static async Task<string[]> Record(TemporaryFolder folder)
    {
        ProcessResult whole = await Trace(folder["whole"], Calls, null, folder["log"], ProcessUnderTest.Train(folder, "whole", 1));
        Assert.Equal(0, whole.Status);
        return [.. (await File.ReadAllLinesAsync(folder["log"])).Where(line => line.Contains('('))];
    }

    private static Task<ProcessResult> Trace(string run, string calls, string? inject, string log, string[] args)
    {
        IEnumerable<string> paths = Names.SelectMany(name => new[] { Path.Combine(run, name), Path.Combine(run, $"{name}.tmp") }).Prepend(run).SelectMany(path => new[] { "-P", path });
        string[] injected = inject is null ? [] : ["-e", $"inject={inject}"];

        // Only the calls in question stop the process, which is faster; but strace 6.1 then counts no signals.
        string[] fast = inject?.Contains("signal", StringComparison.Ordinal) == true ? [] : ["--seccomp-bpf"];
        return ProcessUnderTest.RunCommand(["strace", .. fast, "-f", "-qq", "-o", log, .. paths, "-e", $"trace={calls}", .. injected, .. ProcessUnderTest.Mlp, .. args]);
    }

    private static void Shell(string command, params string[] args)
    {
        using Process process = Process.Start(command, args);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
