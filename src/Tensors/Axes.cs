using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>
/// One axis or several: <c>-1</c>, <c>[0, 2]</c>. Negative axes count from the end. An immutable value that an <see langword="int"/> converts to.
/// </summary>
[CollectionBuilder(typeof(Axes), nameof(Of))]
public sealed class Axes : IReadOnlyList<int>
{
    private readonly int[] axes;

    private Axes(int[] axes) => this.axes = axes;

    /// <summary>The number of axes named.</summary>
    public int Count => axes.Length;

    /// <summary>The axis at a position, as it was given.</summary>
    public int this[int index] => axes[index];

    /// <summary>Names several axes.</summary>
    public static Axes Of(params ReadOnlySpan<int> axes) => new(axes.ToArray());

    /// <summary>Names one axis.</summary>
    public static implicit operator Axes(int axis) => new([axis]);

    /// <summary>Names one axis.</summary>
    public static Axes FromInt32(int axis) => axis;

    /// <summary>The axes of a tensor of that rank, counted from the front and in ascending order.</summary>
    /// <exception cref="ArgumentException">An axis lies outside the rank, or is named twice.</exception>
    public int[] Resolve(int rank)
    {
        int[] resolved = new int[axes.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            resolved[i] = axes[i] < 0 ? axes[i] + rank : axes[i];
            if (rank == 0) throw new ArgumentException($"Axes: expected no axes of a scalar, got {this}.");
            if (resolved[i] < 0 || resolved[i] >= rank)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"Axes: expected axes from {-rank} to {rank - 1} of a tensor of rank {rank}, got {this}."));
            }
        }

        Array.Sort(resolved);
        for (int i = 1; i < resolved.Length; i++)
        {
            if (resolved[i] == resolved[i - 1])
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"Axes: expected each axis once, got {this} for a tensor of rank {rank}."));
            }
        }

        return resolved;
    }

    /// <summary>The axes that these leave out, ascending: what is reduced where these are kept.</summary>
    public Axes Complement(int rank)
    {
        int[] resolved = Resolve(rank);
        return new([.. Enumerable.Range(0, rank).Where(axis => !resolved.Contains(axis))]);
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)axes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary><c>-1</c> for one axis, <c>[0, 2]</c> for several.</summary>
    public override string ToString()
    {
        string list = string.Join(", ", axes.Select(axis => axis.ToString(CultureInfo.InvariantCulture)));
        return axes.Length == 1 ? list : $"[{list}]";
    }
}
