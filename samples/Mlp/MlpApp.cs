using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Commands;

namespace Tapestry.Samples.Mlp;

/// <summary>The command line <c>mlp</c>: parses, runs, and turns errors into one line and a status. Results go to the output, everything else to the error writer.</summary>
public static class MlpApp
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where progress, warnings and errors go.</param>
    /// <returns>0 done, 1 failed, 2 wrong usage or bad input, 3 diverged, 130 interrupted.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);

        // Numbers are read and written invariantly whatever the system's language: 0.01 must not become 1 where the comma is decimal.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        Terminal terminal = new(output, error);
        RootCommand root = new("Trains the book's multilayer perceptrons with batch normalization, and looks inside them.")
        {
            TrainCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            SummaryCommand.Create(terminal),
            GradcheckCommand.Create(terminal),
        };

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine($"mlp: {parsed.Errors[0].Message}");
            error.WriteLine($"Run 'mlp {string.Join(' ', Path(parsed.CommandResult))}--help' to see what there is.");
            return ExitStatus.WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            });
        }
        catch (Exception exception)
        {
            (int status, string message) = Explain(exception);
            error.WriteLine($"mlp: {message}");
            return status;
        }
    }

    /// <summary>The names of the commands that were given, each with a blank behind it.</summary>
    private static IEnumerable<string> Path(CommandResult command) => command.Parent is CommandResult parent ? Path(parent).Append($"{command.Command.Name} ") : [];

    private static (int Status, string Message) Explain(Exception exception) => exception switch
    {
        UsageException or DataFormatException or FormatException or FileNotFoundException or DirectoryNotFoundException => (ExitStatus.WrongUsage, exception.Message),
        IOException or UnauthorizedAccessException => (ExitStatus.Failed, exception.Message),
        OperationCanceledException => (ExitStatus.Interrupted, "interrupted"),
        _ => (ExitStatus.Failed, $"an error of its own, which is worth a report: {exception.GetType().Name}: {exception.Message}"),
    };
}
