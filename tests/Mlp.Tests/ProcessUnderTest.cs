using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

/// <summary>What a process wrote, and how it ended: its status, or 128 and the signal's number.</summary>
internal sealed record ProcessResult(int Status, string Output, string Error)
{
    /// <summary>The lines of the error stream that the program itself begins with its name: its complaints.</summary>
    public string[] Complaints => [.. Error.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.StartsWith("mlp: ", StringComparison.Ordinal))];

    /// <summary>What every end of the program has in common: no stack trace.</summary>
    public ProcessResult Tidy()
    {
        foreach (string sign in (string[])["   at ", "Unhandled", "Exception"])
        {
            Assert.DoesNotContain(sign, Error, StringComparison.Ordinal);
            Assert.DoesNotContain(sign, Output, StringComparison.Ordinal);
        }

        return this;
    }
}

/// <summary>The built program as a process of its own, in an environment that holds nothing but what a test gives it.</summary>
internal sealed class ProcessUnderTest : IDisposable
{
    /// <summary>Only what hangs is ever this slow.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly StringBuilder output = new(), error = new();
    private readonly Task reading;

    private ProcessUnderTest(IEnumerable<string> command, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(command.First(), command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["DOTNET_ROOT"] = DotnetRoot;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        process = Process.Start(start)!;
        process.StandardInput.Close();
        reading = Task.WhenAll(Read(process.StandardOutput, output), Read(process.StandardError, error));
    }

    /// <summary>How the program is started: the runtime that runs the tests, and the program beside them.</summary>
    public static string[] Mlp { get; } = [Path.Combine(DotnetRoot, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), Path.Combine(AppContext.BaseDirectory, "mlp.dll")];

    /// <summary>A training that is soon done: 50 examples, a small model. The model's file is written into the folder.</summary>
    public static string[] Train(TemporaryFolder folder, string run, int epochs) =>
        ["train", "--data", "synthetic:50", "--model", ResumeModels.Write(folder, "tiny"), "--epochs", $"{epochs}", "--output", folder[run]];

    private static string DotnetRoot => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Starts the program.</summary>
    public static ProcessUnderTest Start(params string[] args) => new([.. Mlp, .. args]);

    /// <summary>Runs the program to its end.</summary>
    public static Task<ProcessResult> Run(params string[] args) => RunCommand([.. Mlp, .. args]);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<ProcessResult> RunCommand(IEnumerable<string> command, params (string Name, string Value)[] environment)
    {
        using ProcessUnderTest process = new(command, environment);
        return await process.End();
    }

    /// <summary>Starts a script of the shell, in which "$@" is the program with some arguments.</summary>
    public static ProcessUnderTest StartShell(string script, IEnumerable<string> args, params (string Name, string Value)[] environment) => new(["sh", "-c", script, "sh", .. Mlp, .. args], environment);

    /// <summary>Runs a script of the shell to its end.</summary>
    public static async Task<ProcessResult> RunShell(string script, IEnumerable<string> args, params (string Name, string Value)[] environment)
    {
        using ProcessUnderTest process = StartShell(script, args, environment);
        return await process.End();
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Waits until it has written a text to its error stream.</summary>
    public Task ErrorHas(string text) => Has(error, text);

    /// <summary>Waits until it has written a text to its output.</summary>
    public Task OutputHas(string text) => Has(output, text);

    private async Task Has(StringBuilder written, string text)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!Text(written).Contains(text, StringComparison.Ordinal))
        {
            Assert.False(process.HasExited && reading.IsCompleted, $"ended without '{text}': {Text(written)}");
            Assert.True(clock.Elapsed < Hang, $"hangs without '{text}': {Text(written)}");
            await Task.Delay(5);
        }
    }

    /// <summary>Sends a signal, to this process unless told otherwise.</summary>
    public void Signal(string name, string? id = null)
    {
        using Process kill = Process.Start(new ProcessStartInfo("sh", ["-c", $"kill -{name} {id ?? $"{process.Id}"}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    /// <summary>Ends it at once, with SIGKILL.</summary>
    public void Kill() => process.Kill();

    /// <summary>Waits for the end. Fails, and ends the process, where it hangs.</summary>
    public async Task<ProcessResult> End()
    {
        using CancellationTokenSource hang = new(Hang);
        try
        {
            await process.WaitForExitAsync(hang.Token);
            await reading.WaitAsync(hang.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"hangs.\n{Text(output)}\n{Text(error)}");
        }

        return new ProcessResult(process.ExitCode, Text(output), Text(error));
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private static async Task Read(StreamReader reader, StringBuilder text)
    {
        char[] buffer = new char[4096];
        for (int count; (count = await reader.ReadAsync(buffer)) > 0;)
        {
            lock (text) text.Append(buffer, 0, count);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}

/// <summary>Checks that what was left of a run can be gone on with.</summary>
internal static class Remains
{
    /// <summary>What equal runs write equally.</summary>
    public static string[] Files { get; } = ["checkpoint.safetensors", "weights.safetensors", "history.csv", "model.json"];

    /// <summary>Goes on with what is left of a run, or starts over where it has no checkpoint; in the end it must equal one that nothing happened to.</summary>
    public static async Task CanGoOn(string path, string reference, string[] train)
    {
        RunFolder run = new(path);
        MlpRun finished;
        if (run.HasCheckpoint || run.IsBegun)
        {
            if (run.HasCheckpoint) run.Load();
            finished = await MlpRun.Of("train", "--resume", path, "--epochs", train[Array.IndexOf(train, "--epochs") + 1]);
        }
        else
        {
            finished = await MlpRun.Of([.. train, "--force"]);
        }

        Assert.True(finished.Status == 0, finished.Error);
        Assert.DoesNotContain("mlp: ", finished.Error.Replace("mlp: checkpoint.safetensors: expected the last checkpoint, got none", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Same(reference, path);
    }

    /// <summary>Two runs have the same files.</summary>
    public static void Same(string expected, string actual, params string[] more)
    {
        foreach (string file in Files.Concat(more)) Assert.True(File.ReadAllBytes(Path.Combine(expected, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, file))), $"{file} differs");
    }
}
