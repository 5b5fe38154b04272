using System.Text.Json.Nodes;

namespace Tapestry.Layers;

/// <summary>Makes the nodes that a file's layers name in each other.</summary>
internal sealed class GraphReader
{
    private readonly Dictionary<string, Described> layers = [];

    public GraphReader(JsonArray list, ulong seed)
    {
        for (int i = 0; i < list.Count; i++)
        {
            Layer layer = LayerJson.Read(list[i], $"layer {i + 1}", seed);
            string name = Text(list[i]!["name"]) ?? layer.Name;
            layer.TakeName(name);
            JsonArray uses = list[i]!["inbound_nodes"] as JsonArray ?? throw new FormatException($"Functional: expected \"inbound_nodes\" of '{name}' to be a list, got {Text(list[i]!["inbound_nodes"]) ?? "none"}.");
            Reference[][] inputs = [.. uses.Select(use => (use as JsonArray ?? throw Malformed(name, use)).Select(input => Reference.Read(input, name)).ToArray())];
            if (layer is InputLayer != (inputs.Length == 0)) throw new FormatException($"Functional: expected \"inbound_nodes\" of '{name}' to name {(layer is InputLayer ? "nothing, as it is an input" : "what it is applied to")}, got {uses.ToJsonString()}.");
            if (!layers.TryAdd(name, new Described(layer, inputs))) throw new FormatException($"Functional: expected layers of different names, got a second '{name}'.");
        }

        foreach (Described described in layers.Values)
        {
            for (int use = 0; use < described.Made.Length; use++) Make(described, use);
        }
    }

    public IEnumerable<Layer> Layers => layers.Values.Select(described => described.Layer);

    /// <summary>The nodes of <c>input_layers</c> or <c>output_layers</c>.</summary>
    public Node[] Ends(string key, JsonNode? written)
    {
        if (written is not JsonArray list) throw new FormatException($"Functional: expected \"{key}\" to be a list, got {written?.ToJsonString() ?? "none"}.");
        return [.. list.Select(end => Output(Reference.Read(end, key), key))];
    }

    /// <summary>Makes one use of a layer, and first what it is applied to. Without recursion: a file can describe a graph of any depth.</summary>
    private void Make(Described start, int startUse)
    {
        Stack<(Described Of, int Use)> way = new([(start, startUse)]);
        while (way.TryPeek(out (Described Of, int Use) at))
        {
            (Described described, int use) = at;
            if (described.Made[use] is not null)
            {
                way.Pop();
                continue;
            }

            string name = described.Layer.Name;
            (Described Of, int Use)[] missing = [.. described.Inputs.ElementAtOrDefault(use)?.Select(input => Of(input, name)).Where(input => input.Of.Made[input.Use] is null) ?? []];
            if (missing.Length > 0)
            {
                if (!described.Begun.Add(use)) throw new FormatException($"Functional: expected layers that feed others ahead, got a circle through '{name}'.");
                foreach ((Described Of, int Use) input in missing) way.Push(input);
                continue;
            }

            IReadOnlyList<Node> inputs = [.. described.Inputs.ElementAtOrDefault(use)?.Select(input => Output(input, name)) ?? []];
            described.Made[use] = new Application(described.Layer, inputs).Outputs;
            way.Pop();
        }
    }

    private (Described Of, int Use) Of(Reference reference, string from)
    {
        if (!layers.TryGetValue(reference.Layer, out Described? described)) throw new FormatException($"Functional: expected '{from}' to name a layer of the model, got '{reference.Layer}'.");
        int use = reference.Use - Connections.FirstUse(described.Layer);
        return use >= 0 && use < described.Made.Length ? (described, use) : throw new FormatException($"Functional: expected '{from}' to name a use of '{reference.Layer}', which has {described.Made.Length}, got number {reference.Use}.");
    }

    /// <summary>A node that has been made.</summary>
    private Node Output(Reference reference, string from)
    {
        (Described described, int use) = Of(reference, from);
        IReadOnlyList<Node> outputs = described.Made[use]!;
        return reference.Output >= 0 && reference.Output < outputs.Count
            ? outputs[reference.Output]
            : throw new FormatException($"Functional: expected '{from}' to name an output of '{reference.Layer}', which has {outputs.Count}, got number {reference.Output}.");
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static FormatException Malformed(string from, JsonNode? node) =>
        new($"Functional: expected '{from}' to name nodes as [layer, use, output, {{}}], got {node?.ToJsonString() ?? "null"}.");

    /// <summary>A layer of the file, what each use of it names, and what has been made of it.</summary>
    private sealed record Described(Layer Layer, Reference[][] Inputs)
    {
        public IReadOnlyList<Node>?[] Made { get; } = new IReadOnlyList<Node>?[Math.Max(1, Inputs.Length)];

        public HashSet<int> Begun { get; } = [];
    }

    /// <summary>The name of a node.</summary>
    private readonly record struct Reference(string Layer, int Use, int Output)
    {
        public static Reference Read(JsonNode? node, string from)
        {
            if (node is JsonArray { Count: 3 or 4 } parts && Text(parts[0]) is { } layer && Whole(parts[1]) is { } use && Whole(parts[2]) is { } output
                && (parts.Count == 3 || parts[3] is JsonObject { Count: 0 }))
            {
                return new Reference(layer, use, output);
            }

            throw Malformed(from, node);
        }

        private static int? Whole(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int whole) ? whole : null;
    }
}
