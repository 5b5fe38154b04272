using System.Globalization;
using MathNet.Numerics.Distributions;

namespace Tapestry.Samples.Mlp.Compare;

/// <summary>
/// Two models' answers to the same examples, paired: only those count where one is right and the other wrong. McNemar, 1947, in its exact form.
/// </summary>
/// <param name="OnlyFirst">How many only the first got right.</param>
/// <param name="OnlySecond">How many only the second got right.</param>
internal sealed record McNemar(int OnlyFirst, int OnlySecond)
{
    /// <summary>
    /// How likely so uneven a split, or one more so, is among two models of equal worth: twice the tail of a binomial distribution with p = 1/2; 1 where they differ nowhere.
    /// </summary>
    public double P
    {
        get
        {
            int differing = OnlyFirst + OnlySecond;
            return differing == 0 ? 1 : Math.Min(1, 2 * new Binomial(0.5, differing).CumulativeDistribution(Math.Min(OnlyFirst, OnlySecond)));
        }
    }

    /// <summary><see cref="P"/> as one writes it: four decimals, and what is smaller as that.</summary>
    public string Text => P < 0.0001 ? "< 0.0001" : P.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>Counts.</summary>
    /// <param name="first">Whether the first is right, for each example.</param>
    /// <param name="second">The same of the second.</param>
    public static McNemar Of(IReadOnlyList<bool> first, IReadOnlyList<bool> second)
    {
        (int onlyFirst, int onlySecond) = (0, 0);
        for (int i = 0; i < first.Count; i++)
        {
            if (first[i] && !second[i]) onlyFirst++;
            if (second[i] && !first[i]) onlySecond++;
        }

        return new McNemar(onlyFirst, onlySecond);
    }
}
