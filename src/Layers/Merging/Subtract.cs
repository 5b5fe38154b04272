using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>y = a - b, of two inputs. Keras's layer of that name, built from <see cref="Op.Subtract(Variable, Variable)"/>. <see cref="ElementwiseMerge"/> says which shapes go together.</summary>
public sealed class Subtract : ElementwiseMerge
{
    private protected override Variable Combine(Variable a, Variable b) => a - b;

    private protected override bool TakesMore => false;
}
