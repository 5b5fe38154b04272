using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>Examples as they are shown: images are drawn, points of the plane can be put on a map, and of all others the numbers are told.</summary>
internal static class Examples
{
    /// <summary>Whether the examples are grey images.</summary>
    public static bool AreImages(DataSet data) => data.Features.DType == DType.U8 && data.FeatureShape.Rank == 2;

    /// <summary>Whether the examples are points of the plane.</summary>
    public static bool ArePoints(DataSet data) => data.FeatureShape == Shape.Of(2);

    /// <summary>An example without the axis of the examples.</summary>
    public static Tensor At(DataSet data, int index) => data.Features.Rows(index, 1).Reshape(data.FeatureShape);

    /// <summary>The examples whose wrong answer the model was surest of, the surest first; of equally sure ones the first.</summary>
    /// <param name="labels">The true class of each.</param>
    /// <param name="answers">The class that each was taken for.</param>
    /// <param name="probabilities">[N, classes].</param>
    /// <param name="count">How many at most.</param>
    public static int[] WorstMistakes(int[] labels, int[] answers, Tensor probabilities, int count) =>
        [.. Enumerable.Range(0, labels.Length).Where(i => answers[i] != labels[i]).OrderByDescending(i => probabilities[i, answers[i]]).ThenBy(i => i).Take(count)];

    /// <summary>The numbers of an example or an answer.</summary>
    public static string Text(Tensor values) => string.Join("  ", values.ToDoubles().Select(Text));

    /// <summary>A number.</summary>
    public static string Text(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>The numbers of an example, for programs.</summary>
    public static JsonArray Json(Tensor values) => [.. values.ToDoubles().Select(value => Terminal.Number(value))];
}
