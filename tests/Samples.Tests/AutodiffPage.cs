using System.Text.RegularExpressions;

namespace Tapestry.Samples.Tests;

/// <summary>
/// <c>docs/autodiff.md</c>, whose fenced blocks come from <c>samples/AutodiffFromScratch</c>. Above each stands where from: <c>&lt;!-- listing: NAME --&gt;</c> the lines between
/// <c>// listing: NAME</c> and <c>// end</c> in the code, <c>&lt;!-- output: NAME --&gt;</c> what is printed below <c># NAME</c>.
/// </summary>
internal static partial class AutodiffPage
{
    public const string Sample = "AutodiffFromScratch";

    public static string Folder { get; } = Path.Combine(Repository.Root, "docs");

    public static string File { get; } = Path.Combine(Folder, "autodiff.md");

    /// <summary>The regions of the sample's code, by name, without the indentation that all their lines share.</summary>
    public static SortedDictionary<string, string> Listings()
    {
        SortedDictionary<string, string> listings = new(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "samples", Sample), "*.cs"))
        {
            foreach (Match region in Region().Matches(Lines(file))) listings.Add(region.Groups["name"].Value, Unindented(region.Groups["body"].Value));
        }

        return listings;
    }

    /// <summary>What the sample prints, by section.</summary>
    public static SortedDictionary<string, string> Outputs()
    {
        SortedDictionary<string, string> outputs = new(StringComparer.Ordinal);
        foreach (Match section in Section().Matches(SampleRun.Of(Sample))) outputs.Add(section.Groups["name"].Value, section.Groups["body"].Value.TrimEnd('\n'));
        return outputs;
    }

    /// <summary>The page with the blocks as they ought to be; a name that is nowhere gives a block that says so.</summary>
    public static string Filled(string page, IReadOnlyDictionary<string, string> listings, IReadOnlyDictionary<string, string> outputs) => Block().Replace(page, block =>
    {
        string name = block.Groups["name"].Value;
        string body = (block.Groups["kind"].Value == "listing" ? listings : outputs).GetValueOrDefault(name) ?? $"there is no {block.Groups["kind"].Value} {name}";
        return $"{block.Groups["head"].Value}{body}\n```\n";
    });

    /// <summary>The names that stand above blocks of a kind, in order.</summary>
    public static IEnumerable<string> Named(string page, string kind) => Block().Matches(page).Where(block => block.Groups["kind"].Value == kind).Select(block => block.Groups["name"].Value);

    public static string Lines(string file) => System.IO.File.ReadAllText(file).Replace("\r\n", "\n", StringComparison.Ordinal);

    private static string Unindented(string body)
    {
        string[] lines = body.TrimEnd('\n').Split('\n');
        int shared = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart(' ').Length);
        return string.Join('\n', lines.Select(line => line.Length > 0 ? line[shared..] : line));
    }

    [GeneratedRegex(@"^ *// listing: (?<name>[\w-]+)\n(?<body>.*?)^ *// end\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex(@"^# (?<name>[\w-]+)\n(?<body>.*?)(?=^# |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"(?<head><!-- (?<kind>listing|output): (?<name>[\w-]+) -->\n```\w*\n)(?<body>.*?)^```\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
