using System.Text.Json;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// Reads a layer's Keras configuration, key by key. Errors name the layer and the key; a key that nothing asked for is an error too, so that a misspelt option is never
/// silently the default.
/// </summary>
public sealed class LayerConfig
{
    // What Keras writes beside a layer's own options and this library derives or has no use for.
    private static readonly string[] Ignored = ["dtype", "batch_input_shape", "batch_shape", "data_format", "seed"];

    private readonly string layer;
    private readonly JsonObject values;
    private readonly HashSet<string> asked = [.. Ignored];

    internal LayerConfig(string className, JsonObject values)
    {
        this.values = values;
        layer = className;
        Name = Optional<string?>("name", null);
        layer = Name is null ? className : $"{className} '{Name}'";
        Trainable = Boolean("trainable", true);
        Training = values.ContainsKey("training") ? Boolean("training", false) : null;
    }

    /// <summary>The layer's name; null lets the model count.</summary>
    public string? Name { get; }

    /// <summary>Whether the layer's weights are trained.</summary>
    public bool Trainable { get; }

    /// <summary>Whether the layer always behaves as in training, or never; null lets the mode say.</summary>
    public bool? Training { get; }

    /// <summary>What the layer's output adds to the loss; nothing where the key is absent.</summary>
    public Regularizer? ActivityRegularizer => Regularizer("activity_regularizer");

    /// <summary>The groups that the layer's parameters belong to.</summary>
    public IReadOnlyList<string> VariableTags => Texts("variables_collections");

    /// <summary>The groups that the layer's outputs belong to.</summary>
    public IReadOnlyList<string> OutputTags => Texts("outputs_collections");

    /// <summary>A whole number that must be there.</summary>
    public int WholeNumber(string key) => values[key] is not null ? Optional(key, 0) : throw Error(key, "a whole number", "nothing");

    /// <summary>A whole number, or its default.</summary>
    public int WholeNumber(string key, int defaultValue) => Optional(key, defaultValue);

    /// <summary>A number, or its default.</summary>
    public double Number(string key, double defaultValue) => Optional(key, defaultValue);

    /// <summary>A number that must be there.</summary>
    public double RequiredNumber(string key) => values[key] is not null ? Optional(key, 0.0) : throw Error(key, "a number", "nothing");

    /// <summary>Numbers that must be there: one, or a list of two.</summary>
    public IReadOnlyList<double> NumberOrTwo(string key)
    {
        asked.Add(key);
        return values[key] switch
        {
            JsonArray { Count: 2 } list => [.. list.Select(number => Convert<double>(key, number))],
            JsonValue number => [Convert<double>(key, number)],
            JsonNode other => throw Error(key, "a number or a list of two", other.ToJsonString()),
            null => throw Error(key, "a number or a list of two", "nothing"),
        };
    }

    /// <summary>A number, or lists of numbers however deep, of one size at each depth: what Keras makes of NumPy's arrays. Null where there is none.</summary>
    public Tensor? Numbers(string key)
    {
        asked.Add(key);
        if (values[key] is not { } node) return null;
        List<int> sizes = [];
        List<double> numbers = [];
        for (JsonNode? at = node; at is JsonArray list; at = list.FirstOrDefault()) sizes.Add(list.Count);
        Collect(node, 0);
        return Tensor.From([.. numbers], Shape.Of([.. sizes]));

        void Collect(JsonNode? at, int depth)
        {
            bool fits = at is JsonArray given ? depth < sizes.Count && given.Count == sizes[depth] : depth == sizes.Count;
            if (!fits) throw Error(key, "a number, or lists of numbers of one size", node.ToJsonString());
            if (at is not JsonArray list) numbers.Add(Convert<double>(key, at));
            else foreach (JsonNode? each in list) Collect(each, depth + 1);
        }
    }

    /// <summary>The same, which must be there.</summary>
    public Tensor RequiredNumbers(string key) => Numbers(key) ?? throw Error(key, "a number, or lists of numbers of one size", "nothing");

    /// <summary>Whether a key is there and null.</summary>
    public bool HasNull(string key)
    {
        asked.Add(key);
        return values.ContainsKey(key) && values[key] is null;
    }

    /// <summary>Whole numbers that must be there: one, or a list of them.</summary>
    public IReadOnlyList<int> WholeNumbers(string key) => Axes(key, null) ?? throw Error(key, "whole numbers", "nothing");

    /// <summary>A truth value, or its default.</summary>
    public bool Boolean(string key, bool defaultValue) => Optional(key, defaultValue);

