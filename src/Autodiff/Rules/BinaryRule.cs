using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>A rule of two operands.</summary>
public abstract class BinaryRule : Rule
{
    /// <summary>Computes the result: a new tensor, or a view of an operand.</summary>
    public abstract Tensor Forward(Tensor a, Tensor b);

    /// <summary>What the output's adjoint contributes to the first operand's; null for zero.</summary>
    public abstract Variable? VjpFirst(Variable a, Variable b, Variable y, Variable gy);

    /// <summary>What the output's adjoint contributes to the second operand's; null for zero.</summary>
    public abstract Variable? VjpSecond(Variable a, Variable b, Variable y, Variable gy);

    /// <summary>How the output moves when the first operand moves by ta; null for zero.</summary>
    public abstract Variable? JvpFirst(Variable a, Variable b, Variable y, Variable ta);

    /// <summary>How the output moves when the second operand moves by tb; null for zero.</summary>
    public abstract Variable? JvpSecond(Variable a, Variable b, Variable y, Variable tb);

    /// <inheritdoc/>
    public sealed override Tensor Forward(ReadOnlySpan<Tensor> operands) => Forward(operands[0], operands[1]);

    /// <inheritdoc/>
    public sealed override void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions)
    {
        (Variable a, Variable b) = (call.Operands[0], call.Operands[1]);
        if (needed[0]) contributions[0] = VjpFirst(a, b, call.Output, adjoint);
        if (needed[1]) contributions[1] = VjpSecond(a, b, call.Output, adjoint);
    }

    /// <inheritdoc/>
    public sealed override Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents)
    {
        (Variable a, Variable b) = (call.Operands[0], call.Operands[1]);
        Variable? first = tangents[0] is { } ta ? JvpFirst(a, b, call.Output, ta) : null;
        Variable? second = tangents[1] is { } tb ? JvpSecond(a, b, call.Output, tb) : null;
        return first is null ? second : second is null ? first : first + second;
    }
}

/// <summary>
/// A rule of two operands, computed element by element and broadcast by NumPy's rule. Broadcasting repeats elements, so its transpose sums over the repetitions:
/// the base class does both, and a rule says only the two partial derivatives.
/// </summary>
public abstract class BroadcastingRule : BinaryRule
{
    /// <inheritdoc/>
    public sealed override bool IsElementwise => true;

    /// <summary>t · ∂y/∂a, in y's shape (or one that broadcasts to it); null where the derivative is zero throughout.</summary>
    public abstract Variable? TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t);

    /// <summary>t · ∂y/∂b, in y's shape (or one that broadcasts to it); null where the derivative is zero throughout.</summary>
    public abstract Variable? TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t);

    /// <inheritdoc/>
    public sealed override Variable? VjpFirst(Variable a, Variable b, Variable y, Variable gy) =>
        TimesDerivativeFirst(a, b, y, gy) is { } g ? Op.SumTo(g, a.Shape) : null;

    /// <inheritdoc/>
    public sealed override Variable? VjpSecond(Variable a, Variable b, Variable y, Variable gy) =>
        TimesDerivativeSecond(a, b, y, gy) is { } g ? Op.SumTo(g, b.Shape) : null;

    /// <inheritdoc/>
    public sealed override Variable? JvpFirst(Variable a, Variable b, Variable y, Variable ta) =>
        TimesDerivativeFirst(a, b, y, ta) is { } t ? Op.BroadcastTo(t, y.Shape) : null;

    /// <inheritdoc/>
    public sealed override Variable? JvpSecond(Variable a, Variable b, Variable y, Variable tb) =>
        TimesDerivativeSecond(a, b, y, tb) is { } t ? Op.BroadcastTo(t, y.Shape) : null;
}
