using Tapestry.Data;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// What is gathered over the batches of an epoch or an evaluation, under Keras's names and in Keras's order: the loss; where there are several outputs, the loss of each,
/// <c>OUTPUT_loss</c>; then, output by output, the metrics and the weighted ones, whose names begin with <c>OUTPUT_</c> where there are several.
/// </summary>
internal sealed class Measurement
{
    private readonly Average[] ofOutputs;
    private readonly string[] lossNames;
    private readonly Measured[] metrics;
    private Average total;

    /// <summary>Something to gather in. The metrics are the caller's and may hold something: <see cref="Reset"/> comes first, or a <see cref="State"/> to go on from.</summary>
    /// <param name="objectives">What each output is trained for.</param>
    /// <param name="outputs">The outputs' names; of one output it is not used.</param>
    /// <param name="metrics">The metrics of each output that look at no weights.</param>
    /// <exception cref="ArgumentException">Two values would have one name in the history, or one metric would gather twice.</exception>
    public Measurement(IReadOnlyList<Objective> objectives, IReadOnlyList<string> outputs, IReadOnlyList<IReadOnlyList<Metric>> metrics)
    {
        bool several = objectives.Count > 1;
        lossNames = several ? [.. outputs.Select(output => $"{output}_loss")] : [];
        ofOutputs = new Average[lossNames.Length];
        this.metrics =
        [
            .. objectives.SelectMany((objective, i) => metrics[i].Select(metric => new Measured(Named(i, metric.Name), metric, i, IsWeighted: false))
                .Concat(objective.WeightedMetrics.Select(metric => new Measured(Named(i, $"weighted_{metric.Name}"), metric, i, IsWeighted: true)))),
        ];
        Refuse();

        string Named(int output, string name) => several ? $"{outputs[output]}_{name}" : name;
    }

    /// <summary>Everything that has been gathered, always as many numbers: the loss's sum and count, those of each output's own where there are several, then each metric's state.</summary>
    public IReadOnlyList<double> State
    {
        get => [total.Sum, total.Count, .. ofOutputs.SelectMany(own => (double[])[own.Sum, own.Count]), .. metrics.SelectMany(one => one.Metric.State)];
        set
        {
            int expected = State.Count;
            if (value.Count != expected)
            {
                throw new ArgumentException(FormattableString.Invariant($"Trainer: expected {expected} numbers that an epoch has gathered, as its losses and metrics are, got {value.Count}. Are they those that it was broken off with?"));
            }

            Queue<double> numbers = new(value);
            total = new Average(numbers.Dequeue(), numbers.Dequeue());
            for (int i = 0; i < ofOutputs.Length; i++) ofOutputs[i] = new Average(numbers.Dequeue(), numbers.Dequeue());
            foreach (Measured one in metrics) one.Metric.State = [.. one.Metric.State.Select(_ => numbers.Dequeue())];
        }
    }

    /// <summary>The metric of a name in the history; null where there is none of that name.</summary>
    public Metric? MetricOf(string name) => metrics.FirstOrDefault(one => one.Name == name).Metric;

    /// <summary>Whether a name in the history is that of a loss.</summary>
    public bool IsLoss(string name) => name == "loss" || lossNames.Contains(name);

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        total = default;
        Array.Clear(ofOutputs);
        foreach (Measured one in metrics) one.Metric.Reset();
    }

    /// <summary>Takes a batch's losses in.</summary>
    /// <param name="loss">The total.</param>
    /// <param name="own">Each output's own, where there are several.</param>
    /// <param name="examples">How many examples they are means over.</param>
    public void Add(double loss, double[]? own, int examples)
    {
        total.Add(loss, examples);
        for (int i = 0; i < ofOutputs.Length; i++) ofOutputs[i].Add(own![i], examples);
    }

    /// <summary>Shows the metrics what a batch was answered.</summary>
    public void Update(Batch batch, in Answers answers, Tensor? weights)
    {
        foreach (Measured one in metrics) one.Metric.Update(batch.AllTargets[one.Output], answers[one.Output].Value, one.IsWeighted ? weights : null);
    }

    /// <summary>Names and values in order.</summary>
    public List<KeyValuePair<string, double>> Values()
    {
        List<KeyValuePair<string, double>> values = [KeyValuePair.Create("loss", total.Value)];
        for (int i = 0; i < ofOutputs.Length; i++) values.Add(KeyValuePair.Create(lossNames[i], ofOutputs[i].Value));
        foreach (Measured one in metrics) values.Add(KeyValuePair.Create(one.Name, one.Metric.Result));
        return values;
    }

    private void Refuse()
    {
        string? twice = lossNames.Append("loss").Concat(metrics.Select(one => one.Name)).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new ArgumentException($"Trainer: expected values of different names, got '{twice}' twice. Give a metric or an output's layer another Name.");
        Metric? shared = metrics.GroupBy(one => one.Metric).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (shared is not null) throw new ArgumentException($"Trainer: expected a metric of its own for each output and each list, got one '{shared.Name}' for two. It gathers one sum: make another.");
    }

    /// <summary>A metric, its name in the history and what it is shown.</summary>
    private readonly record struct Measured(string Name, Metric Metric, int Output, bool IsWeighted);

    /// <summary>A mean over examples of what is known by batch.</summary>
    private record struct Average(double Sum, double Count)
    {
        public readonly double Value => Sum / Count;

        public void Add(double mean, int examples)
        {
            Sum += mean * examples;
            Count += examples;
        }
    }
}