    /// <summary>A whole number or a list of them, or the default.</summary>
    public Axes? Axes(string key, Axes? defaultValue)
    {
        asked.Add(key);
        return values[key] switch
        {
            null => defaultValue,
            JsonArray list => Tensors.Axes.Of([.. list.Select(axis => Convert<int>(key, axis))]),
            JsonNode number => Convert<int>(key, number),
        };
    }

    /// <summary>The shape of one example as Keras writes it, with null for the batch axis, or null. Keras 3 calls it <c>batch_shape</c>.</summary>
    internal static Shape? BatchShape(string layer, JsonObject values) => (values["batch_input_shape"] ?? values["batch_shape"]) switch
    {
        null => null,
        JsonArray { Count: > 0 } sizes => Shape.Of([.. sizes.Skip(1).Select(size => size is JsonValue number && number.TryGetValue(out int whole) ? whole : throw NoShape(layer, sizes))]),
        JsonNode other => throw NoShape(layer, other),
    };

    /// <summary>The same of this layer.</summary>
    internal Shape? BatchShape() => BatchShape(layer, values);

    private static FormatException NoShape(string layer, JsonNode got) => new($"{layer}: expected \"batch_input_shape\" to be null and whole numbers, got {got.ToJsonString()}.");

    /// <summary>An activation function by its name, or as an object with its arguments; linear where the key is absent.</summary>
    public ActivationFunction Activation(string key)
    {
        asked.Add(key);
        if (values[key] is not { } node) return Activations.Linear;
        if (node is JsonObject)
        {
            (string className, LayerConfig arguments) = Arguments(key, node, [.. Activations.WithArgument.Keys]);
            ActivationFunction function = Activations.WithArgument[className](arguments);
            arguments.RejectUnknownKeys();
            return function;
        }

        // swish is what Keras called silu before version 3.
        string name = Convert<string>(key, node);
        return Activations.All.FirstOrDefault(function => SameName(function.Name, name == "swish" ? Activations.Silu.Name : name))
            ?? throw Error(key, $"one of {string.Join(", ", Activations.All.Select(function => function.Name))}", $"'{name}'");
    }

    /// <summary>
    /// An initializer by its name (<c>he_normal</c> or <c>HeNormal</c>) or as an object with its arguments, or the default. Keras's seeds are read over: the numbers come from
    /// the model's own.
    /// </summary>
    public Initializer Initializer(string key, Initializer defaultValue)
    {
        asked.Add(key);
        if (values[key] is not { } node) return defaultValue;
        string name = node is JsonObject described ? Convert<string>(key, described["class_name"]) : Convert<string>(key, node);
        LayerConfig arguments = new($"{layer}, {key}", (node as JsonObject)?["config"] as JsonObject ?? []);
        Initializer? found = Initializers.WithArguments.FirstOrDefault(pair => SameName(pair.Key, name)).Value?.Invoke(arguments)
            ?? Initializers.All.FirstOrDefault(initializer => SameName(initializer.ClassName, name));
        if (found is null) throw Error(key, $"one of {string.Join(", ", [.. Initializers.All.Select(initializer => initializer.ClassName), .. Initializers.WithArguments.Keys])}", $"'{name}'");
        arguments.RejectUnknownKeys();
        return found;
    }

    /// <summary>Accepts a key whose only value that this library supports is null.</summary>
    public void Null(string key)
    {
        asked.Add(key);
        if (values[key] is { } node) throw Error(key, "null", node.ToJsonString());
    }

    /// <summary>A regularizer by its name or as an object with its arguments (<c>L1</c>, <c>L2</c>, <c>L1L2</c>, <c>OrthogonalRegularizer</c>), or none.</summary>
    public Regularizer? Regularizer(string key)
    {
        asked.Add(key);

        // Keras's function of this name has other defaults than its class.
        return values[key] is JsonValue word && word.TryGetValue(out string? name) && name == "l1_l2" ? new L1L2(0.01, 0.01) : Described(key, Regularizers.All);
    }

    /// <summary>A constraint by its name or as an object with its arguments (<c>NonNeg</c>, <c>MaxNorm</c>, <c>UnitNorm</c>, <c>MinMaxNorm</c>), or none.</summary>
    public Constraint? Constraint(string key) => Described(key, Constraints.All);

