using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A place in a graph of layers: an input, or what a layer makes of other nodes. It has a shape and no numbers; a <see cref="Functional"/> makes a model of nodes.
/// <code>
/// Node images = Node.Input([28, 28]);
/// Node x = images.Then(new Flatten(), new Dense(100) { Activation = Activations.Elu });
/// x += x.Then(new BatchNormalization(), new Dense(100) { Activation = Activations.Elu });
/// var model = new Functional(images, x.Then(new Dense(10) { Activation = Activations.Softmax }));
/// </code>
/// A node never changes, and is made of nodes that are there already, so that no graph has a circle.
/// </summary>
public sealed class Node
{
    internal Node(Application application, int index, Shape shape) => (Application, Index, Shape) = (application, index, shape);

    /// <summary>The shape of one example here, without the batch axis.</summary>
    public Shape Shape { get; }

    /// <summary>The layer whose output this is.</summary>
    public Layer Layer => Application.Layer;

    /// <summary>What the layer is applied to; nothing, where this is an input.</summary>
    public IReadOnlyList<Node> Inputs => Application.Inputs;

    /// <summary>Which output of the layer it is.</summary>
    internal int Index { get; }

    internal Application Application { get; }

    internal bool IsInput => Layer is InputLayer;

    /// <summary>The input of a graph: Keras's <c>Input(shape)</c>.</summary>
    /// <param name="shape">The shape of one example, without the batch axis.</param>
    /// <param name="name">Its name in summaries; counted as <c>input_1</c> unless told otherwise.</param>
    public static Node Input(Shape shape, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new Application(name is null ? new InputLayer(shape) : new InputLayer(shape) { Name = name }, []).Outputs[0];
    }

    /// <summary>What layers make of this node, one after the other.</summary>
    /// <param name="layers">Layers of one input; one that is used elsewhere too is shared.</param>
    /// <exception cref="ArgumentException">A layer does not take its input's shape.</exception>
    public Node Then(params IReadOnlyList<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers.Aggregate(this, (node, layer) => layer.Apply(node));
    }

    /// <summary>The sum, by a layer <see cref="Layers.Add"/> of its own.</summary>
    public static Node operator +(Node left, Node right) => new Add().Apply(left, right);

    /// <summary>The difference, by a layer <see cref="Layers.Subtract"/> of its own.</summary>
    public static Node operator -(Node left, Node right) => new Subtract().Apply(left, right);

    /// <summary>The product, element by element, by a layer <see cref="Layers.Multiply"/> of its own.</summary>
    public static Node operator *(Node left, Node right) => new Multiply().Apply(left, right);

    /// <summary>The layer, and the shape of what it makes: <c>Dense(10) [N, 10]</c>.</summary>
    public override string ToString() => $"{Layer} {Layers.Layer.Batched([Shape])}";
}
