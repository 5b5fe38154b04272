using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>Room on the stack for the operands of nearly every operation.</summary>
[InlineArray(Capacity)]
internal struct FewTensors
{
    private const int Capacity = 6;

    private Tensor first;

    /// <summary>The numbers of some variables, here if there is room.</summary>
    [UnscopedRef]
    public ReadOnlySpan<Tensor> ValuesOf(ReadOnlySpan<Variable> variables)
    {
        Span<Tensor> values = variables.Length <= Capacity ? this[..variables.Length] : new Tensor[variables.Length];
        for (int i = 0; i < values.Length; i++) values[i] = variables[i].Value;
        return values;
    }
}
