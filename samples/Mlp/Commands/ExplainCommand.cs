using System.CommandLine;
using Tapestry.Samples.Mlp.Explain;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp explain</c>: what a layer computes, formula by formula and number by number.</summary>
internal static class ExplainCommand
{
    // Read by Choices, which says what is wrong with a value.
    private static Option<string>[] BatchNormalizationOptions =>
    [
        Named("--dialect", string.Join('|', Dialects.Names), "Whose batch normalization: tf.keras, Keras 1, TensorFlow contrib, Lasagne, tf.compat.v1.keras, or the paper's Algorithm 1. [default: keras]"),
        Named("--mode", "0|1|2", "Keras 1's mode: 0 feature by feature, 1 sample by sample, 2 always by the batch; with --dialect keras1. [default: 0]"),
        Named("--momentum", "X", "The weight of the old moving statistics; the dialect's unless told otherwise."),
        Named("--epsilon", "X", "What is added to the variance; the dialect's unless told otherwise."),
        Named("--center", "true|false", "Whether beta is added. [default: true]"),
        Named("--scale", "true|false", "Whether gamma multiplies; the dialect's unless told otherwise."),
        Named("--axis", "LIST", "The axes that are kept, the batch's being 0: -1, or 1,2; the dialect's unless told otherwise."),
        Named("--axes", "LIST", "The axes that are averaged over, instead: 0, or 0,2,3."),
        Named("--renorm", "rmax=X,rmin=X,dmax=X", "Batch renormalization in training, with these bounds, each of which may be left out.", ArgumentArity.ZeroOrOne),
        Named("--virtual-batch-size", "N", "Normalize groups of N examples in training; the whole batch unless told otherwise."),
        Named("--grouping", "strided|contiguous", "Which examples make a group: every so many-th, or neighbours. [default: strided]"),
        Named("--adjustment", "SCALE,BIAS", "What x-hat is multiplied by, and what is added to it, in training, before gamma and beta."),
        Named("--use-averages", "true|false", "Whether the moving statistics normalize; in inference only unless told otherwise."),
        Named("--update-averages", "true|false", "Whether the moving statistics are updated; in training only unless told otherwise."),
        Named("--updates", "immediate|deferred", "When: in the forward pass, or when one asks; the dialect's unless told otherwise. With --on, deferred leaves them queued."),
        Named("--training", "true|false", "Whether the pass is one of training. [default: true]"),
        Named("--on", "1,2,3,4", "Run the layer on this column; rows of several features are separated by semicolons: '1,10;2,20', or '1,2,3;' for a single one."),
        Named("--upstream", "1,0,0,0", "The gradient that comes back to each element of the output, with --on; ones unless told otherwise."),
        Named("--steps", "N", "How many passes on the same input, with the statistics updated after each; with --on. [default: 1]"),
    ];

    public static Command Create(Terminal terminal, Interruption interruption) => new("explain", "Show what a layer computes: its formula, and every number on the way.")
    {
        BatchNormalizationCommand(terminal, interruption),
    };

    private static Command BatchNormalizationCommand(Terminal terminal, Interruption interruption)
    {
        Option<string>[] options = BatchNormalizationOptions;
        options[0].CompletionSources.Add([.. Dialects.Names]);
        Option<bool> json = new("--json") { Description = "Print one JSON object with the numbers instead of text; with --on." };
        Command command = new("bn", "Explain batch normalization in each library's dialect, and run it on a few numbers.");
        foreach (Option<string> option in options) command.Add(option);
        command.Add(json);
        command.SetAction((parsed, _) =>
        {
            Dictionary<string, string> given = [];
            foreach (Option<string> option in options)
            {
                if (parsed.GetResult(option) is { Implicit: false } result) given[option.Name] = result.Tokens is [.., { } last] ? last.Value : "";
            }

            return Task.Run(() => Run(Choices.Read(given), parsed.GetValue(json), terminal, interruption.Token));
        });
        return command;
    }

    private static int Run(Choices choices, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        if (json && choices.Rows is null) throw new UsageException("--json: expected --on with it, got none. Its numbers are those of a run.");
        Experiment? experiment = Experiment.Run(choices, cancellationToken);
        if (json)
        {
            terminal.Result(experiment!.ToJson());
            return ExitStatus.Done;
        }

        foreach (string line in Formula.Of(choices, experiment)) terminal.Result(line);
        foreach (string line in experiment is null ? [] : Report.Of(experiment)) terminal.Result(line);
        return ExitStatus.Done;
    }

    private static Option<string> Named(string name, string helpName, string description, ArgumentArity? arity = null) =>
        new(name) { Description = description, HelpName = helpName, Arity = arity ?? ArgumentArity.ExactlyOne };
}
