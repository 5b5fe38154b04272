using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A graph of layers with any number of inputs and outputs: Keras's functional model, <c>Model(inputs, outputs)</c>. Nodes say what is fed to what:
/// <code>
/// Node left = Node.Input([8]), right = Node.Input([8]);
/// var shared = new Dense(4) { Activation = Activations.Tanh };
/// Node apart = shared.Apply(left) - shared.Apply(right);
/// var model = new Functional([left, right], [apart.Then(new Dense(1))], seed: 1);
/// Variable y = model.Forward([a, b], Mode.Train);
/// </code>
/// The layers are those between the inputs and the outputs, in Keras's order: by the longest way to an output, the farthest first, and among equals as they are met on the way
/// back from the outputs. They are named, built and listed in it; a chain's is the chain's own, and makes the same weights as a <see cref="Sequential"/> of the same seed.
/// A layer that is applied twice has its parameters once. Layers may be part of several models, which then share their parameters, so that a second model of the same
/// nodes gives what is computed on the way. Tested in <c>tests/Layers.Tests/FunctionalTests.cs</c>.
/// </summary>
public sealed class Functional : Model
{
    private readonly Graph graph;
    private readonly Layer[] layers;
    private readonly Step[] steps;
    private readonly int[] results;
    private readonly int places;

    /// <summary>Makes a model of the layers between one node and another.</summary>
    /// <param name="input">Made by <see cref="Node.Input"/>.</param>
    /// <param name="output">What the model gives.</param>
    /// <param name="seed">What the initial weights are drawn from; 0 unless told otherwise.</param>
    /// <param name="dtype">F32 unless told otherwise; F64 checks gradients.</param>
    /// <param name="names">The counters that name the layers; fresh ones unless told otherwise. The model takes its own name from them too.</param>
    /// <exception cref="ArgumentException">The output needs other inputs, or not this one; two layers have one name; or a layer is built for other shapes or another type.</exception>
    public Functional(Node input, Node output, ulong seed = 0, DType dtype = DType.F32, Names? names = null)
        : this([input], [output], seed, dtype, names)
    {
    }

    /// <summary>Makes a model of the layers between some nodes and others.</summary>
    /// <param name="inputs">Made by <see cref="Node.Input"/>, in the order of <see cref="Layer.Forward(IReadOnlyList{Variable}, Mode)"/>.</param>
    /// <param name="outputs">What the model gives.</param>
    /// <param name="seed">What the initial weights are drawn from; 0 unless told otherwise.</param>
    /// <param name="dtype">F32 unless told otherwise; F64 checks gradients.</param>
    /// <param name="names">The counters that name the layers; fresh ones unless told otherwise. The model takes its own name from them too.</param>
    /// <exception cref="ArgumentException">The outputs need other inputs, or not all of these; two layers have one name; or a layer is built for other shapes or another type.</exception>
    public Functional(IReadOnlyList<Node> inputs, IReadOnlyList<Node> outputs, ulong seed = 0, DType dtype = DType.F32, Names? names = null)
        : base(seed)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        (Inputs, Outputs, DType) = ([.. inputs], [.. outputs], dtype);
        GraphChecks.RefuseEnds(Inputs, Outputs);
        graph = new Graph(Outputs);
        layers = [.. graph.Layers];
        GraphChecks.Refuse(Inputs, graph, dtype);
        GiveNames(names);
        OutputNames = NamesOf(Outputs);
        BuildFor([.. Inputs.Select(input => input.Shape)], dtype, new Rng(seed));

