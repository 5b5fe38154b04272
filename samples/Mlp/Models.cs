using System.Reflection;
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

    /// <summary>Builds a model for examples of a shape and a number of classes, and checks that it answers in those.</summary>
    /// <exception cref="UsageException">The model takes other examples, or answers otherwise.</exception>
    public static void Fit(Model model, string name, Shape examples, int classes)
    {
        try
        {
            if (!model.IsBuilt) model.BuildFor(examples, DType.F32, new Rng(model.Seed));
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"--model {name}: {error.Message}");
        }

        if (model is Functional { Inputs.Count: var inputs, Outputs.Count: var outputs } && (inputs > 1 || outputs > 1)) throw new UsageException($"--model {name}: expected a model of one input and one output, got one of {inputs} and {outputs}.");
        if (model.InputShape != examples) throw new UsageException($"--model {name}: expected a model for examples of shape {examples}, got one for {model.InputShape}.");
        if (!EndsInSoftmax(model)) throw new UsageException($"--model {name}: expected a model that ends with a softmax, whose answers are probabilities, got {Last(model)?.ToString() ?? "no layer"} last.");
        Shape answer = model.OutputShape(examples);
        if (answer != Shape.Of(classes)) throw new UsageException($"--model {name}: expected a model that answers with {classes} probabilities, got one that answers with shape {answer}.");
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
