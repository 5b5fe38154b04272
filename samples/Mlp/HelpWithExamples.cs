using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Tapestry.Samples.Mlp;

/// <summary>The parser's own help, with examples behind it.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        ["mlp"] = ["mlp train", "mlp evaluate runs/20260101-120000-bn-after", "mlp train --help"],
        ["train"] =
        [
            "mlp train",
            "mlp train --model plain --epochs 10 --optimizer sgd:learning_rate=0.05,momentum=0.9",
            "mlp train --data mnist --validation-split 0 --output runs/mnist",
            "mlp train --model own.json --json",
            "mlp train --data regression --model samples/models/regression.json --early-stopping val_r2_score",
            "mlp train --optimizer adamw:weight_decay=0.01 --schedule onecycle:max=0.01 --clip-norm 1",
            "mlp train --schedule cosine:warmup=100 --accumulate 4 --ema 0.99",
            "mlp train --resume runs/mnist --epochs 20",
        ],
        ["compare"] = ["mlp compare runs/*", "mlp compare runs/one runs/two --html report.html", "mlp compare --models plain,bn-before,bn-after --data mnist --html report.html"],
        ["find-rate"] = ["mlp find-rate", "mlp find-rate --model plain --optimizer nesterov --batch-size 64", "mlp find-rate --data mnist --from 1e-5 --to 1 --json"],
        ["evaluate"] = ["mlp evaluate runs/mnist", "mlp evaluate runs/mnist --data synthetic:1000:7"],
        ["predict"] = ["mlp predict runs/mnist --index 42", "mlp predict runs/mnist --image seven.pgm"],
        ["fold"] = ["mlp fold runs/mnist", "mlp fold runs/mnist --population --output folded"],
        ["models"] = ["mlp models"],
        ["summary"] = ["mlp summary --model bn-before", "mlp summary --model own.json"],
        ["data"] = ["mlp data show", "mlp data write digits --gzip", "mlp data download mnist"],
        ["data show"] = ["mlp data show --count 12", "mlp data show --data mnist", "mlp data show --data spirals"],
        ["data write"] = ["mlp data write digits", "mlp data write digits --data synthetic:60000 --gzip"],
        ["data list"] = ["mlp data list"],
        ["data download"] = ["mlp data download mnist", "mlp data download fashion-mnist --output data/fashion", "mlp data download mnist --mirror https://example.org/mnist/"],
        ["gradcheck"] = ["mlp gradcheck", "mlp gradcheck batch-normalization"],
        ["explain"] = ["mlp explain bn", "mlp explain bn --dialect lasagne --on 1,2,3,4"],
        ["explain bn"] = ["mlp explain bn", "mlp explain bn --dialect keras1 --mode 1", "mlp explain bn --on 1,2,3,4 --upstream 1,0,0,0", "mlp explain bn --dialect tf1 --renorm rmax=1.1,rmin=0.9,dmax=0.5 --on '1,10;2,20' --json"],
        ["bench"] = ["mlp bench", "mlp bench --only train --threads 1", "mlp bench --only matmul --json"],
        ["differentiate"] =
        [
            "mlp differentiate --expression 'a*b + exp(a)' --at a=1,b=2",
            "mlp differentiate --expression 'tanh(w*x)' --at w=0.5,x=2 --wrt w --by-hand 'w=x*(1 - tanh(w*x)^2)'",
            "mlp differentiate --expression 'sum(log(x))' --at 'x=[1,2,3]' --json",
            "mlp differentiate bn",
        ],
        ["differentiate bn"] = ["mlp differentiate bn", "mlp differentiate bn --on 1,2,3,4 --upstream 1,2,0,-1 --gamma 2", "mlp differentiate bn --on '1,10;2,40;5,90' --epsilon 0 --json"],
        ["tape"] =
        [
            "mlp tape --expression 'a*b + exp(a)' --at a=1,b=2 --gradient",
            "mlp tape --layer batch-normalization --gradient",
            "mlp tape --expression 'sum(tanh(W*x))' --at 'W=[[1,2],[3,4]],x=[0.5,-1]' --second-order --format dot | dot -Tsvg",
            "mlp tape --model bn-after --batch 4 --gradient --output tape.html",
        ],
        ["completions"] = ["source <(mlp completions bash)", "mlp completions fish | source"],
    };

    /// <summary>Puts the examples behind a command's help, and all its subcommands'.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExamples((HelpAction)option.Action!);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int status = help.Invoke(parseResult);
        Command command = parseResult.CommandResult.Command;
        string[] examples = Examples[command is RootCommand ? "mlp" : Path(command)];
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
        foreach (string example in examples) output.WriteLine($"  {example}");
        return status;
    }

    /// <summary>The command's name behind those of the commands that it belongs to: <c>data show</c>.</summary>
    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand ? $"{Path(parent)} {command.Name}" : command.Name;
}
