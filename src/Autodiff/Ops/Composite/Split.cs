using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>x cut into equal parts along an axis.</summary>
    /// <param name="x">Any shape of rank 1 or more.</param>
    /// <param name="count">The number of parts, which divides the axis's size.</param>
    /// <param name="axis">The axis to cut.</param>
    /// <exception cref="ArgumentException">The count does not divide the size, or the axis lies outside the rank.</exception>
    public static IReadOnlyList<Variable> Split(Variable x, int count, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        int along = Axes.FromInt32(axis).Resolve(x.Shape.Rank)[0], size = x.Shape[along];
        if (count < 1 || size % count != 0)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"Split: expected a count that divides axis {along} of {x.Shape}, got {count}. Name the sizes of unequal parts instead."), nameof(count));
        }

        return Split(x, [.. Enumerable.Repeat(size / count, count)], along);
    }

    /// <summary>x cut into parts of given sizes along an axis. <see cref="Concatenate"/> puts them together again.</summary>
    /// <param name="x">Any shape of rank 1 or more.</param>
    /// <param name="sizes">The parts' sizes, which add up to the axis's.</param>
    /// <param name="axis">The axis to cut.</param>
    /// <exception cref="ArgumentException">The sizes do not add up, one is negative, or the axis lies outside the rank.</exception>
    public static IReadOnlyList<Variable> Split(Variable x, IReadOnlyList<int> sizes, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(sizes);
        int along = Axes.FromInt32(axis).Resolve(x.Shape.Rank)[0];
        if (sizes.Any(size => size < 0) || sizes.Sum(size => (long)size) != x.Shape[along])
        {
            string list = string.Join(", ", sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)));
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"Split: expected sizes of 0 or more that add up to {x.Shape[along]} for axis {along} of {x.Shape}, got [{list}]."), nameof(sizes));
        }

        Variable[] parts = new Variable[sizes.Count];
        int start = 0;
        for (int i = 0; i < parts.Length; start += sizes[i++]) parts[i] = Slice(x, Along(along, x.Shape.Rank, start..(start + sizes[i])));
        return parts;
    }
}
