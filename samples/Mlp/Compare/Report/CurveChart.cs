namespace Tapestry.Samples.Mlp.Compare.Report;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What a pointer over it is told.</param>
/// <param name="Run">The position of its run, which chooses its colour.</param>
/// <param name="IsValidation">Whether it is solid, as validation is, or dashed, as training is.</param>
/// <param name="Values">A value for each epoch; NaN and infinities are left out.</param>
internal sealed record Curve(string Name, int Run, bool IsValidation, IReadOnlyList<double> Values);

/// <summary>Learning curves as SVG: the epochs to the right, a circle with its numbers under the pointer for each.</summary>
internal static class CurveChart
{
    private const double Width = 520, Height = 300, Left = 56, Right = 508, Top = 10, Bottom = 270;

    /// <summary>How many colours the runs take turns in.</summary>
    public const int Colors = 8;

    /// <summary>Draws some curves of one measure.</summary>
    public static Html Draw(string measure, IReadOnlyList<Curve> curves)
    {
        int epochs = curves.Max(curve => curve.Values.Count);
        Axis across = new(1, Math.Max(2, epochs), Left, Right), up = Axis.Over(curves.SelectMany(curve => curve.Values), Bottom, Top);
        return $"""
            <svg class="curves" viewBox="0 0 {Width} {Height}" role="img" aria-label="{measure} over the epochs">
            {Html.Each(up.Ticks(), tick => $"<path class=\"grid\" d=\"M{Left} {tick.Place:0.#}H{Right}\"/><text x=\"{Left - 6}\" y=\"{tick.Place + 4:0.#}\" text-anchor=\"end\">{tick.Text}</text>\n")}
            {Html.Each(across.Ticks(smallest: 1), tick => $"<text x=\"{tick.Place:0.#}\" y=\"{Bottom + 18}\" text-anchor=\"middle\">{tick.Text}</text>\n")}
            {Html.Each(curves, curve => Draw(curve, across, up))}
            </svg>

            """;
    }

    private static Html Draw(Curve curve, Axis across, Axis up)
    {
        (int Epoch, double Value)[] points = [.. curve.Values.Select((value, i) => (i + 1, value)).Where(point => double.IsFinite(point.value))];
        return $"""
            <g class="c{curve.Run % Colors}{(curve.IsValidation ? "" : " trained")}"><path class="curve" d="{Path(points, across, up)}"/>
            {Html.Each(points, point => $"<circle cx=\"{across.Place(point.Epoch):0.#}\" cy=\"{up.Place(point.Value):0.#}\" r=\"{(points.Length > 40 ? 1.5 : 3)}\"><title>{curve.Name}, epoch {point.Epoch}: {point.Value:0.#####}</title></circle>")}</g>

            """;
    }

    /// <summary>Straight from epoch to epoch, with a gap where one has no number.</summary>
    private static string Path((int Epoch, double Value)[] points, Axis across, Axis up) => string.Concat(points.Select((point, i) => FormattableString.Invariant(
        $"{(i > 0 && points[i - 1].Epoch == point.Epoch - 1 ? 'L' : 'M')}{across.Place(point.Epoch):0.#} {up.Place(point.Value):0.#}")));
}
