using Tapestry.Autodiff;

namespace Tapestry.Training;

/// <summary>What a model answers, output by output: of one output without a list.</summary>
internal readonly struct Answers(Variable first, IReadOnlyList<Variable>? all)
{
    public Variable this[int output] => all is null ? first : all[output];
}
