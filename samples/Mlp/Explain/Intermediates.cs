using Tapestry.Layers;

namespace Tapestry.Samples.Mlp.Explain;

/// <summary>The numbers that one element of the input meets on its way through the formula. Spread is what is stored where that normalizes, else the variance.</summary>
internal sealed record Element(int Row, int Feature, double X, double Mean, double Spread, double Centered, double Normalized, double R, double D, double Adjusted);

/// <summary>
/// The formula written out in plain arithmetic, apart from the layer: what a reader would compute by hand. The layer's own output stands beside it, and tests compare both.
/// </summary>
internal static class Intermediates
{
    /// <summary>The elements of the last pass, feature by feature; row by row where each has statistics of its own.</summary>
    public static IReadOnlyList<Element> Of(Experiment experiment)
    {
        Choices choices = experiment.Choices;
        BatchNormalization layer = choices.Layer;
        int rows = experiment.Rows;
        bool isShared = layer.MovingMean.Value.ToDoubles().Length == 1;
        bool bySample = layer.By == NormalizeBy.Sample, byRow = layer.BatchSize is not null;
        (int Row, int Feature, double X)[] inputs = [.. choices.Rows!.SelectMany((row, i) => row.Select((value, j) => (i, j, value)))];

        // Where an element's parameters stand: by its feature, or by its row where that is what is kept.
        int Place(int row, int feature) => isShared ? 0 : byRow ? row : feature;

        // Which statistics an element shares: its sample's, or its feature's within its group.
        int Group(int row) => layer.VirtualBatches is not { } groups || !choices.Groups ? 0 : groups.Grouping == Grouping.Strided ? row % (rows / groups.Size) : row / groups.Size;
        (int, int) Key(int row, int feature) => bySample ? (row, 0) : (Group(row), Place(row, feature));

        Dictionary<(int, int), double> means = inputs.GroupBy(input => Key(input.Row, input.Feature)).ToDictionary(group => group.Key, group => group.Average(input => input.X));
        Dictionary<(int, int), double> variances = inputs.GroupBy(input => Key(input.Row, input.Feature)).ToDictionary(
            group => group.Key,
            group => group.Average(input => (input.X - means[group.Key]) * (input.X - means[group.Key])));

        Element Follow((int Row, int Feature, double X) input)
        {
            int index = Place(input.Row, input.Feature);
            double Stored(string name) => experiment.Variables.Single(variable => variable.Name == name).Before[index];
            double mean, spread, deviation;
            if (choices.ByBatch)
            {
                (mean, spread) = (means[Key(input.Row, input.Feature)], variances[Key(input.Row, input.Feature)]);
                deviation = Math.Sqrt(spread + layer.Epsilon);
            }
            else
            {
                (mean, spread) = (Stored(choices.Local(layer.MovingMean)), Stored(choices.Local(layer.MovingVariance)));
                deviation = layer.Stored == StoredStatistic.InverseDeviation ? 1 / spread : Math.Sqrt(spread + layer.Epsilon);
            }

            double normalized = (input.X - mean) / (bySample ? deviation + layer.Epsilon : deviation);
            (double r, double d) = (1, 0);
            if (choices.Renormalizes)
            {
                double reference = Math.Max(Stored("renorm_stddev"), Math.Sqrt(layer.Epsilon));
                r = Math.Clamp(deviation / reference, layer.Renorm!.MinR, layer.Renorm.MaxR);
                d = Math.Clamp((mean - Stored("renorm_mean")) / reference, -layer.Renorm.MaxD, layer.Renorm.MaxD);
            }

            (double scale, double bias) = choices.Adjusts ? choices.Adjustment!.Value : (1, 0);
            return new Element(input.Row, input.Feature, input.X, mean, spread, input.X - mean, normalized, r, d, (((normalized * r) + d) * scale) + bias);
        }

        return [.. inputs.Select(Follow).OrderBy(element => bySample || byRow ? element.Row : element.Feature)];
    }
}
