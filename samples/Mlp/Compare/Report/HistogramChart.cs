using System.Globalization;
using Tapestry.Autodiff.Inspection;

namespace Tapestry.Samples.Mlp.Compare.Report;

/// <summary>How the elements of a tensor are distributed, as SVG bars with their numbers under the pointer, and figures below.</summary>
internal static class HistogramChart
{
    private const double Width = 220, Height = 56;

    /// <summary>Draws a tensor's distribution.</summary>
    public static Html Draw(TensorSummary tensor, string what)
    {
        Histogram? histogram = tensor.Histogram ?? (tensor.Elements is { } elements && elements.Any(double.IsFinite) ? Histogram.Of([.. elements.Where(double.IsFinite)], TensorSummary.HistogramClasses) : null);
        Html strange = tensor.NaNs + tensor.Infinities == 0 ? Html.Empty : $"<span class=\"wrong\">{tensor.NaNs} NaN, {tensor.Infinities} infinite</span>";
        if (histogram is null) return strange;
        double bar = Width / histogram.Counts.Count, most = histogram.Counts.Max();
        return $"""
            <svg class="histogram" viewBox="0 0 {Width} {Height}" role="img" aria-label="{what}">
            {Html.Each(Enumerable.Range(0, histogram.Counts.Count), i => $"<rect x=\"{i * bar:0.##}\" y=\"{Height * (1 - (histogram.Counts[i] / most)):0.##}\" width=\"{bar - 0.6:0.##}\" height=\"{Height * histogram.Counts[i] / most:0.##}\"><title>{histogram.Counts[i]} from {Number(histogram.Edges[i])} to {Number(histogram.Edges[i + 1])}</title></rect>")}
            </svg>
            <p class="figures"><span>{Number(tensor.Minimum)}</span><span>{Number(tensor.Maximum)}</span></p><p class="figures middle">{Number(tensor.Mean)} ± {Number(tensor.Deviation)}</p>{strange}

            """;
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) is > 0 and < 1e-3 or >= 1e5 ? "0.#e+0" : "0.####", CultureInfo.InvariantCulture);
}
