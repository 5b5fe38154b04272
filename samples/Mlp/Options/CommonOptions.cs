using System.CommandLine;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>What help calls the value of --data.</summary>
    public const string DataNames = "NAME[:COUNT[:SEED]]|DIR";

    private const long LongestModel = 10_000_000;

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object a line instead of text." };

    public static Option<string> Model() => Model(new Option<string>("--model") { DefaultValueFactory = _ => Mlp.Models.Default });

    /// <summary>The same without a default, for a command that also takes something else.</summary>
    public static Option<string?> OptionalModel() => Model(new Option<string?>("--model"));

    /// <summary>Several models, to be trained alike.</summary>
    public static Option<string[]?> Models()
    {
        Option<string[]?> option = new("--models")
        {
            Description = "Train these first, alike but for the model: names or files, as for train's --model.",
            HelpName = "MODEL,...",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Parse(result, text => text.Split(',').Select(model => KnownModel("--models", model)).ToArray()),
        };
        option.CompletionSources.Add([.. Mlp.Models.BuiltIn.Keys]);
        return option;
    }

    public static Option<DataSource> Data() => new("--data")
    {
        Description = "What to learn: synthetic[:COUNT[:SEED]], generated digits; xor, four points; spirals[:COUNT[:SEED]], points of three classes; regression[:COUNT[:SEED]], numbers instead of classes; mnist or fashion-mnist, once 'mlp data download' has fetched it; or a folder with MNIST's four IDX files.",
        HelpName = DataNames,
        DefaultValueFactory = _ => DataSource.Default,
        CustomParser = result => Parse(result, DataSource.Parse),
    };

    public static Option<MetricsChoice?> Metrics()
    {
        Option<MetricsChoice?> option = new("--metrics")
        {
            Description = $"What to measure beside the loss and the accuracy, or where the targets are numbers root_mean_squared_error and r2_score: name[:key=value],... The names, by Keras: {string.Join(", ", MetricsChoice.Names.Except(LossChoice.Names))}, and those of the losses.",
            HelpName = "NAME,...",
            CustomParser = result => Parse(result, MetricsChoice.Parse),
        };
        option.CompletionSources.Add([.. MetricsChoice.Names]);
        return option;
    }

    /// <summary>Parses the one token of an option; a complaint becomes the parser's error.</summary>
    public static T? Parse<T>(System.CommandLine.Parsing.ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[^1].Value);
        }
        catch (UsageException complaint)
        {
            result.AddError(complaint.Message);
            return default;
        }
    }

    /// <summary>What a library's refusal says, without the name of the parameter that .NET puts behind it.</summary>
    public static string Text(ArgumentException refusal) => refusal.Message.Replace($" (Parameter '{refusal.ParamName}')", "", StringComparison.Ordinal);

    /// <summary>Reads a file that the user named: one that may not be read is for the user to put right, as one that is missing is.</summary>
    public static T Readable<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (IOException error) when (error.InnerException is UnauthorizedAccessException)
        {
            throw new UsageException(error.Message);
        }
    }

    private static Option<T> Model<T>(Option<T> option)
        where T : class?
    {
        string builtIn = string.Join("; ", Mlp.Models.BuiltIn.Select(pair => $"{pair.Key} ({pair.Value})"));
        option.Description = $"The model: {builtIn}; or a file of one's own in Keras's JSON.";
        option.HelpName = $"{string.Join('|', Mlp.Models.BuiltIn.Keys)}|FILE.json";
        option.CustomParser = result => (T?)(object?)Parse(result, text => KnownModel("--model", text));
        option.CompletionSources.Add([.. Mlp.Models.BuiltIn.Keys]);
        return option;
    }

    private static string KnownModel(string option, string text)
    {
        if (Mlp.Models.BuiltIn.ContainsKey(text)) return text;
        string expected = $"{option}: expected {string.Join(", ", Mlp.Models.BuiltIn.Keys)} or a JSON file";
        if (File.Exists(text))
        {
            // Before it is opened: a device may have no end, and opening a pipe would wait for somebody to write into it.
            FileSystemInfo file = File.ResolveLinkTarget(text, returnFinalTarget: true) ?? new FileInfo(text);
            return file is FileInfo { Length: > 0 and <= LongestModel } ? text : throw new UsageException($"{expected} of at most {LongestModel} bytes, got '{text}', which is empty, larger, or a device.");
        }

        throw new UsageException(text.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? $"{expected}, got '{text}', which does not exist."
            : $"{expected}, got '{text}'.{Suggestion.For(text, Mlp.Models.BuiltIn.Keys)}");
    }
}
