using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The same elements in another shape. A view: nothing is copied. A variable that has the shape already is returned as it is.</summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
    public static Variable Reshape(Variable x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Shape == shape ? x : Apply(new ReshapeRule(shape), x);
    }

    /// <summary>Elements keep their order, so the adjoint is reshaped back.</summary>
    private sealed class ReshapeRule(Shape shape) : UnaryRule
    {
        public override string Name => nameof(Reshape);

        public override string Formula => $"y = x as {shape},  x̄ += ȳ as x was";

        public override Saves Saves => Saves.Nothing;

        public override string Options => $"{shape}";

        internal override Notation Notation => Notation.Reshaped;

        public override Tensor Forward(Tensor x) => x.Reshape(shape);

        public override Variable Vjp(Variable x, Variable y, Variable gy) => Reshape(gy, x.Shape);

        public override Variable Jvp(Variable x, Variable y, Variable tx) => Reshape(tx, shape);
    }
}