    /// <summary>One of some things by its name, or the default.</summary>
    public T OneOf<T>(string key, IReadOnlyList<T> choices, Func<T, string> nameOf, T defaultValue)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(choices);
        ArgumentNullException.ThrowIfNull(nameOf);
        string name = Optional(key, nameOf(defaultValue));
        return choices.FirstOrDefault(choice => nameOf(choice) == name) ?? throw Error(key, $"one of {string.Join(", ", choices.Select(nameOf))}", $"'{name}'");
    }

    /// <summary>A value of an enumeration by its name in snake case, or the default.</summary>
    public T Choice<T>(string key, T defaultValue)
        where T : struct, Enum
    {
        string name = Optional(key, LayerJson.Snake(defaultValue));
        foreach (T value in Enum.GetValues<T>())
        {
            if (LayerJson.Snake(value) == name) return value;
        }

        throw Error(key, $"one of {string.Join(", ", Enum.GetValues<T>().Select(value => LayerJson.Snake(value)))}", $"'{name}'");
    }

    /// <summary>An object of numbers with known names; empty where the key is absent.</summary>
    public IReadOnlyDictionary<string, double> Numbers(string key, IReadOnlyList<string> names)
    {
        asked.Add(key);
        if (values[key] is not { } node) return new Dictionary<string, double>();
        if (node is not JsonObject described) throw Error(key, "an object of numbers", node.ToJsonString());
        string? unknown = described.Select(pair => pair.Key).FirstOrDefault(name => !names.Contains(name));
        if (unknown is not null) throw new FormatException($"{layer}: Received invalid keys for `{key}`: expected {string.Join(", ", names)}, got '{unknown}'.");
        return described.ToDictionary(pair => pair.Key, pair => Convert<double>(key, pair.Value));
    }

    /// <summary>The raw value of a key, or null.</summary>
    internal JsonNode? Nodes(string key)
    {
        asked.Add(key);
        return values[key];
    }

    internal void RejectUnknownKeys()
    {
        string? unknown = values.Select(pair => pair.Key).FirstOrDefault(key => !asked.Contains(key));
        if (unknown is not null) throw Error(unknown, $"one of the keys {string.Join(", ", asked.Except(Ignored).Order())}", "this one");
    }

    private IReadOnlyList<string> Texts(string key)
    {
        asked.Add(key);
        return values[key] switch
        {
            null => [],
            JsonArray list => [.. list.Select(text => Convert<string>(key, text))],
            JsonNode other => throw Error(key, "a list of texts", other.ToJsonString()),
        };
    }

    private T Optional<T>(string key, T defaultValue)
    {
        asked.Add(key);
        return values[key] is { } node ? Convert<T>(key, node) : defaultValue;
    }

    private T Convert<T>(string key, JsonNode? node)
    {
        if (node is null) throw Error(key, Describe(typeof(T)), "null");
        try
        {
            return node.GetValue<T>();
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw Error(key, Describe(typeof(T)), node.ToJsonString());
        }
    }

    private T? Described<T>(string key, IReadOnlyDictionary<string, Func<LayerConfig, T>> classes)
        where T : class
    {
        asked.Add(key);
        if (values[key] is not { } node) return null;
        if (node.GetValueKind() == JsonValueKind.String) node = new JsonObject { ["class_name"] = node.GetValue<string>() };
        (string className, LayerConfig arguments) = Arguments(key, node, [.. classes.Keys]);
        T read = classes[className](arguments);
        arguments.RejectUnknownKeys();
        return read;
    }

    /// <summary>The class that an object names, in our spelling, and its arguments.</summary>
    private (string ClassName, LayerConfig Values) Arguments(string key, JsonNode node, params IReadOnlyList<string> expectedClasses)
    {
        if (node is not JsonObject described) throw Error(key, "an object with class_name and config", node.ToJsonString());
        string? written = described["class_name"]?.GetValueKind() == JsonValueKind.String ? described["class_name"]!.GetValue<string>() : null;
        string className = expectedClasses.FirstOrDefault(expected => SameName(expected, written))
            ?? throw Error(key, $"an object whose class_name is {string.Join(", ", expectedClasses)}", $"'{written}'");
        return (className, new LayerConfig($"{layer}, {key}", described["config"] as JsonObject ?? []));
    }

    /// <summary>Keras writes one name as <c>he_normal</c> or <c>HeNormal</c>, <c>leaky_relu</c> or <c>LeakyReLU</c>.</summary>
    private static bool SameName(string a, string? b) => Bare(a).Equals(Bare(b ?? ""), StringComparison.OrdinalIgnoreCase);

    private static string Bare(string name) => name.Replace("_", "", StringComparison.Ordinal);

    private static string Describe(Type type) =>
        type == typeof(int) ? "a whole number" : type == typeof(double) ? "a number" : type == typeof(bool) ? "true or false" : "a text";

    private FormatException Error(string key, string expected, string got) => new($"{layer}: expected \"{key}\" to be {expected}, got {got}.");
}
