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
/// It has no clock values, so that equal runs make equal bytes, and a checksum, so that a damaged one is never gone on from.
/// </summary>
public sealed class Checkpoint
{
    private const string Format = "tapestry.checkpoint.1";
    private const string WeightPrefix = "weights/";
    private const string OptimizerPrefix = "optimizer/";
    private const string CallbackPrefix = "callbacks/";

    private static readonly string[] Texts = ["model", "seed", "generators", "history", "options", "iterations", "accumulated", "learning_rate", "batch", "gathered"];

    private readonly Dictionary<string, Tensor> tensors;
    private readonly long iterations;
    private readonly int accumulated;
    private readonly double learningRate;
    private readonly double[] gathered;

    private Checkpoint(IReadOnlyList<KeyValuePair<string, Tensor>> saved, IReadOnlyDictionary<string, string> texts)
    {
        if (texts.GetValueOrDefault("format") is var format && format != Format) throw new FormatException($"its format is {format ?? "not told"} and not {Format}");
        Dictionary<string, string> metadata = Texts.ToDictionary(
            key => key,
            key => texts.GetValueOrDefault(key) ?? throw new FormatException($"its header has no '{key}'"));
        tensors = new Dictionary<string, Tensor>(saved);
        Model = LayerJson.FromJson(metadata["model"], ulong.Parse(metadata["seed"], CultureInfo.InvariantCulture));
        foreach (Parameter parameter in Model.Parameters) Restore(WeightPrefix + parameter.Name, parameter.Value);
        RestoreGenerators(Model, metadata["generators"]);
        History = HistoryFrom(metadata["history"]);
        Options = OptionsFrom(metadata["options"]);
        iterations = long.Parse(metadata["iterations"], CultureInfo.InvariantCulture);
        accumulated = int.Parse(metadata["accumulated"], CultureInfo.InvariantCulture);
        learningRate = double.Parse(metadata["learning_rate"], CultureInfo.InvariantCulture);
        Batch = int.Parse(metadata["batch"], CultureInfo.InvariantCulture);
        gathered = [.. JsonNode.Parse(metadata["gathered"])!.AsArray().Select(NumberFrom)];
    }

    /// <summary>The model with its weights and generators.</summary>
    public Model Model { get; }

    /// <summary>What had been measured. Seconds are not kept.</summary>
    public History History { get; }

    /// <summary>How many batches of the epoch after those had been trained on.</summary>
    public int Batch { get; }

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
        Model model = trainer.Model;
        if (!model.IsBuilt) throw new InvalidOperationException($"Checkpoint: expected a model that has been built, got {model}, which has not.");

        List<KeyValuePair<string, Tensor>> saved = [.. model.Parameters.Select(parameter => KeyValuePair.Create(WeightPrefix + parameter.Name, parameter.Value))];
        foreach (Parameter parameter in model.TrainableParameters)
        {
            IReadOnlyList<Tensor> slots = trainer.Optimizer.StateOf(parameter);
            saved.AddRange(slots.Select((slot, i) => KeyValuePair.Create(SlotName(trainer.Optimizer, i, parameter), slot)));
        }

