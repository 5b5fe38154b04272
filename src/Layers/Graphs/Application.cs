using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>One use of a layer in a graph: what it is applied to, and what comes out. A shared layer has several.</summary>
internal sealed class Application
{
    public Application(Layer layer, IReadOnlyList<Node> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (Node input in inputs) ArgumentNullException.ThrowIfNull(input, nameof(inputs));
        (Layer, Inputs) = (layer, [.. inputs]);
        Shapes = layer is InputLayer { Shape: var shape } ? [shape] : [.. inputs.Select(input => input.Shape)];
        if (layer.IsBuilt) RefuseOtherThan(layer.InputShapes);
        Outputs = [.. layer.OutputShapes(Shapes).Select((output, i) => new Node(this, i, output))];
    }

    public Layer Layer { get; }

    public IReadOnlyList<Node> Inputs { get; }

    public IReadOnlyList<Node> Outputs { get; }

    /// <summary>The shapes that the layer is to be built for.</summary>
    public IReadOnlyList<Shape> Shapes { get; }

    /// <summary>Refuses a second use of a layer with other shapes: it is built once.</summary>
    public void RefuseOtherThan(IReadOnlyList<Shape> shapes)
    {
        if (Shapes.SequenceEqual(shapes)) return;
        throw new ArgumentException($"{Layer}: expected input of shape {Layers.Layer.Batched(shapes)}, for which '{Layer.Name}' is built, got {Layers.Layer.Batched(Shapes)}. Is it shared between inputs that differ?");
    }
}
