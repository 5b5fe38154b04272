using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp gradcheck</c>: checks the derivatives of every operation and layer against finite differences.</summary>
internal static class GradcheckCommand
{
    private const int HighestOrder = 2;

    private sealed record Row(string Name, string Kind, Func<int, GradientReport> Check);

    private static IEnumerable<Row> Rows =>
    [
        .. Catalogue.Operations.Select(row => new Row(row.Name, row.Kind == OperationKind.Primitive ? "operation" : row.Kind.ToString().ToLowerInvariant(), row.Check)),
        .. LayerCatalogue.Layers.Select(row => new Row(row.ClassName, "layer", row.Check)),
    ];

    public static Command Create(Terminal terminal, Interruption interruption)
    {
        Argument<string?> name = new("NAME") { Description = "An operation or layer, such as Exp or BatchNormalization; all of them unless told otherwise.", Arity = ArgumentArity.ZeroOrOne, HelpName = "NAME" };
        name.CompletionSources.Add([.. Rows.Select(row => row.Name)]);
        Option<bool> json = CommonOptions.Json();
        Command command = new("gradcheck", "Check derivatives of first and second order against finite differences.") { name, json };
        command.SetAction((parsed, _) => Task.Run(() => Run(parsed.GetValue(name), parsed.GetValue(json), terminal, interruption.Token)));
        return command;
    }

    private static int Run(string? name, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        Row[] rows = [.. Rows.Where(row => name is null || LooseName.Of(row.Name) == LooseName.Of(name))];
        if (rows.Length == 0) throw new UsageException($"gradcheck: expected one of {string.Join(", ", Rows.Select(row => row.Name))}, got '{name}'.{Suggestion.For(name!, Rows.Select(row => row.Name))}");

        int width = Rows.Max(row => row.Name.Length);
        if (!json) terminal.Result($"{"name".PadRight(width)}  kind       order  worst error  verdict");
        int failed = 0;
        foreach (Row row in rows)
        {
            for (int order = 1; order <= HighestOrder; order++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                GradientReport report = row.Check(order);
                if (!report.Passed) failed++;
                if (json)
                {
                    terminal.Result(new JsonObject
                    {
                        ["name"] = row.Name,
                        ["kind"] = row.Kind,
                        ["order"] = order,
                        ["worst_error"] = Terminal.Number(Math.Max(report.WorstError, report.DotProductError)),
                        ["passed"] = report.Passed,
                    });
                }
                else
                {
                    terminal.Result(string.Create(CultureInfo.InvariantCulture, $"{row.Name.PadRight(width)}  {row.Kind,-9}  {order,5}  {Math.Max(report.WorstError, report.DotProductError),11:0.0e+00}  {(report.Passed ? "passed" : "FAILED")}"));
                }

                if (!report.Passed) terminal.Note($"{row.Name}: {report}");
            }
        }

        if (!json) terminal.Result(failed == 0 ? $"all {rows.Length * HighestOrder} checks passed" : $"{failed} of {rows.Length * HighestOrder} checks failed");
        return failed == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }
}