        Dictionary<Node, int> place = [];
        foreach (Node node in Inputs.Concat(graph.Applications.SelectMany(application => application.Outputs))) place.TryAdd(node, place.Count);
        places = place.Count;
        steps =
        [
            .. graph.Applications.Where(application => application.Layer is not InputLayer)
                .Select(application => new Step(application.Layer, [.. application.Inputs.Select(node => place[node])], place[application.Outputs[0]])),
        ];
        results = [.. Outputs.Select(node => place[node])];
    }

    /// <summary>Where examples come in.</summary>
    public IReadOnlyList<Node> Inputs { get; }

    /// <summary>What the model gives.</summary>
    public IReadOnlyList<Node> Outputs { get; }

    /// <summary>
    /// The outputs' names, each that of its layer; where a layer has several outputs, or stands for several, the second is called <c>NAME_1</c> and so on: Keras's
    /// <c>output_names</c>. Histories are told in them.
    /// </summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>The layers, each once, inputs among them; each stands before those that it feeds.</summary>
    public override IReadOnlyList<Layer> Layers => layers;

    /// <summary>What each layer makes of its inputs, each behind those that it needs; a shared layer has several.</summary>
    public IReadOnlyList<Node> Nodes => [.. graph.Applications.SelectMany(application => application.Outputs)];

    /// <inheritdoc/>
    internal override string Stem => "model";

    internal IReadOnlyList<Application> Applications => graph.Applications;

    /// <summary>All outputs for all inputs.</summary>
    /// <param name="xs">[N, ...input], each, in the order of <see cref="Inputs"/>.</param>
    /// <param name="mode">What the pass is for.</param>
    /// <returns>[N, ...output], each, in the order of <see cref="Outputs"/>.</returns>
    /// <exception cref="ArgumentException">Number, shape or type is not what the model takes.</exception>
    public IReadOnlyList<Variable> ForwardAll(IReadOnlyList<Variable> xs, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(xs);
        return ForwardEach(xs, mode);
    }

    /// <summary>What the model, as a layer, makes of nodes: <see cref="Layer.Apply"/> for several outputs.</summary>
    /// <param name="inputs">One node for each of the model's inputs.</param>
    /// <returns>A node for each of the model's outputs.</returns>
    /// <exception cref="ArgumentException">They are not as many, or not of the shapes, that the model takes.</exception>
    public IReadOnlyList<Node> ApplyAll(params IReadOnlyList<Node> inputs) => new Application(this, inputs).Outputs;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => OutputShape((IReadOnlyList<Shape>)[inputShape]);

    /// <inheritdoc/>
    public override Shape OutputShape(IReadOnlyList<Shape> inputShapes)
    {
        RefuseSeveralOutputs();
        return OutputShapes(inputShapes)[0];
    }

    /// <inheritdoc/>
    public override string ToString() => $"Functional '{Name}'";

    internal static Functional FromConfig(LayerConfig config, IReadOnlyList<Node> inputs, IReadOnlyList<Node> outputs, ulong seed, DType dtype)
    {
        Functional model = new(inputs, outputs, seed, dtype);
        model.Take(config);
        return model;
    }

    internal override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        IEnumerable<Shape> expected = Inputs.Select(input => input.Shape);
        if (!inputShapes.SequenceEqual(expected)) throw new ArgumentException($"{this}: expected input of shape {Batched(expected)}, got {Batched(inputShapes)}.", nameof(inputShapes));
        return [.. Outputs.Select(output => output.Shape)];
    }

    /// <summary>An input may be of any type that all those take which it feeds: whole numbers, where it is an embedding's.</summary>
    internal override bool Takes(DType dtype, int input)
    {
        if (dtype == DType) return true;
        Node node = Inputs[input];
        return !Outputs.Contains(node) && graph.Applications.All(application => Enumerable.Range(0, application.Inputs.Count).All(i => application.Inputs[i] != node || application.Layer.Takes(dtype, i)));
    }

    /// <inheritdoc/>
    protected internal override bool Takes(DType dtype) => Takes(dtype, 0);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng) => Build((IReadOnlyList<Shape>)[inputShape], dtype, rng);

    /// <summary>Builds the layers, each from a stream of its own, which depends on the seed and on the layer's place among those that are no inputs.</summary>
    protected override void Build(IReadOnlyList<Shape> inputShapes, DType dtype, Rng rng)
    {
        Dictionary<Layer, IReadOnlyList<Shape>> shapes = [];
        foreach (Application application in graph.Applications) shapes.TryAdd(application.Layer, application.Shapes);
        ulong position = 0;
        foreach (Layer layer in layers)
        {
            Rng stream = layer is InputLayer ? rng : rng.Split(position++);
            if (!layer.IsBuilt) layer.BuildFor(shapes[layer], dtype, stream);
            TakeParameters(layer);
        }
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode) => CallEach([x], mode)[0];

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => FunctionalJson.Write(this, config);

    private protected override IReadOnlyList<Variable> CallEach(IReadOnlyList<Variable> xs, Mode mode)
    {
        Variable[] values = new Variable[places];
        for (int i = 0; i < xs.Count; i++) values[i] = xs[i];
        foreach (Step step in steps)
        {
            if (step.Inputs is [int only] && step.Layer is not Functional)
            {
                values[step.Output] = step.Layer.Forward(values[only], mode);
                continue;
            }

            IReadOnlyList<Variable> ys = step.Layer.ForwardEach([.. step.Inputs.Select(place => values[place])], mode);
            for (int i = 0; i < ys.Count; i++) values[step.Output + i] = ys[i];
        }

        return [.. results.Select(place => values[place])];
    }

    private protected override void Prepare(Variable x) => RefuseSeveralOutputs();

    private protected override void RefuseSeveralOutputs()
    {
        if (Outputs.Count > 1) throw new InvalidOperationException($"{this}: expected a model of one output, got one of {Outputs.Count}. Call ForwardAll, or ApplyAll.");
    }

    /// <summary>Names the inputs in their order, which Keras counts from 1, then the layers in theirs.</summary>
    private void GiveNames(Names? given)
    {
        Names names = given ?? [];
        if (given is not null) TakeName(names.Next(Stem));
        foreach (Layer layer in Inputs.Select(input => input.Layer).Concat(layers).Where(layer => !layer.HasName))
        {
            if (layer is InputLayer) names[layer.Stem] = Math.Max(1, names[layer.Stem]);
            layer.TakeName(names.Next(layer.Stem));
        }

        string? twice = layers.GroupBy(layer => layer.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new ArgumentException($"Functional: expected layers of different names, got a second '{twice}'.");
    }

    /// <summary>Keras's way to tell outputs of one name apart: it counts on, past names that others have.</summary>
    private static List<string> NamesOf(IReadOnlyList<Node> outputs)
    {
        List<string> names = [];
        Dictionary<string, int> counts = [];
        foreach (string stem in outputs.Select(output => output.Layer.Name))
        {
            string name = stem;
            while (names.Contains(name)) name = FormattableString.Invariant($"{stem}_{counts[stem] = counts.GetValueOrDefault(stem) + 1}");
            names.Add(name);
        }

        return names;
    }

    /// <summary>A use of a layer: where its inputs lie among the values, and where its outputs go, one behind the other.</summary>
    private readonly record struct Step(Layer Layer, int[] Inputs, int Output);
}
