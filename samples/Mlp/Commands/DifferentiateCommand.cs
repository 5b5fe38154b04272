using System.CommandLine;
using Tapestry.Samples.Mlp.Differentiate;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Explain;
using Tapestry.Samples.Mlp.Expressions;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp differentiate</c>: one function by all the ways there are to differentiate, side by side.</summary>
internal static class DifferentiateCommand
{
    public static Command Create(Terminal terminal, Interruption interruption)
    {
        Option<string?> expression = ExpressionInput.ExpressionOption(), at = ExpressionInput.AtOption();
        Option<string?> wrt = new("--wrt") { Description = "The names to differentiate by; all unless told otherwise.", HelpName = "NAME,..." };
        Option<string[]> byHand = new("--by-hand")
        {
            Description = "A derivative of one's own to check, once for each name to differentiate by: 'a=b + exp(a)'.",
            HelpName = "NAME=EXPRESSION",
            DefaultValueFactory = _ => [],
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("differentiate", "Differentiate one function by hand, by differences, symbolically, forward, in reverse and by elimination, side by side.")
        {
            expression, at, wrt, byHand, json, BatchNormalizationCommand(terminal, interruption),
        };
        command.SetAction((parsed, _) => Task.Run(() =>
        {
            if (parsed.GetValue(expression) is not { } text) throw new UsageException("differentiate: expected --expression, or bn for batch normalization, got neither.");
            Problem problem = ExpressionProblem.Read(text, parsed.GetValue(at), parsed.GetValue(wrt), parsed.GetValue(byHand)!);
            return Write(Study.Of(problem, hessian: null, interruption.Token), parsed.GetValue(json), terminal);
        }));
        return command;
    }

    private static Command BatchNormalizationCommand(Terminal terminal, Interruption interruption)
    {
        Option<string> on = new("--on") { Description = "The batch: a column, or rows of several features separated by semicolons: '1,10;2,20'.", HelpName = "1,2,3,4", DefaultValueFactory = _ => "1,2,3,4" };
        Option<string?> upstream = new("--upstream") { Description = "The gradient that comes back to each element of the output; 1 to the first and 0 to the others unless told otherwise.", HelpName = "1,0,0,0" };
        Option<double> epsilon = Numbers.Real("--epsilon", "What is added to the variance.", "X", 1e-3, "a finite number of 0 or more", value => value is >= 0 and < double.PositiveInfinity);
        Option<double> gamma = Numbers.Real("--gamma", "The scale.", "X", 1.0, "a finite number", double.IsFinite);
        Option<bool> json = CommonOptions.Json();
        Command command = new("bn", "Batch normalization: the closed-form backward pass beside the tape's, and the second derivatives.") { on, upstream, epsilon, gamma, json };
        command.SetAction((parsed, _) => Task.Run(() =>
        {
            double[][] rows = Values.Rows(on.Name, parsed.GetValue(on)!);
            int elements = rows.Length * rows[0].Length;
            double[] dy = parsed.GetValue(upstream) is { } text ? Values.Upstream(upstream.Name, text, elements) : [1, .. Enumerable.Repeat(0.0, elements - 1)];
            Problem problem = BatchNormalizationProblem.Of(rows, dy, parsed.GetValue(epsilon), parsed.GetValue(gamma));
            HessianStudy hessian = HessianStudy.Of([.. rows.Select(row => row[0])], parsed.GetValue(epsilon));
            return Write(Study.Of(problem, hessian, interruption.Token), parsed.GetValue(json), terminal);
        }));
        return command;
    }

    private static int Write(Study study, bool json, Terminal terminal)
    {
        if (json) terminal.Result(StudyJson.Of(study));
        else new StudyReport(study, new Page(terminal)).Write();
        return ExitStatus.Done;
    }
}
