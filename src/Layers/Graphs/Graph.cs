namespace Tapestry.Layers;

/// <summary>
/// The part of a graph that lies between inputs and outputs, in Keras's order: by depth, the longest way to an output, deepest first; among equals as they are met on the
/// way back from the outputs. Each layer stands before those that it feeds, and for a chain the order is the chain's.
/// </summary>
internal sealed class Graph
{
    private readonly Dictionary<Layer, int> met = [];
    private readonly List<Application> fedFirst = [];

    public Graph(IReadOnlyList<Node> outputs)
    {
        HashSet<Application> done = [];
        foreach (Node output in outputs) Visit(output.Application, done);

        Dictionary<Application, int> depths = [];
        Dictionary<Layer, int> layerDepths = [];
        foreach (Application application in Enumerable.Reverse(fedFirst))
        {
            int depth = Math.Max(depths.GetValueOrDefault(application), layerDepths.GetValueOrDefault(application.Layer));
            depths[application] = layerDepths[application.Layer] = depth;
            foreach (Node input in application.Inputs) depths[input.Application] = Math.Max(depth + 1, depths.GetValueOrDefault(input.Application));
        }

        Applications = [.. fedFirst.OrderByDescending(application => depths[application]).ThenBy(application => met[application.Layer])];
        Layers = [.. met.Keys.OrderByDescending(layer => layerDepths[layer]).ThenBy(layer => met[layer])];
    }

    /// <summary>The uses of layers, each behind those that it needs.</summary>
    public IReadOnlyList<Application> Applications { get; }

    /// <summary>The layers, each once, inputs among them.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>Goes back from a use of a layer to the inputs. Without recursion: a file can describe a graph of any depth.</summary>
    private void Visit(Application start, HashSet<Application> done)
    {
        Stack<(Application Application, int Next)> way = new([(start, 0)]);
        while (way.TryPop(out (Application Application, int Next) at))
        {
            (Application application, int next) = at;
            if (done.Contains(application)) continue;
            met.TryAdd(application.Layer, met.Count);
            if (next == application.Inputs.Count)
            {
                done.Add(application);
                fedFirst.Add(application);
                continue;
            }

            way.Push((application, next + 1));
            way.Push((application.Inputs[next].Application, 0));
        }
    }
}