        saved.AddRange(trainer.Memories.Select(memory => KeyValuePair.Create(CallbackPrefix + memory.Key, memory.Value)));
        CheckpointChecksum.Write(stream, (file, checksum) => SafeTensors.Write(file, saved,
        [
            KeyValuePair.Create(CheckpointChecksum.Key, checksum),
            KeyValuePair.Create("format", Format),
            KeyValuePair.Create("model", LayerJson.ToJson(model)),
            KeyValuePair.Create("seed", model.Seed.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("options", ToJson(options)),
            KeyValuePair.Create("history", ToJson(trainer.History)),
            KeyValuePair.Create("batch", trainer.Batch.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("gathered", new JsonArray([.. trainer.Gathered.Select(ToJson)]).ToJsonString()),
            KeyValuePair.Create("iterations", trainer.Optimizer.Iterations.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("accumulated", trainer.Optimizer.Accumulated.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("learning_rate", trainer.Optimizer.LearningRate.ToString("R", CultureInfo.InvariantCulture)),
            KeyValuePair.Create("generators", ToJson(Generators(model))),
        ]));
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FormatException">The file is damaged or no checkpoint; the message names the file and the fault.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Checkpoint Load(string path)
    {
        (IReadOnlyList<KeyValuePair<string, Tensor>> saved, IReadOnlyDictionary<string, string> metadata) = SafeTensors.Read(path);

        // What is no checkpoint at all is told as that, not as one that has changed.
        if (metadata.GetValueOrDefault("format") == Format) CheckpointChecksum.Verify(path);
        try
        {
            return new Checkpoint(saved, metadata);
        }
        catch (Exception error) when (error is KeyNotFoundException or JsonException or ArgumentException or FormatException or InvalidOperationException or NullReferenceException or OverflowException)
        {
            throw new FormatException(SafeTensors.OneLine($"{Path.GetFileName(path)}: expected a whole checkpoint, got a damaged one: {error.Message.TrimEnd('.')}. Was it saved by another version?"), error);
        }
    }

    /// <summary>Puts a trainer of this checkpoint's model where the one that was saved stood: the optimizer's state, the history, and the place in the epoch.</summary>
    /// <param name="trainer">One made for <see cref="Model"/>, with an optimizer of the kind that was saved.</param>
    /// <exception cref="ArgumentException">The trainer is another model's.</exception>
    /// <exception cref="FormatException">The checkpoint holds no state for such an optimizer.</exception>
    public void RestoreTo(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        if (trainer.Model != Model) throw new ArgumentException($"Checkpoint: expected a trainer of the checkpoint's own model, got one of {trainer.Model}.", nameof(trainer));
        foreach (Parameter parameter in Model.TrainableParameters)
        {
            IReadOnlyList<Tensor> slots = trainer.Optimizer.StateOf(parameter);
            for (int i = 0; i < slots.Count; i++) Restore(SlotName(trainer.Optimizer, i, parameter), slots[i]);
        }

        trainer.Optimizer.RestoreIterations(iterations, accumulated);
        if (trainer.Optimizer.Schedule is ConstantRate) trainer.Optimizer.LearningRate = learningRate;
        trainer.Restore(History, Batch, gathered, tensors
            .Where(pair => pair.Key.StartsWith(CallbackPrefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[CallbackPrefix.Length..], pair => pair.Value));
    }

    /// <summary>
    /// Puts the moving averages of the weights, where the run kept such, in the place of the weights: to evaluate, to predict, or to give away. A trainer is restored first.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    public bool UseAverages()
    {
        bool any = false;
        foreach (Parameter parameter in Model.TrainableParameters)
        {
            if (!tensors.TryGetValue($"{OptimizerPrefix}{Optimizer.AverageName}/{parameter.Name}", out Tensor? average)) continue;
            parameter.Value.CopyFrom(average);
            any = true;
        }

        return any;
    }

    private static string SlotName(Optimizer optimizer, int slot, Parameter parameter) => $"{OptimizerPrefix}{optimizer.StateNames[slot]}/{parameter.Name}";

    private void Restore(string name, Tensor target)
    {
        if (!tensors.TryGetValue(name, out Tensor? tensor)) throw new FormatException($"expected tensor '{name}', got none of that name");
        if (tensor.DType != target.DType || tensor.Shape != target.Shape) throw new FormatException($"expected tensor '{name}' of {target.DType}{target.Shape}, got {tensor.DType}{tensor.Shape}");
        target.CopyFrom(tensor);
    }

    /// <summary>The layers that draw random numbers, by their paths.</summary>
    internal static IEnumerable<KeyValuePair<string, IStochastic>> Stochastic(Model model, string path = "")
    {
        foreach (Layer layer in model.Layers)
        {
            if (layer is IStochastic stochastic) yield return KeyValuePair.Create(path + layer.Name, stochastic);
            if (layer is not Model nested) continue;
            foreach (KeyValuePair<string, IStochastic> inner in Stochastic(nested, $"{path}{layer.Name}/")) yield return inner;
        }
    }

    private static Dictionary<string, string> Generators(Model model) => Stochastic(model).ToDictionary(
        pair => pair.Key, pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Rng.Seed} {pair.Value.Rng.Position}"));

    private static void RestoreGenerators(Model model, string json)
    {
        JsonObject saved = JsonNode.Parse(json)!.AsObject();
        foreach ((string name, IStochastic layer) in Stochastic(model))
        {
            string state = saved[name]!.GetValue<string>();
            if (state.Split(' ') is not [string seed, string position]) throw new FormatException($"expected the generator of '{name}' as two numbers, got '{state}'");
            layer.Rng = new Rng(ulong.Parse(seed, CultureInfo.InvariantCulture), ulong.Parse(position, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Texts by names, as JSON has them.</summary>
    internal static Dictionary<string, string> OptionsFrom(string json) => JsonNode.Parse(json)!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>());

    /// <summary>Texts by names as JSON.</summary>
    internal static string ToJson(IEnumerable<KeyValuePair<string, string>> texts) =>
        new JsonObject(texts.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))).ToJsonString();

    /// <summary>A number as JSON, which has no infinities: they are texts, and NaN is null.</summary>
    private static JsonNode? ToJson(double number) => double.IsFinite(number) ? JsonValue.Create(number)
        : double.IsNaN(number) ? null
        : JsonValue.Create(number > 0 ? "Infinity" : "-Infinity");

    private static double NumberFrom(JsonNode? node) => node is null ? double.NaN
        : node.GetValueKind() != JsonValueKind.String ? node.GetValue<double>()
        : node.GetValue<string>() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text => throw new FormatException($"expected a number, got '{text}'"),
        };

    private static string ToJson(History history) => new JsonArray(
    [
        .. history.Epochs.Select(epoch => new JsonObject(epoch.Values
            .Select(value => KeyValuePair.Create(value.Key, ToJson(value.Value)))
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
                [.. epoch.Where(pair => pair.Key != "epoch").Select(pair => KeyValuePair.Create(pair.Key, NumberFrom(pair.Value)))],
                Seconds: 0));
        }

        return history;
    }
}
