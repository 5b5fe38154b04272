using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Tapestry.Testing;

/// <summary>A test that needs programs of the system: skipped, visibly, where a shell command that tries them fails.</summary>
public sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="probe">The command, one of <see cref="Tool"/>'s.</param>
    public ToolFactAttribute(string probe) => Skip = Tool.WhyNot(probe)!;
}

/// <summary>Like <see cref="ToolFactAttribute"/>, for theories.</summary>
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    /// <param name="probe">The command, one of <see cref="Tool"/>'s.</param>
    public ToolTheoryAttribute(string probe) => Skip = Tool.WhyNot(probe)!;
}

/// <summary>Shell commands that try whether a tool is there and may be used. BASE is the folder of the tests' assembly.</summary>
public static class Tool
{
    public const string Shell = "kill -l && mkfifo --version";
    public const string Chromium = "/usr/bin/chromium --version";
    public const string FullDevice = "test -c /dev/full";
    public const string Strace = "strace --seccomp-bpf -f -o /dev/null true";
    public const string Terminal = "script -qec 'stty cols 100 rows 30' /dev/null < /dev/null";
    public const string OtherUser = "cd / && setpriv --reuid 65534 --regid 65534 --clear-groups test -r \"$BASE/mlp.dll\"";
    public const string Graphviz = "dot -V";
    public const string Mount = "d=$(mktemp -d) && mount -t tmpfs -o size=64k none \"$d\" && umount \"$d\" && rmdir \"$d\"";

    private static readonly ConcurrentDictionary<string, string?> Known = new();

    /// <summary>Why a test cannot run; null where it can.</summary>
    public static string? WhyNot(string probe) => Known.GetOrAdd(probe, static probe => Works(probe) ? null : $"Needs a system on which this works: {probe}");

    private static bool Works(string probe)
    {
        ProcessStartInfo start = new("sh", ["-c", probe]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["BASE"] = AppContext.BaseDirectory;
        try
        {
            using Process process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
