using Tapestry.Data;

namespace Tapestry.Training;

/// <summary>What examples count in the loss by their class, for data in which some classes are rare: <c>trainer.Fit(train, classWeights: ClassWeights.Balanced(train))</c>.</summary>
public static class ClassWeights
{
    /// <summary>
    /// N/(classes·count) for each class that occurs, with which all of these have the same sum of weights, and the weights of all examples add up to their number: what
    /// scikit-learn calls balanced. King and Zeng, "Logistic regression in rare events data", 2001.
    /// </summary>
    /// <param name="data">Class numbers as targets.</param>
    /// <exception cref="ArgumentException">The targets are no class numbers.</exception>
    public static IReadOnlyDictionary<int, double> Balanced(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Classes is not { } classes) throw new ArgumentException($"ClassWeights: expected class numbers as targets, got {data}.", nameof(data));
        int[] counts = new int[classes];
        Numbers labels = new(data.Targets);
        for (int i = 0; i < labels.Length; i++) counts[(int)labels[i]]++;
        int present = counts.Count(count => count > 0);
        return Enumerable.Range(0, classes).Where(number => counts[number] > 0).ToDictionary(number => number, number => (double)data.Count / present / counts[number]);
    }
}
