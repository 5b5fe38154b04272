using System.Text.Json.Nodes;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Inspection;

public class TapeJsonTests
{
    // A line for each node and step.
    [Fact]
    public async Task The_example_is_written_whole() => await Verifier.Verify(TapeJson.Write(Tapes.Example(Adjoints.Kept))
        .Replace("{\"id\"", "\n  {\"id\"", StringComparison.Ordinal)
        .Replace("{\"phase\"", "\n  {\"phase\"", StringComparison.Ordinal)
        .Replace("\"steps\"", "\n\"steps\"", StringComparison.Ordinal));

    [Fact]
    public void Numbers_that_are_none_are_strings_and_others_are_the_shortest_of_their_type()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.1f]));

        JsonObject value = Node(TapeView.Of(tape, x), 0)["value"]!.AsObject();

        Assert.Equal("""["NaN","Infinity","-Infinity",0.1]""", value["elements"]!.ToJsonString());
        Assert.Equal("0.1", value["min"]!.ToJsonString());
        Assert.Equal((1, 2), (value["nans"]!.GetValue<int>(), value["infs"]!.GetValue<int>()));
    }

    [Fact]
    public void A_large_tensor_is_a_histogram_whose_counts_add_up_to_its_finite_elements()
    {
        using Tape tape = new();
        double[] numbers = [double.NaN, .. Enumerable.Range(0, 2000).Select(i => (double)i)];
        Variable x = tape.Watch(Tensor.From(numbers));

        JsonObject value = Node(TapeView.Of(tape, x), 0)["value"]!.AsObject();

        Assert.False(value.ContainsKey("elements"));
        JsonArray edges = value["histogram"]!["edges"]!.AsArray(), counts = value["histogram"]!["counts"]!.AsArray();
        Assert.Equal(counts.Count + 1, edges.Count);
        Assert.Equal((0, 1999), (edges[0]!.GetValue<double>(), edges[^1]!.GetValue<double>()));
        Assert.Equal(2000, counts.Sum(count => count!.GetValue<int>()));
        Assert.All(counts, count => Assert.InRange(count!.GetValue<int>(), 62, 63));
    }

    [Fact]
    public void A_name_or_title_cannot_end_a_script_that_the_text_stands_in()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(1));

        string json = TapeJson.Write(TapeView.Of(tape, x, [(x, "</script><!--")], title: "<script>"));

        Assert.DoesNotContain('<', json);
        Assert.Equal("</script><!--", JsonNode.Parse(json)!["nodes"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public void It_is_the_same_in_every_culture()
    {
        string plain = TapeJson.Write(Tapes.Example(Adjoints.Recorded));

        Assert.Equal(plain, Culture.Foreign(() => TapeJson.Write(Tapes.Example(Adjoints.Recorded))));
    }

    private static JsonObject Node(TapeView view, int id) => JsonNode.Parse(TapeJson.Write(view))!["nodes"]![id]!.AsObject();
}
