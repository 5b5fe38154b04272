using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// Examples and what is to be learned from each: features [N, ...] and targets [N, ...], row by row. Pixels stay bytes: 60,000 images of 28 by 28 take 47 MB.
/// A model of several inputs and outputs has features for each input and targets for each output. Immutable as long as nobody writes into the tensors, which it does not copy.
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
        : this([features], [targets], [classes], weights)
    {
    }

    /// <summary>Joins the features of several inputs with the targets of several outputs: <c>new DataSet([left, right], [labels, distances])</c>.</summary>
    /// <param name="features">For each input [N, ...]: U8 for pixels, which <see cref="Batches"/> scales to 0 to 1, or F32 or F64, taken as they are.</param>
    /// <param name="targets">For each output [N] of U8 or I32 for class labels, or [N, ...] of F32 or F64.</param>
    /// <param name="classes">For each output the number of classes, or null; where targets are labels, the largest label plus one unless told otherwise.</param>
    /// <param name="weights">What each example counts in every loss, [N] of F32 or F64, finite and 0 or more; all alike unless told otherwise.</param>
    /// <exception cref="ArgumentException">
    /// There are no features or no targets; the counts differ, of examples or of classes; a type or rank is none of these; a label lies outside 0 to its number of classes - 1;
    /// classes are named for targets that are no labels; or a weight is no such number.
    /// </exception>
    public DataSet(IReadOnlyList<Tensor> features, IReadOnlyList<Tensor> targets, IReadOnlyList<int?>? classes = null, Tensor? weights = null)
    {
        DataSetChecks.Refuse(features, targets, classes, weights);
        AllFeatures = [.. features];
        AllTargets = [.. targets];
        AllClasses = [.. targets.Select((tensor, i) => DataSetChecks.ClassesOf(tensor, classes?[i]))];
        Weights = weights;
    }

    /// <summary>What a model of one input is shown: [N, ...], U8, F32 or F64.</summary>
    /// <exception cref="InvalidOperationException">There are several inputs: <see cref="AllFeatures"/>.</exception>
    public Tensor Features => Only(nameof(DataSet), AllFeatures, "input", nameof(AllFeatures));

    /// <summary>What a model of one output should answer: class labels [N] of U8 or I32, or [N, ...] of F32 or F64.</summary>
    /// <exception cref="InvalidOperationException">There are several outputs: <see cref="AllTargets"/>.</exception>
    public Tensor Targets => Only(nameof(DataSet), AllTargets, "output", nameof(AllTargets));

    /// <summary>The number of classes where the targets are labels; otherwise <see langword="null"/>.</summary>
    /// <exception cref="InvalidOperationException">There are several outputs: <see cref="AllClasses"/>.</exception>
    public int? Classes => Only(nameof(DataSet), AllClasses, "output", nameof(AllClasses));

    /// <summary><see cref="Features"/> for each of a model's inputs, in their order.</summary>
    public IReadOnlyList<Tensor> AllFeatures { get; }

    /// <summary><see cref="Targets"/> for each of a model's outputs, in their order.</summary>
    public IReadOnlyList<Tensor> AllTargets { get; }

    /// <summary><see cref="Classes"/> for each of a model's outputs, in their order.</summary>
    public IReadOnlyList<int?> AllClasses { get; }

    /// <summary>What each example counts in a loss, [N]; null where all count alike.</summary>
    public Tensor? Weights { get; }

    /// <summary>The number of examples, N.</summary>
    public int Count => AllFeatures[0].Shape[0];

    /// <summary>The shape of one example: a model's input shape.</summary>
    /// <exception cref="InvalidOperationException">There are several inputs: <see cref="AllFeatures"/>.</exception>
    public Shape FeatureShape => Features.Shape.WithoutFirst();

    /// <summary>The first examples. A view: nothing is copied.</summary>
    /// <param name="count">How many, from 0 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many.</exception>
    public DataSet Take(int count)
    {
        RefuseCount(count, nameof(Take));
        return Of(tensor => tensor.Rows(0, count));
    }

    /// <summary>All but the first examples. A view: nothing is copied.</summary>
    /// <param name="count">How many to leave out, from 0 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many.</exception>
    public DataSet Skip(int count)
    {
        RefuseCount(count, nameof(Skip));
        return Of(tensor => tensor.Rows(count, Count - count));
    }

    /// <summary>A copy of certain examples, in the order in which they are named.</summary>
    /// <param name="rows">Their positions, each from 0 to <see cref="Count"/> - 1. One may be named twice.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position lies outside the set.</exception>
    public DataSet Select(params ReadOnlySpan<int> rows)
    {
        CheckRows(rows, Count, nameof(rows));
        int[] chosen = rows.ToArray();
        return Of(tensor => Indexing.GatherRows(tensor, chosen));
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
    public override string ToString() => $"DataSet({string.Join(", ", AllFeatures.Select(Text))} -> {string.Join(", ", AllTargets.Select((tensor, i) => AllClasses[i] is { } classes ? FormattableString.Invariant($"{classes} classes") : Text(tensor)))})";

    /// <summary>The only one of a list.</summary>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    internal static T Only<T>(string self, IReadOnlyList<T> all, string what, string instead) => all.Count == 1
        ? all[0]
        : throw new InvalidOperationException(FormattableString.Invariant($"{self}: expected one {what}, got {all.Count}. Take {instead}."));

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

    /// <summary>Some of the examples: what a function makes of each tensor.</summary>
    private DataSet Of(Func<Tensor, Tensor> rows) => new([.. AllFeatures.Select(rows)], [.. AllTargets.Select(rows)], AllClasses, Weights is null ? null : rows(Weights));

    private void RefuseCount(int count, string method)
    {
        if (count >= 0 && count <= Count) return;
        throw new ArgumentOutOfRangeException(nameof(count), string.Create(CultureInfo.InvariantCulture, $"{method}: expected a count from 0 to {Count}, got {count}."));
    }

    private static string Text(Tensor tensor) => $"{tensor.DType} {tensor.Shape}";
}
