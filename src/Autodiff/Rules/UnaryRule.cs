using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>A rule of one operand.</summary>
public abstract class UnaryRule : Rule
{
    /// <summary>Computes the result: a new tensor, or a view of x.</summary>
    public abstract Tensor Forward(Tensor x);

    /// <summary>What the output's adjoint contributes to the operand's; null for zero.</summary>
    public abstract Variable? Vjp(Variable x, Variable y, Variable gy);

    /// <summary>How the output moves when the operand moves by tx; null for zero.</summary>
    public abstract Variable? Jvp(Variable x, Variable y, Variable tx);

    /// <inheritdoc/>
    public sealed override Tensor Forward(ReadOnlySpan<Tensor> operands) => Forward(operands[0]);

    /// <inheritdoc/>
    public sealed override void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions)
    {
        if (needed[0]) contributions[0] = Vjp(call.Operands[0], call.Output, adjoint);
    }

    /// <inheritdoc/>
    public sealed override Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents) => Jvp(call.Operands[0], call.Output, tangents[0]!);
}

/// <summary>
/// A rule of one operand, computed element by element. Its Jacobian is diagonal and so its own transpose: one product with the derivative serves both directions.
/// </summary>
public abstract class ElementwiseRule : UnaryRule
{
    /// <inheritdoc/>
    public sealed override bool IsElementwise => true;

    /// <summary>t · dy/dx; null where the derivative is zero throughout.</summary>
    public abstract Variable? TimesDerivative(Variable x, Variable y, Variable t);

    /// <inheritdoc/>
    public sealed override Variable? Vjp(Variable x, Variable y, Variable gy) => TimesDerivative(x, y, gy);

    /// <inheritdoc/>
    public sealed override Variable? Jvp(Variable x, Variable y, Variable tx) => TimesDerivative(x, y, tx);
}
