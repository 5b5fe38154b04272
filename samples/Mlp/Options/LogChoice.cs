using System.CommandLine;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>What is logged into a run's folder beside the run's own files: <c>csv,jsonl,tensorboard</c>.</summary>
internal sealed class LogChoice
{
    private static readonly Dictionary<string, Func<Trainer, string, ICallback>> Known = new()
    {
        ["csv"] = (trainer, folder) => new CsvLogger(trainer, Path.Combine(folder, "log.csv")),
        ["jsonl"] = (trainer, folder) => new JsonLinesLogger(trainer, Path.Combine(folder, "log.jsonl")),
        ["tensorboard"] = (_, folder) => new TensorBoard(Path.Combine(folder, "tensorboard")),
    };

    private readonly string[] names;

    private LogChoice(string[] names) => this.names = names;

    /// <summary>The names, separated by commas.</summary>
    public string Text => string.Join(',', names);

    /// <summary>The option, which may be given several times.</summary>
    public static Option<LogChoice?> Option()
    {
        Option<LogChoice?> option = new("--log")
        {
            Description = "Log the epochs into the run's folder: csv (log.csv), jsonl (log.jsonl, an object a line) or tensorboard (tensorboard/, for tensorboard --logdir); several with commas.",
            HelpName = string.Join('|', Known.Keys),
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => CommonOptions.Parse(result, _ => Parse(string.Join(',', result.Tokens.Select(token => token.Value)))),
        };
        option.CompletionSources.Add([.. Known.Keys]);
        return option;
    }

    /// <exception cref="UsageException">A name is none, or stands twice.</exception>
    public static LogChoice Parse(string text)
    {
        string[] names = text.Split(',');
        foreach (string name in names)
        {
            if (!Known.ContainsKey(name)) throw new UsageException($"--log: expected one of {string.Join(", ", Known.Keys)}, got '{name}'.{Suggestion.For(name, Known.Keys)}");
        }

        string? twice = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? new LogChoice(names) : throw new UsageException($"--log: expected each once, got {twice} twice.");
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    /// <summary>Makes what logs.</summary>
    public IEnumerable<ICallback> Create(Trainer trainer, string folder) => names.Select(name => Known[name](trainer, folder));
}
