namespace Tapestry.Autodiff.Rules;

/// <summary>
/// Marks a rule whose contributions come in as what the operands' adjoints have gathered so far, and go out with its own added: one that stands for several operations adds in
/// the order in which these would have, and the sums come out the same to the last bit.
/// </summary>
internal interface IAccumulatingRule;
