using System.Globalization;
using Tapestry.Data;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>What the classes count in the loss, as the command line has it: <c>balanced</c>, or <c>CLASS=WEIGHT,...</c>.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Given">The weights; null for balanced ones.</param>
internal sealed record ClassWeightsChoice(string Text, IReadOnlyDictionary<int, double>? Given)
{
    private const string Balanced = "balanced";

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text is neither.</exception>
    public static ClassWeightsChoice Parse(string text)
    {
        if (text == Balanced) return new ClassWeightsChoice(text, null);
        Dictionary<int, double> given = [];
        foreach (string pair in text.Split(','))
        {
            string[] sides = pair.Split('=', 2);
            if (sides.Length != 2 || !int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                throw new UsageException($"--class-weights: expected {Balanced} or CLASS=WEIGHT,..., got '{pair}'.{Suggestion.For(pair, [Balanced])}");
            }

            double weight = Numbers.RealOf(sides[1], $"--class-weights {number}", "a finite number of 0 or more", value => value is >= 0 and < double.PositiveInfinity);
            if (!given.TryAdd(number, weight)) throw new UsageException($"--class-weights: expected each class once, got {number} twice.");
        }

        return new ClassWeightsChoice(text, given);
    }

    /// <summary>Refuses targets without classes.</summary>
    /// <exception cref="UsageException">They are numbers.</exception>
    public static void Check(DataSource data)
    {
        if (!data.HasClasses) throw new UsageException($"--class-weights: expected data with classes, got {data.Text}, whose targets are numbers. Leave it out.");
    }

    /// <summary>The weights for some examples.</summary>
    /// <exception cref="UsageException">A class is none of theirs.</exception>
    public IReadOnlyDictionary<int, double> For(DataSet train)
    {
        if (Given is null) return ClassWeights.Balanced(train);
        foreach (int number in Given.Keys)
        {
            if (number >= train.Classes) throw new UsageException($"--class-weights: expected classes from 0 to {train.Classes - 1}, got {number}.");
        }

        return Given;
    }
}
