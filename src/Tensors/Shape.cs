using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>
/// The sizes of a tensor's axes, outermost first: <c>[32, 28, 28]</c>. Immutable; <c>[]</c> is a scalar. An axis may have size 0.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public sealed class Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    private readonly int[] sizes;

    private Shape(int[] sizes, int elementCount)
    {
        this.sizes = sizes;
        ElementCount = elementCount;
    }

    /// <summary>The shape of a single number: <c>[]</c>.</summary>
    public static Shape Scalar { get; } = new([], 1);

    /// <summary>The number of axes.</summary>
    public int Rank => sizes.Length;

    /// <summary>
    /// The number of elements: the product of the sizes, 1 for a scalar. Not called Length, because C# takes a property of that name for the number of items that
    /// enumerating gives, and would size <c>[.. shape, 10]</c> by it.
    /// </summary>
    public int ElementCount { get; }

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>The size of an axis; negative axes count from the end.</summary>
    public int this[int axis] => sizes[axis < 0 ? axis + sizes.Length : axis];

    /// <summary>The size of an axis: <c>shape[^1]</c> is the last.</summary>
    public int this[Index axis] => sizes[axis];

    /// <summary>Makes a shape from its sizes.</summary>
    /// <exception cref="ArgumentException">A size is negative, or the product of the sizes exceeds what one array can hold.</exception>
    public static Shape Of(params ReadOnlySpan<int> sizes)
    {
        // Multiplied in 64 bits and checked at each step: 65536 · 65536 is 0 in an unchecked int.
        long length = 1;
        bool empty = sizes.Contains(0);
        foreach (int size in sizes)
        {
            if (size < 0)
            {
                throw new ArgumentException($"Shape: expected sizes of 0 or more, got {Join(sizes)}.", nameof(sizes));
            }

            length = empty ? 0 : length * size;
            if (length > Array.MaxLength)
            {
                throw new ArgumentException(
                    $"Shape: expected at most {Array.MaxLength.ToString(CultureInfo.InvariantCulture)} elements, got {Join(sizes)}.", nameof(sizes));
            }
        }

        return new Shape(sizes.ToArray(), (int)length);
    }

    /// <summary>The sizes as a span.</summary>
    public ReadOnlySpan<int> AsSpan() => sizes;

    /// <summary>The shape with another axis in front: a batch of what this describes.</summary>
    public Shape Prepend(int size) => Of([size, .. sizes]);

    /// <summary>The shape without its first axis: one row of what this describes.</summary>
    public Shape WithoutFirst() => Of(sizes.AsSpan(1));

    /// <summary>The shape with the size of one axis replaced; negative axes count from the end.</summary>
    public Shape With(int axis, int size)
    {
        int[] changed = [.. sizes];
        changed[axis < 0 ? axis + sizes.Length : axis] = size;
        return Of(changed);
    }

    /// <summary>
    /// The shape that two operands take together by NumPy's rule: aligned at the last axis, sizes must be equal or one of them 1.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Equals(b)) return a;

        int[] sizes = new int[Math.Max(a.Rank, b.Rank)];
        for (int fromEnd = 1; fromEnd <= sizes.Length; fromEnd++)
        {
            int sizeA = fromEnd <= a.Rank ? a[^fromEnd] : 1;
            int sizeB = fromEnd <= b.Rank ? b[^fromEnd] : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
            {
                throw new ArgumentException(
                    $"Broadcast: expected sizes that are equal or 1 from the last axis backward, got {a} and {b}. Is a Reshape or keepDimensions missing?");
            }

            sizes[^fromEnd] = sizeA == 1 ? sizeB : sizeA;
        }

        return Of(sizes);
    }

    /// <summary>Whether a tensor of this shape can be repeated to <paramref name="target"/> by NumPy's rule.</summary>
    public bool BroadcastsTo(Shape target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (Rank > target.Rank) return false;
        for (int fromEnd = 1; fromEnd <= Rank; fromEnd++)
        {
            if (this[^fromEnd] != 1 && this[^fromEnd] != target[^fromEnd]) return false;
        }

        return true;
    }

    /// <summary>
    /// Turns sizes of which one may be -1 into the shape that holds <paramref name="length"/> elements.
    /// </summary>
    /// <exception cref="ArgumentException">The sizes cannot hold that many elements.</exception>
    public static Shape Infer(ReadOnlySpan<int> sizes, int length)
    {
        int unknown = sizes.IndexOf(-1);
        int unknowns = 0;
        foreach (int size in sizes)
        {
            if (size == -1) unknowns++;
            if (size < -1 || unknowns > 1) throw new ArgumentException($"Reshape: expected sizes of 0 or more, of which one may be -1, got {Join(sizes)}.");
        }

        int[] resolved = sizes.ToArray();
        if (unknown >= 0)
        {
            resolved[unknown] = 1;
            int known = Of(resolved).ElementCount;
            resolved[unknown] = known == 0 ? 0 : length / known;
        }

        Shape shape = Of(resolved);
        return shape.ElementCount == length
            ? shape
            : throw new ArgumentException($"Reshape: expected sizes that hold {length.ToString(CultureInfo.InvariantCulture)} elements, got {Join(sizes)}.");
    }

    /// <summary>Whether sizes of which one may be -1 name this shape.</summary>
    internal bool Is(ReadOnlySpan<int> named)
    {
        if (named.Length != sizes.Length || named.Count(-1) > 1) return false;
        for (int axis = 0; axis < named.Length; axis++)
        {
            // What an axis of -1 stands for is open where the others hold no element.
            if (named[axis] != sizes[axis] && (named[axis] != -1 || ElementCount == 0)) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && sizes.AsSpan().SequenceEqual(other.sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <summary>Whether two shapes have the same sizes.</summary>
    public static bool operator ==(Shape? a, Shape? b) => a is null ? b is null : a.Equals(b);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape? a, Shape? b) => !(a == b);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        foreach (int size in sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary><c>[32, 784]</c></summary>
    public override string ToString() => Join(sizes);

    private static string Join(ReadOnlySpan<int> sizes) => "[" + string.Join(", ", sizes.ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture))) + "]";
}
