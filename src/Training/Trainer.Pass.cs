using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <content>What a batch goes through, and what a trainer refuses.</content>
public sealed partial class Trainer
{
    /// <summary>The model, where it has several inputs or outputs.</summary>
    private readonly Functional? graph = model is Functional { Inputs.Count: var inputs, Outputs.Count: var outputs } several && (inputs > 1 || outputs > 1) ? several : null;

    /// <summary>What the one output is trained for.</summary>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    private Objective Objective => Objectives.Count == 1
        ? Objectives[0]
        : throw new InvalidOperationException(FormattableString.Invariant($"Trainer: expected a model of one output, got {Model} of {Objectives.Count}. Losses and metrics are those of its Objectives."));

    /// <summary>The mean loss of a batch, regularizers and weights of examples aside.</summary>
    internal double LossOf(Batch batch, Mode mode)
    {
        using Tape tape = new(record: false);
        return LossOf(batch, Forward(tape, batch, mode), weights: null).Total.Value.ToScalar();
    }

    private Answers Forward(Tape tape, Batch batch, Mode mode)
    {
        if (graph is null) return new Answers(Model.Forward(tape.Constant(batch.Features), mode), all: null);
        IReadOnlyList<Variable> all = graph.ForwardAll([.. batch.AllFeatures.Select(features => tape.Constant(features))], mode);
        return new Answers(all[0], all);
    }

    /// <summary>The outputs' losses, each times its weight, added; and where there are several, each as it is.</summary>
    private (Variable Total, double[]? Own) LossOf(Batch batch, in Answers answers, Tensor? weights)
    {
        double[]? own = Objectives.Count > 1 ? new double[Objectives.Count] : null;
        Variable? total = null;
        for (int i = 0; i < Objectives.Count; i++)
        {
            Objective objective = Objectives[i];
            Variable loss = objective.Loss.Compute(batch.AllTargets[i], answers[i], weights);
            if (own is not null) own[i] = loss.Value.ToScalar();
            if (objective.Weight != 1) loss = objective.Weight * loss;
            total = total is null ? loss : total + loss;
        }

        return (total!, own);
    }

    private Variable Penalized(Variable value) => Model.Penalty(value) is { } penalty ? value + penalty : value;

    private Batches BatchesOf(DataSet data, int batchSize) => new(data, batchSize, Model.DType);

    private Measurement MeasurementOf(DataSet data) =>
        MeasurementOf([.. Objectives.Select((objective, i) => objective.Metrics ?? (data.AllClasses[i] is null ? [] : [new Accuracy()]))]);

    private Measurement MeasurementOf(IReadOnlyList<IReadOnlyList<Metric>> metrics) => new(Objectives, graph?.OutputNames ?? [], metrics);

    /// <summary>Refuses examples of other numbers of inputs and outputs than the model has.</summary>
    private void Refuse(DataSet data, string method)
    {
        RefuseInputs(data, method);
        if (data.AllTargets.Count == Objectives.Count) return;
        throw new ArgumentException(FormattableString.Invariant($"{method}: expected targets for {Counted(Objectives.Count, "output")}, which {Model} has, got {data} with {data.AllTargets.Count}."), nameof(data));
    }

    private void RefuseInputs(DataSet data, string method)
    {
        int inputs = graph?.Inputs.Count ?? 1;
        if (data.AllFeatures.Count == inputs) return;
        throw new ArgumentException(FormattableString.Invariant($"{method}: expected features for {Counted(inputs, "input")}, which {Model} has, got {data} with {data.AllFeatures.Count}."), nameof(data));
    }

    private static string Counted(int count, string what) => FormattableString.Invariant($"{count} {what}{(count == 1 ? "" : "s")}");

    private static IReadOnlyList<Objective> Checked(Model model, IReadOnlyList<Objective> objectives)
    {
        ArgumentNullException.ThrowIfNull(objectives);
        int outputs = (model as Functional)?.Outputs.Count ?? 1;
        if (objectives.Count != outputs)
        {
            throw new ArgumentException(FormattableString.Invariant($"Trainer: expected an objective for each of {Counted(outputs, "output")}, which {model} has, got {objectives.Count}.{(outputs == 1 ? "" : " Hand it a list: [new(loss), new(loss) { Weight = 0.5 }].")}"), nameof(objectives));
        }

        foreach (Objective objective in objectives)
        {
            ArgumentNullException.ThrowIfNull(objective, nameof(objectives));
            RefuseLoss(objective.Loss);
            if (!double.IsFinite(objective.Weight)) throw new ArgumentException(FormattableString.Invariant($"Trainer: expected the weight of a loss to be a finite number, got {objective.Weight}."), nameof(objectives));
            RefuseNames(objective.Metrics ?? []);
            RefuseNames(objective.WeightedMetrics);
        }

        return [.. objectives];
    }

    private static void RefuseLoss(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Reduction == Reduction.None) throw new ArgumentException($"Trainer: expected a loss that is reduced to one number, got {loss} with Reduction.None.", nameof(loss));
    }

    private static void RefuseNames(IReadOnlyList<Metric> metrics)
    {
        string? twice = metrics.GroupBy(metric => metric.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new ArgumentException($"Trainer: expected metrics of different names, got '{twice}' twice. Give one a Name of its own.", nameof(metrics));
    }
}
