using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Commands;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp;

/// <summary>The command line <c>mlp</c>: parses, runs, and turns errors into one line and a status. Results go to the output, everything else to the error writer.</summary>
public static class MlpApp
{
    /// <summary>Runs a command line with plain output.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where progress, warnings and errors go.</param>
    /// <param name="cancellationToken">Interrupts, as Ctrl-C does.</param>
    /// <returns>0 done, 1 failed, 2 wrong usage or bad input, 3 diverged, 130 interrupted.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        using Interruption interruption = Interruption.By(cancellationToken);
        return await RunAsync(args, new Terminal(output, error), interruption);
    }

    internal static async Task<int> RunAsync(string[] args, Terminal terminal, Interruption interruption)
    {
        // Numbers are read and written invariantly whatever the system's language: 0.01 must not become 1 where the comma is decimal.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        RootCommand root = new("Trains the book's multilayer perceptrons with batch normalization, and looks inside them.")
        {
            TrainCommand.Create(terminal, interruption),
            CompareCommand.Create(terminal, interruption),
            FindRateCommand.Create(terminal, interruption),
            EvaluateCommand.Create(terminal),
            PredictCommand.Create(terminal),
            FoldCommand.Create(terminal),
            ModelsCommand.Create(terminal),
            SummaryCommand.Create(terminal),
            DataCommand.Create(terminal, interruption),
            GradcheckCommand.Create(terminal, interruption),
            ExplainCommand.Create(terminal, interruption),
            BenchCommand.Create(terminal, interruption),
            DifferentiateCommand.Create(terminal, interruption),
            TapeCommand.Create(terminal),
            CompletionsCommand.Create(terminal),
        };

        HelpWithExamples.AddTo(root);

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            terminal.Note($"mlp: {Unmatched(parsed) ?? parsed.Errors[0].Message}");
            terminal.Note($"Run 'mlp {string.Concat(Path(parsed.CommandResult))}--help' to see what there is.");
            return ExitStatus.WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,

                // Signals are the Interruption's.
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception exception)
        {
            (int status, string message) = Explain(exception, interruption);
            terminal.Note($"mlp: {string.Concat(message.ReplaceLineEndings(" ").Select(letter => char.IsControl(letter) ? ' ' : letter))}");
            return status;
        }
    }

    /// <summary>The names of the commands that were given, each with a blank behind it.</summary>
    private static IEnumerable<string> Path(CommandResult command) => command.Parent is CommandResult parent ? Path(parent).Append($"{command.Command.Name} ") : [];

    /// <summary>What is wrong with a word that is no command or option, and what it may have meant; null where there is none.</summary>
    private static string? Unmatched(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        return parsed.UnmatchedTokens is [string word, ..]
            ? $"expected a command or an option, got '{word}'.{Suggestion.For(word, command.Subcommands.Select(sub => sub.Name).Concat(command.Options.Select(option => option.Name)))}"
            : null;
    }

    private static (int Status, string Message) Explain(Exception exception, Interruption interruption) => exception switch
    {
        UsageException or DataFormatException or FormatException or FileNotFoundException or DirectoryNotFoundException => (ExitStatus.WrongUsage, exception.Message),
        IOException or UnauthorizedAccessException => (ExitStatus.Failed, exception.Message),
        OperationCanceledException => (interruption.Status, "interrupted"),
        _ => (ExitStatus.Failed, $"an error of its own, which is worth a report: {exception.GetType().Name}: {exception.Message}"),
    };
}
