using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>A rule that gives y = γ·x̂ + β of operands x, γ and β, with a number of the latter for each column, and can give x̂ again.</summary>
internal interface IScalesNormalized
{
    /// <summary>x̂ as a matrix in y's shape, which the caller releases; null where y is none, or γ and β are not a number for each of its columns.</summary>
    Tensor? Normalized(ReadOnlySpan<Tensor> operands);
}
