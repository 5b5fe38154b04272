using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>Variables one behind the other along an axis. <see cref="Split(Variable, IReadOnlyList{int}, int)"/> takes them apart.</summary>
    /// <param name="parts">One or more, of one type, alike in rank and in all sizes but the axis's.</param>
    /// <param name="axis">The axis along which they are joined.</param>
    /// <exception cref="ArgumentException">There is none, or they do not fit together.</exception>
    public static Variable Concatenate(IReadOnlyList<Variable> parts, int axis)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return Apply(new ConcatenateRule(axis), [.. parts]);
    }

    /// <summary>Each part gets the stretch of the adjoint that it made.</summary>
    private sealed class ConcatenateRule(int axis) : Rule
    {
        public override string Name => nameof(Concatenate);

        public override string Formula => $"y = a, b, ... joined along axis {Axes.FromInt32(axis)},  ā += a's part of ȳ,  b̄ += b's part of ȳ";

        public override Saves Saves => Saves.Nothing;

        public override string Options => $"axis {Axes.FromInt32(axis)}";

        public override Tensor Forward(ReadOnlySpan<Tensor> operands) => Indexing.Concatenate(operands, axis);

        public override void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions)
        {
            int start = 0;
            for (int i = 0; i < contributions.Length; i++)
            {
                int size = call.Operands[i].Shape[axis];
                if (needed[i]) contributions[i] = Slice(adjoint, Along(axis, adjoint.Shape.Rank, start..(start + size)));
                start += size;
            }
        }

        public override Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents)
        {
            Variable[] moving = new Variable[tangents.Length];
            for (int i = 0; i < moving.Length; i++) moving[i] = tangents[i] ?? Tensor.Zeros(call.Operands[i].Shape, call.Operands[i].DType);
            return Concatenate(moving, axis);
        }
    }

    /// <summary>A range of one axis and the whole of the others.</summary>
    private static AxisRange[] Along(int axis, int rank, AxisRange range)
    {
        AxisRange[] ranges = new AxisRange[rank];
        Array.Fill(ranges, AxisRange.All);
        ranges[axis < 0 ? axis + rank : axis] = range;
        return ranges;
    }
}
