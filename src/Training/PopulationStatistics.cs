using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The paper's statistics for inference (Algorithm 2, lines 7 to 10), in place of moving averages: over the batches of a data set E[x] = mean of μ_B and
/// Var[x] = m/(m - 1) · mean of σ²_B. Layer by layer, because each normalization's input depends on the ones before it, which are frozen at their own by then.
/// Ioffe and Szegedy, 2015. Tested in <c>tests/Training.Tests/PopulationStatisticsTests.cs</c>.
/// </summary>
public static class PopulationStatistics
{
    /// <summary>
    /// Writes the population statistics into every batch normalization of a model, as what that layer stores. Weights stay as they are. The examples behind the last whole
    /// batch are left out, so that m is one number; the order is the data's own,
    /// so shuffle what is sorted. There is a pass over the data for each normalization.
    /// </summary>
    /// <param name="model">One that has been built; nested models are gone through too.</param>
    /// <param name="data">The examples that it was trained on.</param>
    /// <param name="batchSize">How many examples make a batch; training's own is the paper's choice.</param>
    /// <exception cref="InvalidOperationException">The model has not been built.</exception>
    /// <exception cref="ArgumentException">
    /// The model has no batch normalization, or one that uses no moving statistics in inference; there is no whole batch; a batch has one value only for a statistic; or the
    /// examples are not what the model takes. Nothing has been written then.
    /// </exception>
    public static void Estimate(Model model, DataSet data, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        if (!model.IsBuilt) throw new InvalidOperationException($"PopulationStatistics: expected a model that has been built, got {model}, which has not. Give it an input shape.");
        BatchNormalization[] layers = [.. Find(model)];
        Refuse(model, layers, data, batchSize);
        foreach (BatchNormalization layer in layers) Estimate(model, layer, new Batches(data, batchSize, model.DType) { DropLast = true });
    }

