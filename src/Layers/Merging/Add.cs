using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>y = a + b + ..., the residual connection of He et al., 2015, among other things. Keras's layer of that name, built from <see cref="Op.Add(Variable, Variable)"/>. <see cref="ElementwiseMerge"/> says which shapes go together.</summary>
public sealed class Add : ElementwiseMerge
{
    private protected override Variable Combine(Variable a, Variable b) => a + b;
}
