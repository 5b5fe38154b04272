using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>A rule with its derivatives spoiled, to see whether the checks notice.</summary>
internal sealed class MutantRule(Rule inner) : Rule
{
    /// <summary>What happens to the output's adjoint before the inner rule sees it.</summary>
    public Func<Variable, Variable> Adjoint { get; init; } = adjoint => adjoint;

    /// <summary>What happens to the contributions after the inner rule made them.</summary>
    public Action<Variable?[]> Contributions { get; init; } = _ => { };

    /// <summary>What happens to the recorded call before the inner rule's reverse mode sees it.</summary>
    public Func<Call, Call> Recorded { get; init; } = call => call;

    /// <summary>What happens to the tangents before the inner rule sees them.</summary>
    public Action<Variable?[]> Tangents { get; init; } = _ => { };

    /// <summary>What happens to the output's tangent after the inner rule made it.</summary>
    public Func<Variable, Variable?> Tangent { get; init; } = tangent => tangent;

    public override string Name => inner.Name;

    public override string Formula => inner.Formula;

    public override Saves Saves => inner.Saves;

    public override Tensor Forward(ReadOnlySpan<Tensor> operands) => inner.Forward(operands);

    public override void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions)
    {
        // All of them are computed, since a swap needs one to make the other.
        Variable?[] all = new Variable?[contributions.Length];
        inner.Vjp(Recorded(call), Adjoint(adjoint), [.. all.Select(_ => true)], all);
        Contributions(all);
        for (int i = 0; i < all.Length; i++) contributions[i] = needed[i] ? all[i] : null;
    }

    public override Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents)
    {
        Variable?[] all = tangents.ToArray();
        Tangents(all);
        if (all.All(tangent => tangent is null)) return null;
        return inner.Jvp(call, all) is { } result ? Tangent(result) : null;
    }
}
