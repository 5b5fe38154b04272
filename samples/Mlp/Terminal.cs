using System.Text.Json.Nodes;

namespace Tapestry.Samples.Mlp;

/// <summary>Where a command writes: results, which other programs may read, and notes, which people do.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    /// <summary>Writes a line of the result.</summary>
    public void Result(string line) => output.WriteLine(line);

    /// <summary>Writes an object of the result, on one line. What is not a number becomes null, since JSON has no NaN.</summary>
    public void Result(JsonObject value) => output.WriteLine(value.ToJsonString());

    /// <summary>Writes a line that is not part of the result.</summary>
    public void Note(string line) => error.WriteLine(line);

    /// <summary>A number for JSON: null where it is not finite.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;
}
