using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Samples.Mlp.Expressions;

namespace Tapestry.Samples.Mlp.Tapes;

/// <summary>The tape of an expression.</summary>
internal static class RecordedExpression
{
    public static TapeView View(ExpressionInput input, Adjoints adjoints)
    {
        using Tape tape = new();
        (Variable result, IReadOnlyList<(Variable Variable, string Name)> leaves) = input.Evaluate(tape);
        if (result.Tape is null) throw new UsageException("--expression: expected a name in it, whose value --at tells, got numbers alone. A tape records what is computed from variables.");
        return TapeView.Of(tape, result, leaves, adjoints, input.Expression.Text);
    }
}
