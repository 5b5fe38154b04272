using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>What no model is made of: ends that do not belong together, and layers that cannot stand where they do.</summary>
internal static class GraphChecks
{
    /// <summary>Refuses lists that are no inputs and outputs, whatever lies between them.</summary>
    public static void RefuseEnds(IReadOnlyList<Node> inputs, IReadOnlyList<Node> outputs)
    {
        foreach (Node node in inputs.Concat(outputs)) ArgumentNullException.ThrowIfNull(node);
        if (inputs.Count == 0 || outputs.Count == 0) throw new ArgumentException($"Functional: expected an input and an output at least, got {inputs.Count} and {outputs.Count}.");
        if (inputs.FirstOrDefault(node => !node.IsInput) is { } inner) throw new ArgumentException($"Functional: expected inputs made by Node.Input, got what {inner.Layer} makes.");
        if (inputs.Distinct().Count() < inputs.Count) throw new ArgumentException("Functional: expected each input once, got one twice.");
    }

    /// <summary>Refuses a graph that the inputs do not feed, or feed in part, and layers that are not free for it.</summary>
    public static void Refuse(IReadOnlyList<Node> inputs, Graph graph, DType dtype)
    {
        HashSet<Layer> given = [.. inputs.Select(input => input.Layer)];
        foreach (Application application in graph.Applications)
        {
            if (application.Layer is not InputLayer || given.Remove(application.Layer)) continue;
            throw new ArgumentException($"Functional: expected every input that the outputs need, got none for {application.Layer}. Is the graph in two pieces?");
        }

        if (given.FirstOrDefault() is { } unused) throw new ArgumentException($"Functional: expected inputs that the outputs need, got {unused}, which leads to none of them. Is the graph in two pieces?");
        foreach (IGrouping<Layer, Application> uses in graph.Applications.GroupBy(application => application.Layer))
        {
            if (uses.Key.IsBuilt && uses.Key.DType != dtype) throw new ArgumentException($"{uses.Key}: expected a layer of {dtype}, as the model is, got one built for {uses.Key.DType}.");
            Application first = uses.First();
            foreach (Application other in uses) other.RefuseOtherThan(first.Shapes);
            if (uses.Any(other => !other.Inputs.SequenceEqual(first.Inputs))) uses.Key.RefuseSharing();
        }

        RefuseTwice(nameof(Functional), graph.Layers);
    }

    /// <summary>Refuses a layer that is there by itself and within a nested model too, or within two: its parameters would be listed twice, and its penalties added twice.</summary>
    public static void RefuseTwice(string model, IReadOnlyList<Layer> layers)
    {
        HashSet<Layer> seen = [.. layers];
        foreach (Model nested in layers.OfType<Model>())
        {
            foreach (Layer layer in Within(nested))
            {
                if (!seen.Add(layer)) throw new ArgumentException($"{model}: expected each layer in one place, got '{layer.Name}' within {nested} and elsewhere too. Apply the nested model, or its layers.");
            }
        }
    }

    private static IEnumerable<Layer> Within(Model model) =>
        model.Layers.Where(layer => layer is not InputLayer).SelectMany(layer => layer is Model nested ? Within(nested).Prepend(layer) : [layer]);
}
