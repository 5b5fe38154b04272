using System.Text.RegularExpressions;
using Tapestry.Autodiff.Inspection;

namespace Tapestry.Autodiff.Tests.Inspection;

public class TapeMermaidTests
{
    [Fact]
    public async Task The_example_is_a_flowchart() => await Verifier.Verify(TapeMermaid.Write(Tapes.Example(Adjoints.Recorded)));

    [Fact]
    public async Task Layers_are_subgraphs() => await Verifier.Verify(TapeMermaid.Write(Tapes.Layers(Adjoints.Kept)));

    // A label is all that stands between its quotes: letters, digits, marks that mean nothing to Mermaid, its entities, and the line breaks and bold type that were put in.
    [Fact]
    public void Whatever_a_name_holds_it_stays_inside_its_label()
    {
        string text = TapeMermaid.Write(Tapes.Hostile());

        string[] lines = text.Split('\n');
        Assert.Equal(["---", "---"], lines.Where(line => line.StartsWith("---", StringComparison.Ordinal)));
        string[] labels = [.. lines.Where(line => line.Contains('"', StringComparison.Ordinal)).Skip(1)];
        Assert.Equal(Tapes.Hostile().Nodes.Count + 1, labels.Length);
        Assert.All(labels, line => Assert.Matches("^ +(n\\d+|subgraph layer\\d+ )(\\[|\\(\\[|\\[\\[)\"((?!<)[^\"#&>`\\\\*_~\\p{Cc}]|#\\d+;|<br/>|</?b>)*\"(\\]|\\]\\)|\\]\\])$", line));
        Assert.Contains("n0([\"<b>a#34;b</b>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_edge_and_class_is_of_a_node_that_is_there()
    {
        TapeView view = Tapes.Layers(Adjoints.Recorded);
        string text = TapeMermaid.Write(view);

        Assert.Equal(view.Nodes.SelectMany(node => node.Inputs.Select(input => $"n{input} n{node.Id}")), Regex.Matches(text, @"^  (n\d+) -\.?-?> (n\d+)$", RegexOptions.Multiline).Select(match => $"{match.Groups[1]} {match.Groups[2]}"));
        Assert.Equal(view.Nodes.Select(node => node.Id).Order(), Regex.Matches(text, @"^ +n(\d+)[[(]", RegexOptions.Multiline).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.Equal(Regex.Count(text, @"^ +subgraph ", RegexOptions.Multiline), Regex.Count(text, @"^ +end$", RegexOptions.Multiline));
    }
}
