namespace Tapestry.Autodiff;

/// <summary>What a tape is taking the derivative of while a rule runs; the default in the forward pass.</summary>
/// <param name="Of">The entry.</param>
/// <param name="Adjoint">Its output's adjoint, in reverse mode.</param>
/// <param name="Tangents">Its operands' tangents, in forward mode; null for one that stands still.</param>
internal readonly record struct Derivative(Entry? Of, Variable? Adjoint = null, Variable?[]? Tangents = null)
{
    public AnomalyPhase Phase => Of is null ? AnomalyPhase.Forward : Adjoint is null ? AnomalyPhase.ForwardMode : AnomalyPhase.Backward;
}
