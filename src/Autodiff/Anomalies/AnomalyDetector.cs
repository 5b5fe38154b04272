using System.Globalization;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// Looks at everything that is computed on a tape, and throws at the first number that is none. What counts is told at <see cref="Tape.DetectAnomaly"/>, and why in
/// <c>docs/decisions/0013-what-counts-as-an-anomaly.md</c>.
/// </summary>
internal sealed class AnomalyDetector
{
    /// <summary>Results with infinities that came in from outside, and what these came in with.</summary>
    private readonly Dictionary<Tensor, string> carried;

    private readonly Dictionary<Tensor, string> parameters;

    /// <summary>Where a fused operation stands whose definition is replayed; null where none is.</summary>
    private readonly Place? fused;

    public AnomalyDetector() => (carried, parameters) = (new(ReferenceEqualityComparer.Instance), new(ReferenceEqualityComparer.Instance));

    private AnomalyDetector(AnomalyDetector outer, Place fused) => (carried, parameters, this.fused) = (outer.carried, outer.parameters, outer.fused ?? fused);

    /// <summary>Looks at a parameter that comes onto the tape. None is infinite on purpose.</summary>
    /// <exception cref="AnomalyException">It is not finite.</exception>
    public void Inspect(Parameter parameter, Scope? scope)
    {
        parameters[parameter.Value] = parameter.Name;
        if (AnomalySources.IsFinite(parameter.Value)) return;
        int position = FirstNotFinite(parameter.Value);
        int[] index = AnomalySources.IndexOf(position, parameter.Shape);
        double value = parameter.Value.ToDoubles()[position];
        throw new AnomalyException($"Parameter '{parameter.Name}'{In(scope)}: expected finite numbers, got {Text(value)}{At(index)}. It came in from outside the tape: a step of the optimizer made it, an initializer or a file. Try a smaller learning rate, or clip the gradients.")
        {
            Operation = nameof(Tape.Watch),
            Step = nameof(Tape.Watch),
            Scope = scope?.Path,
            Index = index,
            Value = value,
            Parameter = parameter.Name,
            CameFromOutside = true,
        };
    }

    /// <summary>Looks at the result of an operation.</summary>
    /// <exception cref="AnomalyException">The operation made a number that is none, or was handed a NaN from outside and passed it on.</exception>
    public void Inspect(Rule rule, ReadOnlySpan<Variable> operands, Tensor result, Scope? scope, Derivative derivative)
    {
        if (AnomalySources.IsFinite(result)) return;
        Tensor[] values = Values(operands);
        Place place = new(rule, scope, derivative);
        if (rule is FusedRule { } definition && !carried.ContainsKey(result))
        {
            using Tape replay = new(record: false) { Anomalies = new AnomalyDetector(this, place) };
            definition.Composed(Array.ConvertAll(values, replay.Constant));
        }

        bool[]? carrying = values.All(AnomalySources.IsFinite) ? null : AnomalySources.Carrying(rule, values, result.Shape);
        if (FirstMade(result, carrying) is not { } position)
        {
            carried[result] = Origin(values, double.IsInfinity);
            return;
        }

        AnomalyOperand[] sources = Named(values, AnomalySources.Of(rule, values, result.Shape, position));
        string made = rule.IsElementwise
            ? $"{rule.Name}({string.Join(", ", sources.Select(source => Text(source.Value, result.DType)))})"
            : $"{(derivative.Of is null ? "" : $"{rule.Name} of ")}{Listed(sources, result, position)}";
        AnomalyOperand[] given = Given(derivative, result.Shape, position);
        throw Found(place, rule.Name, result, position, given.Length > 0 ? $"{Listed(given, result, position)}, by {made}" : made, given.Length > 0 ? given : sources, sources, values, Hint);
    }

    /// <summary>Looks at what a rule made of a derivative, which may have been computed by a kernel of its own, off the tape.</summary>
    /// <exception cref="AnomalyException">The rule made a number that is none, or passed a NaN from outside on.</exception>
    public void Inspect(Tensor result, Scope? scope, Derivative derivative)
    {
        if (AnomalySources.IsFinite(result) || carried.ContainsKey(result)) return;
        Entry entry = derivative.Of!;
        Place place = new(entry.Rule, scope, derivative);
        if (entry.Rule is FusedRule definition) Replay(definition, place);

        (string Name, Tensor Value)[] named = [.. Inputs(derivative)];
        Tensor[] values = Array.ConvertAll(named, input => input.Value);
        bool[]? carrying = values.All(AnomalySources.IsFinite) ? null : [.. Enumerable.Repeat(true, result.Length)];
        if (FirstMade(result, carrying) is not { } position)
        {
            carried[result] = Origin(values, double.IsInfinity);
            return;
        }

        AnomalyOperand[] sources = Given(derivative, result.Shape, position);
        if (sources.Length == 0) sources = Named(values, Array.ConvertAll(named, input => AnomalySources.Whole(input.Name, input.Value)));
        throw Found(place, entry.Rule.Name, result, position, Listed(sources, result, position), sources, sources, values, static (_, _, _) => "Its rule computes it off the tape, so that no step can be named.");
    }

