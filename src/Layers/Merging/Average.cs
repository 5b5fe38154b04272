using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>y = (a + b + ...)/n for n inputs. Keras's layer of that name, built from <see cref="Op.Add(Variable, Variable)"/>. <see cref="ElementwiseMerge"/> says which shapes go together.</summary>
public sealed class Average : ElementwiseMerge
{
    private protected override Variable Combine(Variable a, Variable b) => a + b;

    private protected override Variable Finish(Variable y, int inputs) => y / inputs;
}
