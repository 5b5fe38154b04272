using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>y = a·b·..., element by element: a gate. Keras's layer of that name, built from <see cref="Op.Multiply(Variable, Variable)"/>. <see cref="ElementwiseMerge"/> says which shapes go together.</summary>
public sealed class Multiply : ElementwiseMerge
{
    private protected override Variable Combine(Variable a, Variable b) => a * b;
}
