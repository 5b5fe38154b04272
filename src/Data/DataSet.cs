using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// Examples and what is to be learned from each: features [N, ...] and targets [N, ...], row by row. Pixels stay bytes: 60,000 images of 28 by 28 take 47 MB.
/// Immutable as long as nobody writes into the tensors, which it does not copy.
/// </summary>
public sealed class DataSet
{
    /// <summary>Joins features with their targets.</summary>
    /// <param name="features">[N, ...]: U8 for pixels, which <see cref="Batches"/> scales to 0 to 1, or F32 or F64, taken as they are.</param>
    /// <param name="targets">[N] of U8 or I32 for class labels, or [N, ...] of F32 or F64.</param>
    /// <param name="classes">The number of classes; where targets are labels, the largest label plus one unless told otherwise.</param>
    /// <param name="weights">What each example counts in a loss, [N] of F32 or F64, finite and 0 or more; all alike unless told otherwise.</param>
    /// <exception cref="ArgumentException">
    /// The counts differ, a type or rank is none of these, a label lies outside 0 to <paramref name="classes"/> - 1, classes are named for targets that
    /// are no labels, or a weight is no such number.
    /// </exception>
    public DataSet(Tensor features, Tensor targets, int? classes = null, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        if (features.Rank == 0 || features.DType == DType.I32)
        {
            throw new ArgumentException($"DataSet: expected features [N, ...] of U8, F32 or F64, got {features.DType} {features.Shape}.", nameof(features));
        }

        if (targets.Rank == 0 || (targets.Rank > 1 && !targets.DType.IsFloat()))
        {
            throw new ArgumentException(
                $"DataSet: expected labels [N] of U8 or I32, or targets [N, ...] of F32 or F64, got {targets.DType} {targets.Shape}.", nameof(targets));
        }

        if (features.Shape[0] != targets.Shape[0])
        {
            throw new ArgumentException(
                $"DataSet: expected as many targets as features, got features {features.Shape} and targets {targets.Shape}. Do they belong together?",
                nameof(targets));
        }

        if (weights is not null) CheckWeights(weights, features.Shape[0]);
        Features = features;
        Targets = targets;
        Weights = weights;
        if (!targets.DType.IsFloat())
        {
            Classes = CheckLabels(targets, classes);
        }
        else if (classes is { } named)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"DataSet: expected no classes for targets of {targets.DType}, got {named}."), nameof(classes));
        }
    }

    /// <summary>What a model is shown: [N, ...], U8, F32 or F64.</summary>
    public Tensor Features { get; }

    /// <summary>What it should answer: class labels [N] of U8 or I32, or [N, ...] of F32 or F64.</summary>
    public Tensor Targets { get; }

    /// <summary>What each example counts in a loss, [N]; null where all count alike.</summary>
    public Tensor? Weights { get; }

    /// <summary>The number of examples, N.</summary>
    public int Count => Features.Shape[0];

    /// <summary>The number of classes where the targets are labels; otherwise <see langword="null"/>.</summary>
    public int? Classes { get; }

    /// <summary>The shape of one example: a model's input shape.</summary>
    public Shape FeatureShape => Features.Shape.WithoutFirst();

    /// <summary>The first examples. A view: nothing is copied.</summary>
    /// <param name="count">How many, from 0 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many.</exception>
    public DataSet Take(int count)
    {
        if (count < 0 || count > Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), string.Create(CultureInfo.InvariantCulture, $"Take: expected a count from 0 to {Count}, got {count}."));
        }

        return new DataSet(Features.Rows(0, count), Targets.Rows(0, count), Classes, Weights?.Rows(0, count));
    }

    /// <summary>All but the first examples. A view: nothing is copied.</summary>
    /// <param name="count">How many to leave out, from 0 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many.</exception>
    public DataSet Skip(int count)
    {
        if (count < 0 || count > Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), string.Create(CultureInfo.InvariantCulture, $"Skip: expected a count from 0 to {Count}, got {count}."));
        }

        return new DataSet(Features.Rows(count, Count - count), Targets.Rows(count, Count - count), Classes, Weights?.Rows(count, Count - count));
    }

    /// <summary>A copy of certain examples, in the order in which they are named.</summary>
    /// <param name="rows">Their positions, each from 0 to <see cref="Count"/> - 1. One may be named twice.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position lies outside the set.</exception>
    public DataSet Select(params ReadOnlySpan<int> rows)
    {
        CheckRows(rows, Count, nameof(rows));
        return new DataSet(Indexing.GatherRows(Features, rows), Indexing.GatherRows(Targets, rows), Classes, Weights is null ? null : Indexing.GatherRows(Weights, rows));
    }

    /// <summary>
    /// Holds a part out: the set is shuffled once, as the seed says, and the end of it becomes the validation part. Both parts are copies;
    /// the original can then be let go.
    /// </summary>
    /// <param name="validationFraction">The validation part's share, above 0 and below 1. Its count is rounded to the nearest, halves up.</param>
    /// <param name="seed">Names the shuffle: the same seed holds the same examples out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not above 0 and below 1, or so near to either that a part would be empty.</exception>
    public (DataSet Train, DataSet Validation) SplitEnd(double validationFraction, ulong seed)
    {
        int validation = validationFraction is > 0 and < 1 ? (int)Math.Floor((Count * validationFraction) + 0.5) : 0;
        if (validation == 0 || validation == Count)
        {
            throw new ArgumentOutOfRangeException(nameof(validationFraction), string.Create(
                CultureInfo.InvariantCulture,
                $"SplitEnd: expected a fraction between 0 and 1 that leaves both parts of {Count} examples some, got {validationFraction}."));
        }

        ReadOnlySpan<int> order = new Rng(seed).Permutation(Count);
        return (Select(order[..^validation]), Select(order[^validation..]));
    }

    /// <summary><c>DataSet(U8 [60000, 28, 28] -> 10 classes)</c></summary>
    public override string ToString() => Classes is { } classes
        ? string.Create(CultureInfo.InvariantCulture, $"DataSet({Features.DType} {Features.Shape} -> {classes} classes)")
        : $"DataSet({Features.DType} {Features.Shape} -> {Targets.DType} {Targets.Shape})";

    /// <exception cref="ArgumentOutOfRangeException">A row lies outside 0 to <paramref name="count"/> - 1.</exception>
    internal static void CheckRows(ReadOnlySpan<int> rows, int count, string parameter)
    {
        foreach (int row in rows)
        {
            if ((uint)row < (uint)count) continue;
            throw new ArgumentOutOfRangeException(parameter, string.Create(
                CultureInfo.InvariantCulture, $"DataSet: expected rows from 0 to {count - 1}, got {row}. Was the order made for another data set?"));
        }
    }

    private static void CheckWeights(Tensor weights, int count)
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

    private static int CheckLabels(Tensor targets, int? classes)
    {
        int smallest = 0, largest = -1;
        if (targets.DType == DType.U8)
        {
            foreach (byte label in targets.AsSpan<byte>()) largest = Math.Max(largest, label);
        }
        else
        {
            foreach (int label in targets.AsSpan<int>())
            {
                smallest = Math.Min(smallest, label);
                largest = Math.Max(largest, label);
            }
        }

        int limit = classes ?? largest + 1;
        if (smallest < 0 || largest >= limit)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"DataSet: expected labels from 0 to {limit - 1}, got {(smallest < 0 ? smallest : largest)}."), nameof(targets));
        }

        return limit;
    }
}
