using System.Text.RegularExpressions;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>Keeps the tables at the end of docs/batch-normalization.md true: every row of the sources once, and with tests that exist.</summary>
public partial class RowTableTests
{
    private static readonly (char Letter, int Count)[] Sources = [('A', 21), ('B', 20), ('C', 16), ('D', 23), ('E', 17)];

    [Fact]
    public void Every_row_of_the_sources_stands_in_one_of_the_tables_once()
    {
        string[] expected = [.. Sources.SelectMany(source => Enumerable.Range(1, source.Count).Select(number => $"{source.Letter}{number}"))];

        string[] found = [.. Rows().Select(row => row.Row)];

        Assert.Empty(expected.Except(found));
        Assert.Empty(found.Except(expected));
        Assert.Empty(found.GroupBy(row => row).Where(rows => rows.Count() > 1).Select(rows => rows.Key));
    }

    [Fact]
    public void Every_test_that_the_tables_name_exists()
    {
        HashSet<string> tests = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).SelectMany(TestsOf)];

        string[] named = [.. Rows().SelectMany(row => TestName().Matches(row.Text).Select(match => match.Groups[1].Value))];

        Assert.Contains("RowTableTests.Every_test_that_the_tables_name_exists", tests);
        Assert.Empty(named.Except(tests));
    }

    [Fact]
    public void Every_row_names_a_test_or_says_why_there_is_none()
    {
        (string Section, string Row, string Text)[] rows = [.. Rows()];

        Assert.Equal(["Tested", "Not applicable, or elsewhere"], rows.Select(row => row.Section).Distinct());
        Assert.All(rows, row => Assert.True(row.Section == "Tested" ? OnlyTests().IsMatch(row.Text) : row.Text.Length > 15, $"{row.Row}: {row.Text}"));
    }

    private static IEnumerable<(string Section, string Row, string Text)> Rows()
    {
        string section = "";
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "docs", "batch-normalization.md")))
        {
            if (line.StartsWith('#')) section = line.TrimStart('#', ' ');
            if (TableRow().Match(line) is { Success: true } match) yield return (section, match.Groups[1].Value, match.Groups[2].Value);
        }
    }

    private static IEnumerable<string> TestsOf(string file)
    {
        string text = File.ReadAllText(file);
        string name = ClassName().Match(text).Groups[1].Value;
        return TestMethod().Matches(text).Select(match => $"{name}.{match.Groups[1].Value}");
    }

    [GeneratedRegex(@"^\| ([A-E]\d+) \| (.+) \|$")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^`\w+Tests\.\w+`(, `\w+Tests\.\w+`)*$")]
    private static partial Regex OnlyTests();

    [GeneratedRegex(@"\bclass (\w+)")]
    private static partial Regex ClassName();

    // An attribute that ends in Fact or Theory, then others, then the method.
    [GeneratedRegex(@"^ *\[\w*(?:Fact|Theory)\b[^\n]*\]\s*\n(?: *\[[^\n]*\]\s*\n)* *public (?:static )?(?:async )?(?:void|Task) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestMethod();
}
