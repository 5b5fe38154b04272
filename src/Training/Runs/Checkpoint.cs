using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Everything that a run is, in one safetensors file: the weights and the optimizer's state as tensors; architecture, options, history and generators as metadata.
/// It has no clock values, so that equal runs make equal bytes.
/// </summary>
public sealed class Checkpoint
{
    private const string Format = "tapestry.checkpoint.1";
    private const string WeightPrefix = "weights/";
    private const string OptimizerPrefix = "optimizer/";

    private readonly IReadOnlyDictionary<string, Tensor> tensors;
    private readonly long iterations;

    private Checkpoint(Sequential model, History history, IReadOnlyDictionary<string, string> options, IReadOnlyDictionary<string, Tensor> tensors, long iterations)
    {
        Model = model;
        History = history;
        Options = options;
        this.tensors = tensors;
        this.iterations = iterations;
    }

    /// <summary>The model with its weights and generators.</summary>
    public Sequential Model { get; }

    /// <summary>What had been measured. Seconds are not kept.</summary>
    public History History { get; }

    /// <summary>What the run was told, by whoever saved it.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Writes a checkpoint to a stream.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="trainer">Whose model, optimizer and history to save.</param>
    /// <param name="options">What the run was told, for whoever loads it.</param>
    /// <exception cref="InvalidOperationException">The model has not been built.</exception>
    public static void Save(Stream stream, Trainer trainer, IReadOnlyDictionary<string, string> options)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        Sequential model = trainer.Model;
        if (!model.IsBuilt) throw new InvalidOperationException($"Checkpoint: expected a model that has been built, got {model}, which has not.");

        List<KeyValuePair<string, Tensor>> saved = [.. model.Parameters.Select(parameter => KeyValuePair.Create(WeightPrefix + parameter.Name, parameter.Value))];
        foreach (Parameter parameter in model.TrainableParameters)
        {
            IReadOnlyList<Tensor> slots = trainer.Optimizer.StateOf(parameter);
            saved.AddRange(slots.Select((slot, i) => KeyValuePair.Create(SlotName(trainer.Optimizer, i, parameter), slot)));
        }

        SafeTensors.Write(stream, saved,
        [
            KeyValuePair.Create("format", Format),
            KeyValuePair.Create("model", LayerJson.ToJson(model)),
            KeyValuePair.Create("seed", model.Seed.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("options", ToJson(options)),
            KeyValuePair.Create("history", ToJson(trainer.History)),
            KeyValuePair.Create("iterations", trainer.Optimizer.Iterations.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("generators", ToJson(Generators(model))),
        ]);
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FormatException">The file is damaged or no checkpoint; the message names the file and the fault.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Checkpoint Load(string path)
    {
        string file = Path.GetFileName(path);
        (IReadOnlyList<KeyValuePair<string, Tensor>> saved, IReadOnlyDictionary<string, string> metadata) = SafeTensors.Read(path);
        if (metadata.GetValueOrDefault("format") != Format) throw new FormatException($"{file}: expected a checkpoint of format {Format}, got {metadata.GetValueOrDefault("format") ?? "none"}.");
        Dictionary<string, Tensor> tensors = new(saved);
        try
        {
            Sequential model = LayerJson.FromJson(metadata["model"], ulong.Parse(metadata["seed"], CultureInfo.InvariantCulture));
            foreach (Parameter parameter in model.Parameters) Restore(tensors, WeightPrefix + parameter.Name, parameter.Value);
            RestoreGenerators(model, metadata["generators"]);
            Dictionary<string, string> options = JsonNode.Parse(metadata["options"])!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>());
            return new Checkpoint(model, HistoryFrom(metadata["history"]), options, tensors, long.Parse(metadata["iterations"], CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is KeyNotFoundException or JsonException or ArgumentException or FormatException or InvalidOperationException or NullReferenceException or OverflowException)
        {
            throw new FormatException($"{file}: expected a whole checkpoint, got a damaged one: {error.Message}", error);
        }
    }

    /// <summary>Gives an optimizer the state that it had for this model.</summary>
    /// <param name="optimizer">One of the kind that was saved.</param>
    /// <exception cref="FormatException">The checkpoint holds no such state.</exception>
    public void RestoreTo(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        foreach (Parameter parameter in Model.TrainableParameters)
        {
            IReadOnlyList<Tensor> slots = optimizer.StateOf(parameter);
            for (int i = 0; i < slots.Count; i++) Restore(tensors, SlotName(optimizer, i, parameter), slots[i]);
        }

        optimizer.RestoreIterations(iterations);
    }

    private static string SlotName(Optimizer optimizer, int slot, Parameter parameter) => $"{OptimizerPrefix}{optimizer.Slots[slot]}/{parameter.Name}";

    private static void Restore(IReadOnlyDictionary<string, Tensor> tensors, string name, Tensor target)
    {
        if (!tensors.TryGetValue(name, out Tensor? tensor)) throw new FormatException($"expected tensor '{name}', got none of that name");
        target.CopyFrom(tensor);
    }

    private static IEnumerable<KeyValuePair<string, IStochastic>> Stochastic(Sequential model, string path = "")
    {
        foreach (Layer layer in model.Layers)
        {
            if (layer is IStochastic stochastic) yield return KeyValuePair.Create(path + layer.Name, stochastic);
            if (layer is not Sequential nested) continue;
            foreach (KeyValuePair<string, IStochastic> inner in Stochastic(nested, $"{path}{layer.Name}/")) yield return inner;
        }
    }

    private static Dictionary<string, string> Generators(Sequential model) => Stochastic(model).ToDictionary(
        pair => pair.Key, pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Rng.Seed} {pair.Value.Rng.Position}"));

    private static void RestoreGenerators(Sequential model, string json)
    {
        JsonObject saved = JsonNode.Parse(json)!.AsObject();
        foreach ((string name, IStochastic layer) in Stochastic(model))
        {
            string[] state = saved[name]!.GetValue<string>().Split(' ');
            layer.Rng = new Rng(ulong.Parse(state[0], CultureInfo.InvariantCulture), ulong.Parse(state[1], CultureInfo.InvariantCulture));
        }
    }

    private static string ToJson(IEnumerable<KeyValuePair<string, string>> texts) =>
        new JsonObject(texts.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))).ToJsonString();

    private static string ToJson(History history) => new JsonArray(
    [
        .. history.Epochs.Select(epoch => new JsonObject(epoch.Values
            .Select(value => KeyValuePair.Create(value.Key, double.IsFinite(value.Value) ? (JsonNode?)JsonValue.Create(value.Value) : null))
            .Prepend(KeyValuePair.Create("epoch", (JsonNode?)JsonValue.Create(epoch.Epoch))))),
    ]).ToJsonString();

    private static History HistoryFrom(string json)
    {
        History history = new();
        foreach (JsonNode? node in JsonNode.Parse(json)!.AsArray())
        {
            JsonObject epoch = node!.AsObject();
            history.Add(new EpochRecord(
                epoch["epoch"]!.GetValue<int>(),
                [.. epoch.Where(pair => pair.Key != "epoch").Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.GetValue<double>() ?? double.NaN))],
                Seconds: 0));
        }

        return history;
    }
}
