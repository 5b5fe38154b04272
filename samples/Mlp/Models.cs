using System.Reflection;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp;

/// <summary>The models: the book's (Géron, chapter 11), which are files in <c>models/</c> built into the program, and anybody's own in the same format.</summary>
internal static class Models
{
    /// <summary>What a model is used with unless told otherwise.</summary>
    public const string Default = "bn-after";

    /// <summary>The names of the book's, with where they normalize.</summary>
    public static IReadOnlyDictionary<string, string> BuiltIn { get; } = new Dictionary<string, string>
    {
        ["bn-after"] = "the book's first: batch normalization after each activation",
        ["bn-before"] = "its second: before each activation",
        ["bn-printed"] = "its second as printed: before the first activation, after the second",
        ["plain"] = "none",
    };

    /// <summary>A model by its name or from a file.</summary>
    /// <param name="model">A name of <see cref="BuiltIn"/>, or the path of a JSON file.</param>
    /// <param name="seed">What the initial weights are drawn from.</param>
    /// <exception cref="FormatException">The file is no architecture; the message names the layer and the key.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Model Create(string model, ulong seed)
    {
        if (BuiltIn.ContainsKey(model))
        {
            using StreamReader reader = new(Assembly.GetExecutingAssembly().GetManifestResourceStream($"models/{model}")!);
            return LayerJson.FromJson(reader.ReadToEnd(), seed);
        }

        try
        {
            return LayerJson.FromJson(File.ReadAllText(model), seed);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{Path.GetFileName(model)}: {error.Message}", error);
        }
    }

    /// <summary>The same, with a regularizer at its kernels where one was chosen.</summary>
    /// <exception cref="UsageException">No kernel takes it.</exception>
    public static Model Create(string model, ulong seed, RegularizerChoice? regularizer)
    {
        Model made = Create(model, seed);
        return regularizer is null ? made : regularizer.ApplyTo(made, model);
    }

    /// <summary>Builds a model for a data set's examples, and checks that it answers as their targets are: with a probability for each class, or with numbers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="data">The examples.</param>
    /// <param name="fitting">A model that fits, for messages; null for none.</param>
    /// <exception cref="UsageException">The model takes other examples, or answers otherwise.</exception>
    public static void Fit(Model model, string name, DataSet data, string? fitting = null)
    {
        Shape examples = data.FeatureShape;
        try
        {
            if (!model.IsBuilt) model.BuildFor(examples, DType.F32, new Rng(model.Seed));
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"--model {name}: {error.Message}");
        }

        if (model is Functional { Inputs.Count: var inputs, Outputs.Count: var outputs } && (inputs > 1 || outputs > 1)) throw new UsageException($"--model {name}: expected a model of one input and one output, got one of {inputs} and {outputs}. The data has one of each.");
        UsageException Unfit(string expected, string got) => new($"--model {name}: expected a model {expected}, got {got}.{(fitting is null ? "" : $" The repository's {fitting} is one.")}");
        if (model.InputShape != examples) throw Unfit($"for examples of shape {examples}", $"one for {model.InputShape}");
        string last = $"{Last(model)?.ToString() ?? "no layer"} last";
        Shape answer = model.OutputShape(examples), targets = data.Targets.Shape.WithoutFirst();
        if (data.Classes is { } classes)
        {
            if (!EndsInSoftmax(model)) throw Unfit("that ends with a softmax, whose answers are probabilities", last);
            if (answer != Shape.Of(classes)) throw Unfit($"that answers with {classes} probabilities", $"one that answers with shape {answer}");
            return;
        }

        if (EndsInSoftmax(model)) throw Unfit("that answers with numbers, not with probabilities", last);
        if (answer != targets) throw Unfit($"that answers with shape {targets}, as the targets have", $"one that answers with shape {answer}");
    }

    private static Layer? Last(Model model) => model is Functional graph ? graph.Outputs[0].Layer : model.Layers.Count > 0 ? model.Layers[^1] : null;

    private static bool EndsInSoftmax(Model model) => Last(model) switch
    {
        Dense dense => dense.Activation == Activations.Softmax,
        Activation activation => activation.Function == Activations.Softmax,
        Model nested => EndsInSoftmax(nested),
        _ => false,
    };
}