    private static void Estimate(Model model, BatchNormalization layer, Batches batches)
    {
        Axes averaged = Averaged(layer);
        double[] mean = new double[layer.MovingMean.Value.Length], variance = new double[mean.Length];
        int count = 0;
        foreach (Batch batch in batches.Iterate())
        {
            using Tape arena = new(record: false);
            Variable x = InputOf(layer, model, arena.Constant(batch.Features))!;
            count = averaged.Aggregate(1, (product, axis) => product * x.Shape[axis]);
            Variable mu = Op.Mean(x, averaged, keepDimensions: true);
            Accumulate(mean, mu.Value);
            Accumulate(variance, Op.Mean(Op.Square(x - mu), averaged).Value);
        }

        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] /= batches.Count;
            variance[i] *= count / (count - 1.0) / batches.Count;
        }

        double[] deviation = [.. variance.Select(number => Math.Sqrt(number + layer.Epsilon))];
        Write(layer.MovingMean, mean);
        Write(layer.MovingVariance, layer.Stored == StoredStatistic.InverseDeviation ? [.. deviation.Select(number => 1 / number)] : variance);

        // Renormalization keeps averages of its own, from which its next step would go on.
        if (layer.Renorm is null) return;
        foreach (Parameter state in layer.Parameters)
        {
            if (state.Name.EndsWith("renorm_mean", StringComparison.Ordinal)) Write(state, mean);
            if (state.Name.EndsWith("_stddev", StringComparison.Ordinal)) Write(state, deviation);
        }
    }

    /// <summary>What reaches a layer in inference; null where a model does not hold it.</summary>
    private static Variable? InputOf(BatchNormalization sought, Model model, Variable x)
    {
        if (model is Functional graph) return InputOf(sought, graph, x);
        foreach (Layer layer in model.Layers)
        {
            if (layer == sought) return x;
            if (layer is Model nested && Find(nested).Contains(sought)) return InputOf(sought, nested, x);
            x = layer.Forward(x, Mode.Inference);
        }

        return null;
    }

    /// <summary>The same in a graph: the model that ends where the layer begins shares its layers.</summary>
    private static Variable? InputOf(BatchNormalization sought, Functional graph, Variable x)
    {
        Node node = graph.Nodes.First(node => node.Layer == sought || (node.Layer is Model nested && Find(nested).Contains(sought)));
        Variable before = new Functional(graph.Inputs[0], node.Inputs[0], dtype: graph.DType).Forward(x, Mode.Inference);
        return node.Layer is Model within ? InputOf(sought, within, before) : before;
    }

    private static IEnumerable<BatchNormalization> Find(Model model) =>
        model.Layers.SelectMany(layer => layer switch
        {
            BatchNormalization normalization => [normalization],
            Model nested => Find(nested),
            _ => Enumerable.Empty<BatchNormalization>(),
        });

    private static void Refuse(Model model, BatchNormalization[] layers, DataSet data, int batchSize)
    {
        if (layers.Length == 0) throw new ArgumentException($"PopulationStatistics: expected a model with batch normalization, got {model}, which has none.", nameof(model));
        if (TrainsAlways(model)) throw new ArgumentException($"PopulationStatistics: expected a model whose layers follow the mode, got {model}, where Training is true. Set it to null.", nameof(model));
        RefuseGraphs(model);
        if (data.FeatureShape != model.InputShape) throw new ArgumentException($"PopulationStatistics: expected examples of shape {model.InputShape}, which the model takes, got {data.FeatureShape}.", nameof(data));
        if (batchSize < 1 || data.Count < batchSize)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"PopulationStatistics: expected a batch size of 1 or more and examples for one whole batch, got batches of {batchSize} and {data.Count} examples."), nameof(batchSize));
        }

        foreach (BatchNormalization layer in layers)
        {
            if (layer.By != NormalizeBy.Mode) throw new ArgumentException($"{layer}: expected a layer that normalizes by its moving statistics in inference, got '{layer.Name}', which never uses any.", nameof(model));
            Shape batch = layer.InputShape!.Prepend(batchSize);
            if (Averaged(layer).Aggregate(1, (product, axis) => product * batch[axis]) > 1) continue;
            throw new ArgumentException($"{layer}: expected at least two values for each statistic of a batch, got one in '{layer.Name}', and m/(m - 1) of 1 is no number. Use a larger batch.", nameof(batchSize));
        }
    }

    /// <summary>Refuses graphs where what reaches a normalization is not one tensor of the one input.</summary>
    private static void RefuseGraphs(Model model)
    {
        foreach (Model nested in model.Layers.OfType<Model>().Where(nested => Find(nested).Any())) RefuseGraphs(nested);
        if (model is not Functional graph) return;
        if (graph.Inputs.Count > 1) throw new ArgumentException($"PopulationStatistics: expected models of one input, got {graph} of {graph.Inputs.Count}.", nameof(model));
        string? shared = graph.Nodes.GroupBy(node => node.Layer)
            .FirstOrDefault(uses => uses.DistinctBy(node => node.Inputs).Count() > 1 && (uses.Key is BatchNormalization || (uses.Key is Model nested && Find(nested).Any())))?.Key.Name;
        if (shared is not null) throw new ArgumentException($"PopulationStatistics: expected each normalization once in a graph, got '{shared}' shared.", nameof(model));
    }

    private static bool TrainsAlways(Layer layer) => layer.Training == true || (layer is Model nested && nested.Layers.Any(TrainsAlways));

    /// <summary>The axes of a batch that a layer takes its statistics over.</summary>
    private static Axes Averaged(BatchNormalization layer)
    {
        int rank = layer.InputShape!.Rank + 1;
        return Axes.Of((layer.Reduce ?? layer.Axis.Complement(rank)).Resolve(rank));
    }

    private static void Accumulate(double[] sums, Tensor values)
    {
        double[] added = values.ToDoubles();
        for (int i = 0; i < sums.Length; i++) sums[i] += added[i];
    }

    private static void Write(Parameter parameter, double[] numbers) => parameter.Value.CopyFrom(Tensor.From(numbers, parameter.Shape).Cast(parameter.Value.DType));
}
