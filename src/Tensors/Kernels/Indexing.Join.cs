namespace Tapestry.Tensors;

/// <content>Tensors put side by side.</content>
public static partial class Indexing
{
    /// <summary>Tensors one behind the other along an axis.</summary>
    /// <param name="parts">One or more, of one type, alike in rank and in all sizes but the axis's.</param>
    /// <param name="axis">The axis along which they are joined.</param>
    /// <exception cref="ArgumentException">There is none, or they do not fit together.</exception>
    public static Tensor Concatenate(ReadOnlySpan<Tensor> parts, int axis)
    {
        if (parts.IsEmpty) throw new ArgumentException("Concatenate: expected at least one operand, got none.", nameof(parts));
        Tensor first = parts[0];
        int along = Axes.FromInt32(axis).Resolve(first.Rank)[0];
        long total = 0;
        foreach (Tensor part in parts)
        {
            Guard.SameDType("Concatenate", first, part);
            if (part.Rank != first.Rank || part.Shape.With(along, 0) != first.Shape.With(along, 0))
            {
                throw new ArgumentException($"Concatenate: expected shapes that are equal but for axis {along}, got {first.Shape} and {part.Shape}.", nameof(parts));
            }

            total += part.Shape[along];
        }

        if (total > Array.MaxLength) throw new ArgumentException($"Concatenate: expected at most {Array.MaxLength} elements, got {total} along axis {along}.", nameof(parts));
        Tensor result = Tensor.Uninitialized(first.Shape.With(along, (int)total), first.DType);
        if (result.Length == 0) return result;

        // Seen as [outer, bytes], each part is a group of columns.
        int outer = Shape.Of(result.Shape.AsSpan()[..along]).ElementCount;
        int width = result.ByteLength / outer, column = 0;
        foreach (Tensor part in parts)
        {
            int run = part.ByteLength / outer;
            for (int row = 0; row < outer; row++) part.AsBytes().Slice(row * run, run).CopyTo(result.AsBytes()[((row * width) + column)..]);
            column += run;
        }

        return result;
    }
}
