using System.Collections;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A stack of layers, each fed by the one before, written as a list:
/// <code>
/// var model = new Sequential(inputShape: [28, 28], seed: 1) { new Flatten(), new BatchNormalization(), new Dense(10) { Activation = Activations.Softmax } };
/// </code>
/// Each layer is built as soon as its input shape is known: when it is added, or, without an input shape, at the first call. Each draws its initial weights from a stream
/// of its own, which depends on the seed and on the layer's position alone. A Sequential is itself a layer: nested, its parameters' names begin with its own.
/// </summary>
public sealed class Sequential : Model, IEnumerable<Layer>
{
    private readonly List<Layer> layers = [];
    private readonly Names names;
    private readonly Rng seeded;

    /// <summary>Starts an empty model.</summary>
    /// <param name="inputShape">The shape of one example, without the batch axis; null infers it at the first call.</param>
    /// <param name="seed">What the initial weights are drawn from; 0 unless told otherwise.</param>
    /// <param name="dtype">F32 unless told otherwise; F64 checks gradients.</param>
    /// <param name="names">The counters that name the layers; fresh ones unless told otherwise. The model takes its own name from them too.</param>
    public Sequential(Shape? inputShape = null, ulong seed = 0, DType dtype = DType.F32, Names? names = null)
        : base(seed)
    {
        this.names = names ?? [];
        DType = dtype;
        seeded = new Rng(seed);
        if (names is not null) TakeName(names.Next(Stem));
        if (inputShape is not null) BuildFor(inputShape, dtype, seeded);
    }

    /// <summary>The layers, first to last.</summary>
    public override IReadOnlyList<Layer> Layers => layers;

    /// <summary>Appends a layer, names it if it has no name, and builds it if its input shape is known.</summary>
    /// <exception cref="ArgumentException">The layer is part of a model already, its name is taken, or it does not take its input's shape.</exception>
    public void Add(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layers.Contains(layer) || (layer.IsBuilt && layer is not Model)) throw new ArgumentException($"Sequential: expected a new layer, got {layer}, which is part of a model already.", nameof(layer));
        if (!layer.HasName) layer.TakeName(names.Next(layer.Stem));
        if (layers.Any(other => other.Name == layer.Name)) throw new ArgumentException($"Sequential: expected layers of different names, got a second '{layer.Name}'.", nameof(layer));
        if (layer is Model) GraphChecks.RefuseTwice(nameof(Sequential), [.. layers, layer]);
        if (!Trainable) layer.Trainable = false;
        layers.Add(layer);
        if (!IsBuilt) return;
        try
        {
            BuildAt(layers.Count - 1, layers.Count > 1 ? layers[^2].OutputShape(layers[^2].InputShape!) : InputShape!);
        }
        catch
        {
            layers.RemoveAt(layers.Count - 1);
            throw;
        }
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => layers.Aggregate(inputShape, (shape, layer) => layer.OutputShape(shape));

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"Sequential '{Name}'";

    internal static Sequential FromConfig(LayerConfig config, IEnumerable<Layer> layers, Shape? inputShape, ulong seed, DType dtype)
    {
        Sequential model = new(inputShape, seed, dtype);
        model.Take(config);

        // All layers are read, and found to fit, before weights are made for the first: what stands in a file may be wrong at its end.
        Layer[] read = [.. layers];
        Shape? shape = inputShape;
        foreach (Layer layer in read) shape = shape is null ? null : layer.OutputShape(shape);
        foreach (Layer layer in read) model.Add(layer);
        return model;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        Shape shape = inputShape;
        for (int i = 0; i < layers.Count; i++)
        {
            BuildAt(i, shape, rng);
            shape = layers[i].OutputShape(shape);
        }
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        foreach (Layer layer in layers) x = layer.Forward(x, mode);
        return x;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        JsonArray list = [];
        for (int i = 0; i < layers.Count; i++)
        {
            JsonObject layer = LayerJson.Write(layers[i]);
            if (i == 0 && InputShape is not null) layer["config"]!["batch_input_shape"] = LayerJson.BatchShape(InputShape);
            list.Add((JsonNode)layer);
        }

        config["layers"] = list;
        config["dtype"] = LayerJson.Write(DType);
    }

    /// <inheritdoc/>
    protected internal override bool Takes(DType dtype) => layers.Count > 0 ? layers[0].Takes(dtype) : base.Takes(dtype);

    private protected override void Prepare(Variable x)
    {
        if (!IsBuilt && x.Shape.Rank > 0) BuildFor(x.Shape.WithoutFirst(), DType, seeded);
    }

    private void BuildAt(int position, Shape shape, Rng? rng = null)
    {
        Layer layer = layers[position];
        if (layer.IsBuilt)
        {
            if (layer.InputShape != shape || layer.DType != DType) throw new ArgumentException($"{layer}: expected input of shape {Batched(layer.InputShape!)} and type {layer.DType}, got {Batched(shape)} and {DType}.");
            layer.OutputShape(shape);
        }
        else
        {
            layer.BuildFor(shape, DType, (rng ?? seeded).Split((ulong)position));
        }

        TakeParameters(layer);
    }
}
