using Tapestry.Layers;

namespace Tapestry.Samples.Mlp.Explain;

/// <summary>The dialects that can be explained: the layer's, and the paper's.</summary>
internal static class Dialects
{
    public const string Paper = "paper";

    public const string Keras1 = "keras1";

    /// <summary>The names, the layer's own first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BatchNormalizationDialect.All.Select(dialect => dialect.Name).Append(Paper).Distinct()];

    /// <summary>Where a layer starts from. The paper gives no defaults: tf.keras's serve.</summary>
    public static BatchNormalizationDialect Of(string name) => BatchNormalizationDialect.All.FirstOrDefault(dialect => dialect.Name == name) ?? BatchNormalizationDialect.Keras;

    /// <summary>Whose it is, and which rows of the table of sources tell of it.</summary>
    public static string Source(Choices choices)
    {
        List<string> rows =
        [
            choices.Dialect switch
            {
                Keras1 => "Keras 1.1, rows A1-A20",
                "contrib" => "TensorFlow contrib's batch_norm, rows B9-B19",
                "lasagne" => "Lasagne's BatchNormLayer, rows C1-C15",
                "tf1" => "tf.compat.v1.keras, rows E1-E16",
                Paper => choices.Training ? "Ioffe and Szegedy's Algorithm 1, row B3" : "Ioffe and Szegedy's Algorithm 2, row B4",
                _ => "tf.keras as the book uses it, rows D1-D21",
            },
        ];
        if (choices.Layer.By == NormalizeBy.Sample) rows.Add("mode 1: A3, A4");
        if (choices.Layer.By == NormalizeBy.Batch) rows.Add("mode 2: A5");
        if (choices.SetsAverages) rows.Add("averages: C9");
        if (choices.Layer.Renorm is not null) rows.Add("renorm: E5-E9");
        if (choices.Layer.VirtualBatches is not null) rows.Add("virtual batches: E11, E12");
        if (choices.Adjustment is not null) rows.Add("adjustment: E13");
        return string.Join("; ", rows);
    }
}