    /// <summary>Takes a fused operation's derivative again by its definition, which throws where the culprit is found.</summary>
    private void Replay(FusedRule definition, Place place)
    {
        using Tape replay = new() { Anomalies = new AnomalyDetector(this, place) };
        Variable[] operands = [.. place.Derivative.Of!.Operands.Select(operand => operand.DType.IsFloat() ? replay.Watch(operand.Value) : replay.Constant(operand.Value))];
        Variable y = definition.Composed(operands);
        if (place.Derivative.Tangents is not { } tangents)
        {
            replay.Gradient(y, [.. operands.Where(operand => operand.IsTracked)], place.Derivative.Adjoint!.Value);
            return;
        }

        int[] moving = [.. Enumerable.Range(0, operands.Length).Where(k => tangents[k] is not null)];
        replay.Jvp(y, [.. moving.Select(k => operands[k])], [.. moving.Select(k => (Variable)tangents[k]!.Value)]);
    }

    private AnomalyException Found(Place place, string step, Tensor result, int position, string made, AnomalyOperand[] told, AnomalyOperand[] sources, Tensor[] operands, Func<double, DType, AnomalyOperand[], string> hint)
    {
        int[] index = AnomalySources.IndexOf(position, result.Shape);
        double value = result.ToDoubles()[position];
        bool outside = double.IsNaN(value) && sources.Any(source => double.IsNaN(source.Value));
        string reason = outside ? $"It came in from outside the tape, with {Origin(operands, double.IsNaN)}. Look at where that was made."
            : sources.Any(source => !double.IsFinite(source.Value)) ? $"∞ - ∞, 0·∞ and ∞/∞ are not numbers. The infinity came in from outside the tape, with {Origin(operands, double.IsInfinity)}."
            : hint(value, result.DType, sources);
        Place subject = fused ?? place;
        string inside = fused is null ? "" : $", in its {Subject(place, isReplayed: true)}";
        return new AnomalyException($"{Subject(subject, isReplayed: false)}{In(subject.Scope)}{inside}: expected finite numbers, got {Text(value)}{At(index)} from {made}. {reason}")
        {
            Operation = (subject.Derivative.Of?.Rule ?? subject.Rule).Name,
            Step = step,
            Phase = subject.Derivative.Phase,
            Scope = subject.Scope?.Path,
            Entry = subject.Derivative.Of?.Index,
            Index = index,
            Value = value,
            Operands = told,
            CameFromOutside = outside,
        };
    }

    /// <summary>What the NaN or infinity of an operand came in with.</summary>
    private string Origin(Tensor[] operands, Func<double, bool> isMeant)
    {
        Tensor operand = operands.First(operand => operand.ToDoubles().Any(isMeant));
        return carried.GetValueOrDefault(operand) ?? $"{operand.DType}{operand.Shape}";
    }

    /// <summary>In the derivative of an elementwise operation, that operation's own numbers at the position; nothing elsewhere.</summary>
    private AnomalyOperand[] Given(Derivative derivative, Shape shape, int position)
    {
        if (derivative.Of is not { Rule.IsElementwise: true } entry || entry.Output.Shape != shape) return [];
        (string Name, Tensor Value)[] inputs = [.. Inputs(derivative)];
        return Named(Array.ConvertAll(inputs, input => input.Value), Array.ConvertAll(inputs, input => (AnomalyOperand?)AnomalySources.At(input.Name, input.Value, shape, position)));
    }

    /// <summary>Those that are there, with the names of the parameters that they are.</summary>
    private AnomalyOperand[] Named(Tensor[] operands, AnomalyOperand?[] sources) =>
        [.. sources.Zip(operands, (source, operand) => source is null ? null : source with { Parameter = parameters.GetValueOrDefault(operand) }).OfType<AnomalyOperand>()];

