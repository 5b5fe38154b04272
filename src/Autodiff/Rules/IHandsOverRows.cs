using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>A rule that can hand the contribution to its second operand over by rows, as it makes them, in place of giving a tensor: the last thing that it does with that operand.</summary>
internal interface IHandsOverRows
{
    /// <summary>The operands' contributions, as <see cref="FusedRule"/> gives them, but for the second one, which is wanted.</summary>
    Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed, IRowSink rows);
}
