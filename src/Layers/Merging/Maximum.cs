using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>y = max(a, b, ...), element by element. Keras's layer of that name, built from <see cref="Op.Maximum"/>. <see cref="ElementwiseMerge"/> says which shapes go together.</summary>
public sealed class Maximum : ElementwiseMerge
{
    private protected override Variable Combine(Variable a, Variable b) => Op.Maximum(a, b);
}
