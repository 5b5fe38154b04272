using System.Text.Json;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// Architectures in Keras's JSON: <c>{"class_name": "Sequential", "config": {"name": ..., "layers": [{"class_name": "Dense", "config": {...}}, ...]}}</c>,
/// and graphs as tf.keras 2.4 to 2.15 writes them, with <c>"class_name": "Functional"</c> and each layer's <c>inbound_nodes</c>. What is written reads back to an equal model; weights are kept apart.
/// </summary>
public static class LayerJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>A model's architecture as indented JSON.</summary>
    public static string ToJson(Model model) => Write(model).ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n";

    /// <summary>A model from its architecture, with fresh weights.</summary>
    /// <param name="json">Keras's JSON.</param>
    /// <param name="seed">What the initial weights are drawn from.</param>
    /// <exception cref="FormatException">The text is no such JSON; the message names the layer and the key.</exception>
    public static Model FromJson(string json, ulong seed = 0)
    {
        try
        {
            return Read(JsonNode.Parse(json, documentOptions: Strict), "model", seed) as Model
                ?? throw new FormatException("model: expected \"class_name\" to be Sequential or Functional at the top, got a single layer.");
        }
        catch (JsonException error)
        {
            throw new FormatException(
                error.LineNumber is { } line
                    ? $"model: expected JSON, got none at line {line + 1}, column {(error.BytePositionInLine ?? 0) + 1}. Is a comma or a bracket missing?"
                    : $"model: expected JSON, got an error: {error.Message}",
                error);
        }
        catch (FormatException error) when (error.Message.Any(char.IsControl))
        {
            // A text of the file is told in it that has line ends, or what a terminal obeys.
            throw new FormatException(string.Concat(error.Message.Select(letter => char.IsControl(letter) ? ' ' : letter)), error);
        }
        catch (InvalidOperationException error)
        {
            // Texts are decoded when they are first looked at: half a surrogate pair comes to light only then.
            throw new FormatException($"model: expected texts of valid Unicode, got an error: {error.Message}", error);
        }
    }

    internal static JsonObject Write(Layer layer) => new() { ["class_name"] = layer.ClassName, ["config"] = layer.GetConfig() };

    internal static JsonObject Write(Initializer initializer) => Write(initializer.ClassName, initializer.GetConfig());

    internal static JsonObject? Write(Regularizer? regularizer) => regularizer is null ? null : Write(regularizer.ClassName, regularizer.GetConfig());

    internal static JsonObject? Write(Constraint? constraint) => constraint is null ? null : Write(constraint.ClassName, constraint.GetConfig());

    /// <summary>What makes a weight: <c>kernel_initializer</c>, and where there are any <c>kernel_regularizer</c> and <c>kernel_constraint</c>.</summary>
    internal static void WriteWeight(JsonObject config, string weight, Initializer initializer, Regularizer? regularizer, Constraint? constraint)
    {
        config[$"{weight}_initializer"] = Write(initializer);
        if (regularizer is not null) config[$"{weight}_regularizer"] = Write(regularizer);
        if (constraint is not null) config[$"{weight}_constraint"] = Write(constraint);
    }

    internal static JsonNode Write(Axes axes) => axes.Count == 1 ? JsonValue.Create(axes[0]) : new JsonArray([.. axes.Select(axis => JsonValue.Create(axis))]);

    /// <summary>A number, or lists of numbers as deep as there are axes.</summary>
    internal static JsonNode Write(Tensor numbers)
    {
        double[] values = numbers.ToDoubles();
        return At(0, 0);

        JsonNode At(int axis, int position) => axis == numbers.Rank
            ? JsonValue.Create(values[position])
            : new JsonArray([.. Enumerable.Range(0, numbers.Shape[axis]).Select(i => At(axis + 1, (position * numbers.Shape[axis]) + i))]);
    }

    internal static JsonArray Write(IReadOnlyList<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    /// <summary>A type as Keras names it.</summary>
    internal static string Write(DType dtype) => dtype == DType.F64 ? "float64" : "float32";

    /// <summary>A shape with null for the batch axis.</summary>
    internal static JsonArray BatchShape(Shape shape) => new([null, .. shape.Select(size => JsonValue.Create(size))]);

    /// <summary>An enumeration's value as configurations name it: <c>inverse_deviation</c>.</summary>
    internal static string Snake<T>(T value)
        where T : struct, Enum => Names.Snake(value.ToString());

    private static JsonObject Write(string className, JsonObject config) => new() { ["class_name"] = className, ["config"] = config };

    internal static Layer Read(JsonNode? node, string where, ulong seed)
    {
        if (node is not JsonObject described) throw new FormatException($"{where}: expected an object with class_name and config, got {node?.ToJsonString() ?? "null"}.");
        string className = described["class_name"]?.GetValueKind() == JsonValueKind.String
            ? described["class_name"]!.GetValue<string>()
            : throw new FormatException($"{where}: expected \"class_name\" to be a text, got {described["class_name"]?.ToJsonString() ?? "nothing"}.");
        if (described["config"] is not JsonObject values) throw new FormatException($"{className}: expected \"config\" to be an object, got {described["config"]?.ToJsonString() ?? "nothing"}.");

        LayerConfig config = new(className, values);
        Layer layer;
        try
        {
            layer = className switch
            {
                nameof(Sequential) => ReadSequential(config, values, seed),

                // What Keras called it before tf.keras 2.4.
                nameof(Functional) or nameof(Model) => FunctionalJson.Read(config, values, seed),
                _ => (LayerCatalogue.Find(className)
                    ?? throw new FormatException($"{where}: expected \"class_name\" to be one of {string.Join(", ", LayerCatalogue.Layers.Select(row => row.ClassName).Concat([nameof(Sequential), nameof(Functional)]))}, got '{className}'.")).Read(config),
            };
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"{where}: {error.Message}", error);
        }

        config.RejectUnknownKeys();
        return layer;
    }

    private static Sequential ReadSequential(LayerConfig config, JsonObject values, ulong seed)
    {
        if (config.Nodes("layers") is not JsonArray list) throw new FormatException("Sequential: expected \"layers\" to be a list of layers, got none.");
        Shape? inputShape = list is [JsonObject first, ..] && first["config"] is JsonObject described ? LayerConfig.BatchShape(nameof(Sequential), described) : null;
        DType dtype = values["dtype"]?.ToString() is "float64" ? DType.F64 : DType.F32;
        return Sequential.FromConfig(config, list.Select((node, i) => Read(node, $"layer {i + 1}", seed)), inputShape, seed, dtype);
    }
}
