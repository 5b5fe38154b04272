using System.CommandLine;
using System.Text;
using Tapestry.Autodiff.Inspection;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Expressions;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Samples.Mlp.Tapes;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp tape</c>: what a tape records of an expression, a layer or a model, with values and adjoints.</summary>
internal static class TapeCommand
{
    /// <summary>A larger batch makes no other tape, only a slower one.</summary>
    private const int LargestBatch = 1000;

    private const string Text = "text";
    private const string Json = "json";

    private static readonly Dictionary<string, (string[] Endings, Func<TapeView, string> Write)> Formats = new()
    {
        [Text] = ([".txt"], TapeText.Write),
        ["dot"] = ([".dot", ".gv"], TapeDot.Write),
        ["mermaid"] = ([".mmd", ".mermaid"], TapeMermaid.Write),
        ["html"] = ([".html", ".htm"], TapePage.Write),
        [Json] = ([".json"], view => TapeJson.Write(view) + "\n"),
    };

    public static Command Create(Terminal terminal)
    {
        Option<string?> expression = ExpressionInput.ExpressionOption(), at = ExpressionInput.AtOption();
        Option<string?> layer = RecordedLayer.Option();
        Option<string?> model = CommonOptions.OptionalModel();
        Option<int> batch = Numbers.Whole("--batch", "How many examples go through the layer or the model.", 4, smallest: 1);
        Option<string?> format = new("--format")
        {
            Description = "What to write: a table, a graph for Graphviz or for Mermaid, a page that steps through the tape, or JSON. Unless told otherwise what --output's ending says, and else text.",
            HelpName = string.Join('|', Formats.Keys),
            CustomParser = result => CommonOptions.Parse(result, text => Formats.ContainsKey(text)
                ? text
                : throw new UsageException($"--format: expected {string.Join(", ", Formats.Keys)}, got '{text}'.{Suggestion.For(text, Formats.Keys)}")),
        };
        format.CompletionSources.Add([.. Formats.Keys]);
        Option<string?> output = new("--output") { Description = "The file to write, which must not exist yet; standard output unless told otherwise.", HelpName = "FILE" };
        Option<bool> gradient = new("--gradient") { Description = "Run the reverse pass too, and show the adjoints." };
        Option<bool> secondOrder = new("--second-order") { Description = "Record the reverse pass, so that it appears on the tape as operations that can be differentiated again." };
        Option<bool> json = new("--json") { Description = "The same as --format json." };
        Command command = new("tape", "Show what a tape records: every operation, its numbers, what is kept for derivatives, the adjoints.") { expression, at, layer, model, batch, format, output, gradient, secondOrder, json };
        command.Validators.Add(result =>
        {
            string[] given = [.. ((Option[])[expression, layer, model]).Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
            if (given.Length != 1) result.AddError($"tape: expected one of --expression, --layer and --model, got {(given.Length == 0 ? "none" : string.Join(" and ", given))}.");
            else if (given[0] != expression.Name && result.GetResult(at) is { Implicit: false }) result.AddError($"--at: expected --expression with it, got {given[0]}.");
            else if (given[0] == expression.Name && result.GetResult(batch) is { Implicit: false }) result.AddError("--batch: expected --layer or --model with it, got --expression.");
            else if (result.GetResult(json) is { Implicit: false } && result.GetResult(format) is { Implicit: false }) result.AddError("--json: expected either this or --format, got both.");
        });
        command.SetAction((parsed, _) => Task.Run(() =>
        {
            if (parsed.GetValue(batch) > LargestBatch) throw new UsageException($"--batch: expected at most {LargestBatch} examples, got {parsed.GetValue(batch)}.");
            if (parsed.GetValue(output) is { } taken) OutputFile.Check(output.Name, taken);
            Adjoints adjoints = parsed.GetValue(secondOrder) ? Adjoints.Recorded : parsed.GetValue(gradient) ? Adjoints.Kept : Adjoints.None;
            TapeView view = parsed.GetValue(expression) is { } formula ? RecordedExpression.View(ExpressionInput.Read(formula, parsed.GetValue(at)), adjoints)
                : parsed.GetValue(layer) is { } name ? RecordedLayer.View(name, parsed.GetValue(batch), adjoints)
                : RecordedModel.View(parsed.GetValue(model)!, parsed.GetValue(batch), adjoints);
            return Write(Formats[parsed.GetValue(json) ? Json : parsed.GetValue(format) ?? FormatOf(parsed.GetValue(output))].Write(view), parsed.GetValue(output), terminal);
        }));
        return command;
    }

    /// <summary>The format that a file's ending stands for.</summary>
    private static string FormatOf(string? file) => Formats.FirstOrDefault(format => format.Value.Endings.Contains(Path.GetExtension(file)?.ToLowerInvariant())).Key ?? Text;

    private static int Write(string text, string? file, Terminal terminal)
    {
        if (file is null)
        {
            terminal.Output.Write(text);
            return ExitStatus.Done;
        }

        AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        terminal.Result(file);
        return ExitStatus.Done;
    }
}