    /// <summary>What a rule's derivative is computed from: the adjoint or the tangents, the operands, and the output where the rule reads it.</summary>
    private static IEnumerable<(string Name, Tensor Value)> Inputs(Derivative derivative)
    {
        Entry entry = derivative.Of!;
        if (derivative.Adjoint is { } adjoint) yield return ("ȳ", adjoint.Value);
        for (int k = 0; k < derivative.Tangents?.Length; k++)
        {
            if (derivative.Tangents[k] is { } tangent) yield return ($"t{AnomalySources.Name(entry.Rule, k)}", tangent.Value);
        }

        for (int k = 0; k < entry.Operands.Count; k++) yield return (AnomalySources.Name(entry.Rule, k), entry.Operands[k].Value);
        if (entry.Rule.Saves.HasFlag(Saves.Output)) yield return ("y", entry.Output.Value);
    }

    /// <summary>The first element that is NaN, or that is infinite and carries no infinity on.</summary>
    private static int? FirstMade(Tensor result, bool[]? carrying)
    {
        double[] values = result.ToDoubles();
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]) || (double.IsInfinity(values[i]) && carrying?[i] != true)) return i;
        }

        return null;
    }

    private static int FirstNotFinite(Tensor x) => Array.FindIndex(x.ToDoubles(), value => !double.IsFinite(value));

    private static Tensor[] Values(ReadOnlySpan<Variable> operands)
    {
        Tensor[] values = new Tensor[operands.Length];
        for (int i = 0; i < values.Length; i++) values[i] = operands[i].Value;
        return values;
    }

    /// <summary>What is to be done about it, by the kind of accident. A sum of finite numbers gives NaN where parts of it overflow to both sides.</summary>
    private static string Hint(double value, DType dtype, AnomalyOperand[] sources)
    {
        double largest = dtype == DType.F32 ? float.MaxValue : double.MaxValue;
        bool isElementwise = sources.All(source => source.Count == 1);
        if (isElementwise && sources.Any(source => Math.Abs(source.Value) <= 1 / largest)) return "Keep the operand away from 0, with Op.Clip or an epsilon.";
        if (isElementwise && double.IsNaN(value)) return "The operation is not defined there. Op.Clip keeps operands inside.";
        return isElementwise && sources.All(source => Math.Abs(source.Value) < 1e6)
            ? "It grows too fast for such operands: take the largest out before exponentials, as Op.Softmax and Op.LogSumExp do."
            : $"{dtype} ends at {Text(largest, dtype)}: a smaller learning rate, clipped gradients or a normalization keeps numbers inside.";
    }

    private static string Subject(Place place, bool isReplayed) => place.Derivative.Phase switch
    {
        AnomalyPhase.Forward => place.Rule.Name,
        AnomalyPhase.Backward => $"backward of {Named(place.Derivative.Of!, isReplayed)}",
        _ => $"forward mode of {Named(place.Derivative.Of!, isReplayed)}",
    };

    /// <summary>An entry with its number; one of a replay has none that anybody could look up.</summary>
    private static string Named(Entry entry, bool isReplayed) => isReplayed ? entry.Rule.Name
        : entry.DerivativeOf is { } outer ? $"{entry.Rule.Name} (entry {entry.Index}, in the derivative of entry {outer.Index}, {outer.Rule.Name})"
        : $"{entry.Rule.Name} (entry {entry.Index})";

    /// <summary>Operands with their numbers; where one stands is told unless it is the result's own place.</summary>
    private static string Listed(AnomalyOperand[] operands, Tensor result, int position)
    {
        int[] index = AnomalySources.IndexOf(position, result.Shape);
        string[] parts = Array.ConvertAll(operands, operand => operand.Count == 1
            ? $"{Called(operand)} = {Text(operand.Value, result.DType)}{(operand.Index.SequenceEqual(index) ? "" : At(operand.Index))}"
            : $"{operand.Count.ToString(CultureInfo.InvariantCulture)} elements of {Called(operand)}, {(double.IsFinite(operand.Value) ? "the largest" : "among them")} {Text(operand.Value, result.DType)}{At(operand.Index)}");
        return parts.Length < 2 ? string.Concat(parts) : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
    }

    private static string Called(AnomalyOperand operand) => operand.Parameter is { } parameter ? $"{operand.Name} ({parameter})" : operand.Name;

    private static string In(Scope? scope) => scope is null ? "" : $" in {scope.Path}";

    private static string At(IReadOnlyList<int> index) =>
        index.Count == 0 ? "" : $" at [{string.Join(", ", index.Select(i => i.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>A number as its type prints it: 0.1 in F32 is not 0.10000000149011612.</summary>
    private static string Text(double value, DType dtype = DType.F64) =>
        dtype == DType.F32 ? ((float)value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where something was computed.</summary>
    private readonly record struct Place(Rule Rule, Scope? Scope, Derivative Derivative);
}
