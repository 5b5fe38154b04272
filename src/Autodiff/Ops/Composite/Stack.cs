using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>Variables of one shape along a new axis: three of shape [2] become [3, 2] along axis 0, [2, 3] along axis 1 or -1.</summary>
    /// <param name="parts">One or more, of one type and shape.</param>
    /// <param name="axis">Where the new axis stands in the result.</param>
    /// <exception cref="ArgumentException">There is none, their shapes or types differ, or the axis lies outside the result.</exception>
    public static Variable Stack(IReadOnlyList<Variable> parts, int axis)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0) throw new ArgumentException("Stack: expected at least one operand, got none.", nameof(parts));
        Shape shape = parts[0].Shape;
        foreach (Variable part in parts)
        {
            if (part.Shape != shape) throw new ArgumentException($"Stack: expected operands of one shape, got {shape} and {part.Shape}.", nameof(parts));
        }

        int added = Axes.FromInt32(axis).Resolve(shape.Rank + 1)[0];
        Shape with = [.. shape.AsSpan()[..added], 1, .. shape.AsSpan()[added..]];
        return Concatenate([.. parts.Select(part => Reshape(part, with))], added);
    }
}
