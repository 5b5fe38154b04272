using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>y = min(a, b, ...), element by element. Keras's layer of that name, built from <see cref="Op.Minimum"/>. <see cref="ElementwiseMerge"/> says which shapes go together.</summary>
public sealed class Minimum : ElementwiseMerge
{
    private protected override Variable Combine(Variable a, Variable b) => Op.Minimum(a, b);
}
