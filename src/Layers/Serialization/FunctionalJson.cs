using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// Graphs in the JSON of tf.keras 2.4 to 2.15, which each layer's <c>inbound_nodes</c> describe: a list for each use of the layer, of <c>[layer, use, output, {}]</c> for each
/// input; <c>input_layers</c> and <c>output_layers</c> name the ends in the same way.
/// </summary>
internal static class FunctionalJson
{
    public static void Write(Functional model, JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Connections connections = new(model);
        JsonArray Name(Node node)
        {
            (string layer, int use, int output) = connections.NameOf(node);
            return new JsonArray(layer, use, output);
        }

        JsonArray Inbound(Node node)
        {
            JsonArray name = Name(node);
            name.Add((JsonNode)new JsonObject());
            return name;
        }

        JsonArray layers = [];
        foreach (Layer layer in model.Layers)
        {
            JsonObject described = LayerJson.Write(layer);
            if (layer is InputLayer) described["config"]!["dtype"] = LayerJson.Write(model.DType);
            described["name"] = layer.Name;
            described["inbound_nodes"] = new JsonArray(
                [.. connections.UsesOf(layer).Where(use => use.Inputs.Count > 0).Select(use => new JsonArray([.. use.Inputs.Select(Inbound)]))]);
            layers.Add((JsonNode)described);
        }

        config["layers"] = layers;
        config["input_layers"] = new JsonArray([.. model.Inputs.Select(Name)]);
        config["output_layers"] = new JsonArray([.. model.Outputs.Select(Name)]);
        config["dtype"] = LayerJson.Write(model.DType);
    }

    /// <exception cref="FormatException">It is no such graph; the message names the layer.</exception>
    public static Functional Read(LayerConfig config, JsonObject values, ulong seed)
    {
        if (config.Nodes("layers") is not JsonArray list) throw new FormatException("Functional: expected \"layers\" to be a list of layers, got none.");
        GraphReader graph = new(list, seed);
        Node[] inputs = graph.Ends("input_layers", config.Nodes("input_layers")), outputs = graph.Ends("output_layers", config.Nodes("output_layers"));
        bool isDouble = (values["dtype"] ?? list.FirstOrDefault()?["config"]?["dtype"])?.ToString() is "float64";
        Functional model = Functional.FromConfig(config, inputs, outputs, seed, isDouble ? DType.F64 : DType.F32);
        if (graph.Layers.Except(model.Layers).FirstOrDefault() is { } loose) throw new FormatException($"Functional: expected layers that lead to an output, got '{loose.Name}', which does not.");
        return model;
    }
}
