using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>A primitive rule of the catalogue as one case calls it: the rule and the numbers that it was given.</summary>
internal sealed record Recorded(string Name, Rule Rule, IReadOnlyList<Tensor> Operands)
{
    /// <summary>Every case of every primitive. Entries of helpers (the comparison before a Where) are left out.</summary>
    public static IReadOnlyList<Recorded> All { get; } = [.. Catalogue.Operations.Where(row => row.Kind == OperationKind.Primitive).SelectMany(Of)];

    /// <summary>The names as xunit's theories want them.</summary>
    public static TheoryData<string> Names => new(All.Select(recorded => recorded.Name));

    public static Recorded Named(string name) => All.Single(recorded => recorded.Name == name);

    /// <summary>Which operands the rule gives a contribution to: not a mask, and none of a comparison's.</summary>
    public bool[] Contributes()
    {
        Variable output = Rule.Forward([.. Operands]);
        Variable?[] contributions = new Variable?[Operands.Count];
        Rule.Vjp(new Call([.. Operands.Select(operand => (Variable)operand)], output), Tensor.Ones(output.Shape, DType.F64), [.. Operands.Select(_ => true)], contributions);
        return Array.ConvertAll(contributions, contribution => contribution is not null);
    }

    /// <summary>Checks a rule in place of this one: a function of the operands that the rule contributes to, the others held fixed.</summary>
    public GradientReport Check(Rule rule, int order = 1)
    {
        bool[] moves = Contributes();
        Tensor[] inputs = [.. Operands.Where((_, i) => moves[i])];
        return GradientCheck.Run(
            xs =>
            {
                int next = 0;
                return Op.Apply(rule, [.. Operands.Select((operand, i) => moves[i] ? xs[next++] : operand)]);
            },
            inputs,
            order);
    }

    private static IEnumerable<Recorded> Of(CatalogueRow row)
    {
        foreach (CatalogueCase sampled in row.Cases)
        {
            using Tape tape = new();
            sampled.Function([.. row.Sample(sampled).Select(tape.Watch)]);
            Entry entry = tape.Entries.Last(entry => entry.Rule.Name == row.Name);
            string label = sampled.Label.Length == 0 ? row.Name : $"{row.Name} ({sampled.Label})";
            yield return new Recorded(label, entry.Rule, [.. entry.Operands.Select(operand => operand.Detach())]);
        }
    }
}
