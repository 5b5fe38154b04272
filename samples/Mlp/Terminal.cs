using System.Text.Json.Nodes;
using Spectre.Console;

namespace Tapestry.Samples.Mlp;

/// <summary>
/// Where a command writes: results, which other programs may read, go to the output; progress and notes, which people read, to the error writer. Either is live when a
/// person sits before it; else it gets plain lines without one escape byte.
/// </summary>
internal sealed class Terminal
{
    private const int PlainWidth = 120;

    /// <summary>As long as "test accuracy".</summary>
    private const int NameWidth = 13;

    /// <summary>Writes to two writers.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where notes go.</param>
    /// <param name="isOutputLive">Whether a person looks at the output; no unless told otherwise.</param>
    /// <param name="isErrorLive">Whether a person looks at the notes; no unless told otherwise.</param>
    public Terminal(TextWriter output, TextWriter error, bool isOutputLive = false, bool isErrorLive = false)
    {
        Output = output;
        Error = error;
        IsErrorLive = isErrorLive;
        IsOutputLive = isOutputLive;
        Drawn = Console(output, isOutputLive);
        Progress = Console(error, isErrorLive);
    }

    /// <summary>Where results go.</summary>
    public TextWriter Output { get; }

    /// <summary>Where notes go.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether a person looks at the output.</summary>
    public bool IsOutputLive { get; }

    /// <summary>Whether a person looks at the notes.</summary>
    public bool IsErrorLive { get; }

    /// <summary>The output, for drawings.</summary>
    public IAnsiConsole Drawn { get; }

    /// <summary>The error writer, for a live bar.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>The process's own terminal.</summary>
    public static Terminal OfProcess()
    {
        // .NET itself begins with an escape sequence in any terminal that knows it, whatever NO_COLOR says; a dumb one knows none.
        if (!AllowsEscapes()) Environment.SetEnvironmentVariable("TERM", "dumb");
        return new Terminal(
            Writer(new StandardStream(System.Console.OpenStandardOutput(), error => throw new IOException($"the results could not be written: {error.Message.TrimEnd('.')}. Where does the standard output go?", error))),
            Writer(new StandardStream(System.Console.OpenStandardError(), static _ => { })),
            isOutputLive: !System.Console.IsOutputRedirected && AllowsEscapes(),
            isErrorLive: !System.Console.IsErrorRedirected && AllowsEscapes());
    }

    /// <summary>The same without results: what a part of a command has to say on its way.</summary>
    public Terminal WithoutResults() => new(TextWriter.Null, Error, isErrorLive: IsErrorLive);

    /// <summary>Leaves a live terminal as it was found when the process ends at once, under a bar that hides the cursor.</summary>
    public void Leave()
    {
        // Past the writers, which whoever is drawing may hold.
        if (!IsErrorLive) return;
        using StandardStream stream = new(System.Console.OpenStandardError(), static _ => { });
        stream.Write("\u001b[?25h\n"u8);
    }

    /// <summary>Writes a line of the result.</summary>
    public void Result(string line) => Output.WriteLine(line);

    /// <summary>Writes lines of the result, each a name and what it is, one below the other.</summary>
    public void Results(params IReadOnlyList<(string Name, string Text)> lines)
    {
        int width = Math.Max(NameWidth, lines.Max(line => line.Name.Length));
        foreach ((string name, string text) in lines) Result($"{name.PadRight(width)}  {text}");
    }

    /// <summary>Writes an object of the result, on one line.</summary>
    public void Result(JsonObject value) => Output.WriteLine(value.ToJsonString());

    /// <summary>Writes a line that is not part of the result; above a live bar, where one is drawn.</summary>
    public void Note(string line)
    {
        if (IsErrorLive) Progress.WriteLine(line);
        else Error.WriteLine(line);
    }

    /// <summary>A number for JSON, which has no NaN and no infinity: null where it is not finite.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;

    /// <summary>Spectre guesses from TERM alone, and would write escapes where CI or NO_COLOR ask for none.</summary>
    private static bool AllowsEscapes() =>
        Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb")
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    private static TextWriter Writer(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, System.Console.OutputEncoding) { AutoFlush = true });

    private static IAnsiConsole Console(TextWriter writer, bool isLive)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isLive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isLive ? ColorSystemSupport.TrueColor : ColorSystemSupport.NoColors,
            Interactive = isLive ? InteractionSupport.Yes : InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!isLive) console.Profile.Width = PlainWidth;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
