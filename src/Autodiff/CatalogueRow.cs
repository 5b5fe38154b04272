using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>Where an operation's derivative can be checked: what sample inputs are drawn from.</summary>
public enum Domain
{
    /// <summary>Anywhere: from -2 to 2.</summary>
    Any,

    /// <summary>Where roots and logarithms are defined: from 0.5 to 2.</summary>
    Positive,

    /// <summary>At least 0.3 from the kink or pole at 0, on both sides, up to 2.</summary>
    AwayFromZero,

    /// <summary>Values at least 0.1 apart, so that the largest stays the largest under a small step.</summary>
    NoTies,
}

/// <summary>Whether an operation has a rule of its own.</summary>
public enum OperationKind
{
    /// <summary>It has a rule.</summary>
    Primitive,

    /// <summary>It is made of other operations.</summary>
    Composite,

    /// <summary>It has a kernel of its own for what others compute together.</summary>
    Fused,
}

/// <summary>One way to call an operation: its options and the shapes of its operands.</summary>
/// <param name="Label">What sets the case apart, empty for the plain one.</param>
/// <param name="Function">The call.</param>
/// <param name="Shapes">The operands' shapes.</param>
public sealed record CatalogueCase(string Label, Func<IReadOnlyList<Variable>, Variable> Function, params IReadOnlyList<Shape> Shapes);

/// <summary>One row of the catalogue.</summary>
/// <param name="Name">The operation's name, as its entry point is called.</param>
/// <param name="Kind">Primitive or composite.</param>
/// <param name="Domain">Where its derivative can be checked.</param>
/// <param name="Cases">The calls to check.</param>
public sealed record CatalogueRow(string Name, OperationKind Kind, Domain Domain, params IReadOnlyList<CatalogueCase> Cases)
{
    /// <summary>The number of operands.</summary>
    public int Arity => Cases[0].Shapes.Count;

    /// <summary>Whether finite differences hold what a stopped gradient let through: where stopping it is what the operation is for.</summary>
    public bool HoldStopped { get; init; }

    /// <summary>Sample inputs in F64 for a case, from the row's domain. The same each time.</summary>
    public IReadOnlyList<Tensor> Sample(CatalogueCase sampled)
    {
        ArgumentNullException.ThrowIfNull(sampled);
        Rng rng = new(20);
        return [.. sampled.Shapes.Select(shape => Catalogue.Sample(shape, Domain, rng))];
    }

    /// <summary>Checks every case to an order, and reports the worst.</summary>
    public GradientReport Check(int order) =>
        GradientReport.Worst([.. Cases.Select(checkedCase => GradientCheck.Run(checkedCase.Function, Sample(checkedCase), order, holdStopped: HoldStopped))]);
}
