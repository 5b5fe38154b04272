using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>x repeated to a shape by NumPy's rule. A variable that has the shape already is returned as it is.</summary>
    /// <exception cref="ArgumentException">The shape of x does not broadcast to it.</exception>
    public static Variable BroadcastTo(Variable x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Shape == shape ? x : Apply(new BroadcastToRule(shape), x);
    }

    /// <summary>Repeating is linear; its transpose sums over the repetitions.</summary>
    private sealed class BroadcastToRule(Shape shape) : UnaryRule
    {
        public override string Name => nameof(BroadcastTo);

        public override string Formula => $"y = x repeated to {shape},  x̄ += Σ ȳ over the repetitions";

        public override Saves Saves => Saves.Nothing;

        public override string Options => $"{shape}";

        internal override Notation Notation => Notation.Same;

        public override Tensor Forward(Tensor x) => Indexing.BroadcastTo(x, shape);

        public override Variable Vjp(Variable x, Variable y, Variable gy) => SumTo(gy, x.Shape);

        public override Variable Jvp(Variable x, Variable y, Variable tx) => BroadcastTo(tx, shape);
    }
}
