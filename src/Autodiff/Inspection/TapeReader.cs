using System.Globalization;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Inspection;

/// <summary>Makes a view: runs the reverse pass where it is asked for, numbers the variables, and copies what they hold.</summary>
internal sealed class TapeReader(Tape tape, Variable? output, IReadOnlyList<(Variable Variable, string Name)> names, Adjoints adjoints, Tensor? upstream)
{
    /// <summary>More elements than these make Jacobians that nobody reads.</summary>
    private const int LargestOfJacobian = 16;

    private readonly Dictionary<object, int> ids = [];
    private readonly List<(Variable Variable, Entry? FirstUse)> variables = [];
    private readonly List<Contribution> contributions = [];

    /// <summary>What the observer of the reverse pass was told, and how far the tape had been recorded by then.</summary>
    private sealed record Contribution(Entry Entry, int Operand, Variable Value, Variable Total, int Recorded);

    public TapeView Read(string title)
    {
        int forward = tape.Entries.Count;
        Tensor? seed = null;
        if (adjoints != Adjoints.None)
        {
            seed = upstream ?? Tensor.Ones(output!.Shape, output.DType);
            tape.Observe(output!, seed, adjoints == Adjoints.Recorded, (entry, operand, value, total) => contributions.Add(new(entry, operand, value, total, tape.Entries.Count)));
        }

        Number();
        SavedMemory saved = SavedMemory.Of(tape.Entries);
        Dictionary<int, Variable> totals = [];
        if (seed is not null) totals[Id(output!)] = seed;
        foreach (Contribution contribution in contributions) totals[Id(contribution.Entry.Operands[contribution.Operand])] = contribution.Total;
        string[] labels = Labels();
        TapeNode[] nodes = [.. variables.Select((pair, id) => Node(id, labels[id], pair.Variable, pair.FirstUse, totals.GetValueOrDefault(id), saved))];
        return new TapeView(title, output is null ? null : Id(output), nodes, [.. Steps(forward, seed)], saved.Total);
    }

    /// <summary>Named leaves that gradients flow to first, then all as the entries use them.</summary>
    private void Number()
    {
        foreach ((Variable variable, _) in names)
        {
            if (variable.Entry is null && variable.IsTracked) Add(variable, null);
        }

        foreach (Entry entry in tape.Entries)
        {
            foreach (Variable operand in entry.Operands) Add(operand, entry);
            Add(entry.Output, entry);
        }

        if (output is not null) Add(output, null);
    }

    private void Add(Variable variable, Entry? use)
    {
        if (ids.TryAdd(Key(variable), variables.Count)) variables.Add((variable, use));
    }

    private int Id(Variable variable) => ids[Key(variable)];

    /// <summary>Two constants over one tensor are one node: operators make a variable for each use.</summary>
    private static object Key(Variable variable) => variable.IsTracked ? variable.Slot : variable.Value;

    private string[] Labels()
    {
        string?[] labels = new string?[variables.Count];
        foreach ((Parameter parameter, Variable variable) in tape.Watched)
        {
            if (ids.TryGetValue(Key(variable), out int id)) labels[id] = parameter.Name;
        }

        for (int id = 0; id < labels.Length; id++) labels[id] = NameOf(variables[id].Variable) ?? labels[id];
        HashSet<string> taken = [.. labels.OfType<string>()];
        Dictionary<char, int> counts = [];
        string Next(char letter)
        {
            string name;
            do name = string.Create(CultureInfo.InvariantCulture, $"{letter}{counts[letter] = counts.GetValueOrDefault(letter) + 1}");
            while (!taken.Add(name));
            return name;
        }

        return
        [
            .. labels.Select((label, id) => label ?? variables[id].Variable switch
            {
                { Entry: { } entry } => string.Create(CultureInfo.InvariantCulture, $"%{entry.Index}"),
                { IsTracked: true } => Next('x'),
                { Shape.ElementCount: 1 } number => number.Value.ToDoubles()[0].ToString("G6", CultureInfo.InvariantCulture),
                _ => Next('c'),
            }),
        ];
    }

    /// <summary>The caller's name for a variable; of a constant also for views of it, such as a flattened one, which is not recorded.</summary>
    private string? NameOf(Variable variable) => names.FirstOrDefault(pair => Key(pair.Variable).Equals(Key(variable))
        || (!pair.Variable.IsTracked && !variable.IsTracked && pair.Variable.Value.Buffer == variable.Value.Buffer)).Name;

    private TapeNode Node(int id, string label, Variable variable, Entry? firstUse, Variable? total, SavedMemory saved)
    {
        Entry? entry = variable.Entry;
        return new TapeNode
        {
            Id = id,
            Kind = entry is not null ? TapeNodeKind.Operation : variable.IsTracked ? TapeNodeKind.Watched : TapeNodeKind.Constant,
            Name = label,
            Operation = entry?.Rule.Name,
            Entry = entry?.Index,
            Formula = entry?.Rule.Formula,
            Scope = entry is null && NameOf(variable) is not null ? null : firstUse?.Scope?.Path,
            DerivativeOf = (entry ?? firstUse)?.DerivativeOf?.Index,
            Inputs = entry is null ? [] : [.. entry.Operands.Select(Id)],
            Saves = entry?.Rule.Saves ?? Saves.Nothing,
            SavedBytes = entry is null ? 0 : saved.BytesOf(entry),
            Value = TensorSummary.Of(variable.Value),
            Adjoint = total is null ? null : TensorSummary.Of(total.Value),
            AdjointNode = total is not null && ids.TryGetValue(Key(total), out int at) ? at : null,
        };
    }

    /// <summary>The entries up to the reverse pass; then its steps, each behind what it recorded.</summary>
    private IEnumerable<TapeStep> Steps(int forward, Tensor? seed)
    {
        int told = 0;
        IEnumerable<TapeStep> Forward(int end)
        {
            for (; told < end; told++) yield return new TapeStep(TapePhase.Forward, told, Id(tape.Entries[told].Output), [], []);
        }

        foreach (TapeStep step in Forward(forward)) yield return step;
        if (seed is null) yield break;

        TensorSummary ones = TensorSummary.Of(seed);
        yield return new TapeStep(TapePhase.Reverse, null, Id(output!), [new TapeContribution(Id(output!), ones, ones)], []);
        foreach (IGrouping<Entry, Contribution> ofEntry in contributions.GroupBy(contribution => contribution.Entry))
        {
            foreach (TapeStep step in Forward(ofEntry.Max(contribution => contribution.Recorded))) yield return step;
            Entry entry = ofEntry.Key;
            yield return new TapeStep(
                TapePhase.Reverse,
                entry.Index,
                Id(entry.Output),
                [.. ofEntry.Select(contribution => new TapeContribution(Id(entry.Operands[contribution.Operand]), TensorSummary.Of(contribution.Value.Value), TensorSummary.Of(contribution.Total.Value)))],
                [.. Jacobians(entry, ofEntry.Select(contribution => contribution.Operand))]);
        }
    }

    private IEnumerable<LocalJacobian> Jacobians(Entry entry, IEnumerable<int> operands) => operands
        .Where(operand => Math.Max(entry.Output.Shape.ElementCount, entry.Operands[operand].Shape.ElementCount) <= LargestOfJacobian)
        .Select(operand => new LocalJacobian(operand, Id(entry.Operands[operand]), TensorSummary.Of(entry.LocalJacobian(operand))));
}
