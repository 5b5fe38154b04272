using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>What no <see cref="DataSet"/> is made of.</summary>
internal static class DataSetChecks
{
    /// <summary>Refuses tensors that are no features, targets or weights, or do not belong together. What is in labels is looked at by <see cref="ClassesOf"/>.</summary>
    /// <exception cref="ArgumentException">They are such.</exception>
    public static void Refuse(IReadOnlyList<Tensor> features, IReadOnlyList<Tensor> targets, IReadOnlyList<int?>? classes, Tensor? weights)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        if (features.Count == 0 || targets.Count == 0)
        {
            throw new ArgumentException(FormattableString.Invariant($"DataSet: expected features for an input and targets for an output at least, got {features.Count} and {targets.Count}."), nameof(features));
        }

        for (int i = 0; i < features.Count; i++)
        {
            ArgumentNullException.ThrowIfNull(features[i], nameof(features));
            if (features[i].Rank > 0 && features[i].DType != DType.I32) continue;
            throw new ArgumentException($"DataSet: expected features [N, ...] of U8, F32 or F64, got {features[i].DType} {features[i].Shape}{Which("input", i, features.Count)}.", nameof(features));
        }

        for (int i = 0; i < targets.Count; i++)
        {
            ArgumentNullException.ThrowIfNull(targets[i], nameof(targets));
            if (targets[i].Rank == 1 || (targets[i].Rank > 1 && targets[i].DType.IsFloat())) continue;
            throw new ArgumentException(
                $"DataSet: expected labels [N] of U8 or I32, or targets [N, ...] of F32 or F64, got {targets[i].DType} {targets[i].Shape}{Which("output", i, targets.Count)}.", nameof(targets));
        }

        int count = features[0].Shape[0];
        if (features.Concat(targets).Any(tensor => tensor.Shape[0] != count))
        {
            string expected = features.Count == 1 && targets.Count == 1 ? "as many targets as features" : "as many examples in all features and targets";
            throw new ArgumentException($"DataSet: expected {expected}, got features {Shapes(features)} and targets {Shapes(targets)}. Do they belong together?", nameof(targets));
        }

        if (classes is not null && classes.Count != targets.Count)
        {
            throw new ArgumentException(FormattableString.Invariant($"DataSet: expected a number of classes, or null, for each of {targets.Count} targets, got {classes.Count}."), nameof(classes));
        }

        if (weights is not null) RefuseWeights(weights, count);
    }

    /// <summary>The number of classes of labels; null for targets that are none.</summary>
    /// <exception cref="ArgumentException">A label lies outside it, or classes are named for targets that are no labels.</exception>
    public static int? ClassesOf(Tensor targets, int? classes)
    {
        if (targets.DType.IsFloat())
        {
            if (classes is not { } named) return null;
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"DataSet: expected no classes for targets of {targets.DType}, got {named}."), nameof(classes));
        }

        (int smallest, int largest) = Range(targets);
        int limit = classes ?? largest + 1;
        if (smallest < 0 || largest >= limit)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"DataSet: expected labels from 0 to {limit - 1}, got {(smallest < 0 ? smallest : largest)}."), nameof(targets));
        }

        return limit;
    }

    private static (int Smallest, int Largest) Range(Tensor targets)
    {
        int smallest = 0, largest = -1;
        if (targets.DType == DType.U8)
        {
            foreach (byte label in targets.AsSpan<byte>()) largest = Math.Max(largest, label);
            return (smallest, largest);
        }

        foreach (int label in targets.AsSpan<int>())
        {
            smallest = Math.Min(smallest, label);
            largest = Math.Max(largest, label);
        }

        return (smallest, largest);
    }

    private static void RefuseWeights(Tensor weights, int count)
    {
        if (!weights.DType.IsFloat() || weights.Rank != 1 || weights.Length != count)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"DataSet: expected a weight for each example, [{count}] of F32 or F64, got {weights.DType} {weights.Shape}."), nameof(weights));
        }

        foreach (double weight in weights.ToDoubles())
        {
            if (weight >= 0 && double.IsFinite(weight)) continue;
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"DataSet: expected finite weights of 0 or more, got {weight}."), nameof(weights));
        }
    }

    private static string Which(string what, int i, int count) => count == 1 ? "" : FormattableString.Invariant($" for {what} {i + 1}");

    private static string Shapes(IReadOnlyList<Tensor> tensors) => string.Join(", ", tensors.Select(tensor => tensor.Shape));
}
