using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp;

/// <summary>What a model reaches on examples: the first metric, the loss, and then the other metrics, as results tell it.</summary>
internal sealed class Tested
{
    private Tested(IReadOnlyList<KeyValuePair<string, double>> values) => Values = values;

    /// <summary>The names with their values.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Values { get; }

    /// <summary>The names with their values, for people.</summary>
    public IEnumerable<(string Name, string Text)> Lines => Values.Select(value => ($"test {value.Key}", value.Value.ToString("0.0000", CultureInfo.InvariantCulture)));

    /// <summary>Measures.</summary>
    /// <param name="trainer">The model, its loss, and one metric or more.</param>
    /// <param name="test">The examples.</param>
    public static Tested By(Trainer trainer, DataSet test)
    {
        List<KeyValuePair<string, double>> values = [.. trainer.Evaluate(test)];
        (values[0], values[1]) = (values[1], values[0]);
        return new Tested(values);
    }

    /// <summary>Adds the values to an object, for programs.</summary>
    public void AddTo(JsonObject line)
    {
        foreach ((string name, double value) in Values) line[$"test_{name}"] = Terminal.Number(value);
    }
}
