using System.CommandLine;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object a line instead of text." };

    public static Option<string> Model()
    {
        Option<string> option = new("--model")
        {
            Description = $"The model: {string.Join("; ", Models.Descriptions.Select(pair => $"{pair.Key} ({pair.Value})"))}.",
            HelpName = string.Join('|', Models.Descriptions.Keys),
            DefaultValueFactory = _ => "bn-after",
        };
        option.Validators.Add(result =>
        {
            string name = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "bn-after";
            if (!Models.Descriptions.ContainsKey(name)) result.AddError($"--model: expected {string.Join(", ", Models.Descriptions.Keys)}, got '{name}'.");
        });
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
}
