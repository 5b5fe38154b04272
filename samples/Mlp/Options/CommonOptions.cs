using System.CommandLine;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object a line instead of text." };

    public static Option<string> Model()
    {
        string builtIn = string.Join("; ", Models.BuiltIn.Select(pair => $"{pair.Key} ({pair.Value})"));
        Option<string> option = new("--model")
        {
            Description = $"The model: {builtIn}; or a file of one's own in Keras's JSON.",
            HelpName = $"{string.Join('|', Models.BuiltIn.Keys)}|FILE.json",
            DefaultValueFactory = _ => Models.Default,
            CustomParser = result => Parse(result, KnownModel),
        };
        option.CompletionSources.Add([.. Models.BuiltIn.Keys]);
        return option;
    }

    public static Option<DataSource> Data() => new("--data")
    {
        Description = "What to learn: synthetic[:COUNT[:SEED]], generated digits, or a folder with MNIST's four IDX files.",
        HelpName = "synthetic|DIR",
        DefaultValueFactory = _ => DataSource.Default,
        CustomParser = result => Parse(result, DataSource.Parse),
    };

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

    private static string KnownModel(string text)
    {
        if (Models.BuiltIn.ContainsKey(text) || File.Exists(text)) return text;
        string expected = $"--model: expected {string.Join(", ", Models.BuiltIn.Keys)} or a JSON file";
        throw new UsageException(text.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? $"{expected}, got '{text}', which does not exist."
            : $"{expected}, got '{text}'.{Suggestion.For(text, Models.BuiltIn.Keys)}");
    }
}
