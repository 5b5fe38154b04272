using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// y = mask ≠ 0 ? a : b, elementwise, all three broadcast to one shape. Unlike mask·a + (1 - mask)·b it lets no infinity or NaN through from the side that was not chosen.
    /// </summary>
    public static Variable Where(Variable mask, Variable a, Variable b)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Shape shape = Shape.Broadcast(Shape.Broadcast(mask.Shape, a.Shape), b.Shape);
        return Apply(WhereRule.Instance, BroadcastTo(mask, shape), Side(a), Side(b));

        // A constant number needs no copies of itself: the kernel repeats it.
        Variable Side(Variable side) => side is { IsTracked: false, Value.Length: 1 } ? side : BroadcastTo(side, shape);
    }

    /// <summary>The adjoint goes to the side that was chosen. The mask has none.</summary>
    private sealed class WhereRule : Rule
    {
        public static readonly WhereRule Instance = new();

        public override string Name => nameof(Where);

        public override string Formula => "y = m ? a : b,  ā += m ? ȳ : 0,  b̄ += m ? 0 : ȳ";

        public override Saves Saves => Saves.First;

        public override bool IsElementwise => true;

        internal override Notation Notation => Notation.Choice;

        public override Tensor Forward(ReadOnlySpan<Tensor> operands) => Elementwise.Select(operands[0], operands[1], operands[2]);

        public override void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions)
        {
            if (needed[1]) contributions[1] = Where(call.Operands[0], adjoint, Zero(adjoint));
            if (needed[2]) contributions[2] = Where(call.Operands[0], Zero(adjoint), adjoint);
        }

        public override Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents)
        {
            (Variable? ta, Variable? tb) = (tangents[1], tangents[2]);
            return (ta ?? tb) is { } moving ? Where(call.Operands[0], ta ?? Zero(moving), tb ?? Zero(moving)) : null;
        }

        private static Variable Zero(Variable beside) => Tensor.Scalar(0, beside.DType);
    }
}
