using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// What <see cref="Max"/> and <see cref="Min"/> share: the adjoint goes to the element that was chosen; where several are equal they share it evenly, which keeps both
    /// passes each other's transpose.
    /// </summary>
    private abstract class ExtremeElementRule(string word, Axes? axes, bool keepDimensions) : UnaryRule
    {
        public sealed override string Formula => $"y = {word} x over {Named(axes)},  x̄ += ȳ where x = y, shared among equals";

        public sealed override Saves Saves => Saves.First | Saves.Output;

        public sealed override string Options => Told(axes, keepDimensions);

        public sealed override Tensor Forward(Tensor x) => Fold(x, axes, keepDimensions);

        public sealed override Variable Vjp(Variable x, Variable y, Variable gy) => Share(x, y) * Reshape(gy, KeptShape(x.Shape, axes));

        public sealed override Variable Jvp(Variable x, Variable y, Variable tx) => Sum(tx * Share(x, y), axes, keepDimensions);

        /// <summary>The reduction itself.</summary>
        protected abstract Tensor Fold(Tensor x, Axes? axes, bool keepDimensions);

        private Variable Share(Variable x, Variable y)
        {
            Variable chosen = Equal(x, Reshape(y, KeptShape(x.Shape, axes)));
            return chosen / Sum(chosen, axes, keepDimensions: true);
        }
    }
}
