using System.Text.Json.Nodes;

namespace Tapestry.Training.Tests;

/// <summary>The losses by the names and options that the fixtures have for them, which are Keras's.</summary>
internal static class NamedLoss
{
    public static Loss Of(JsonNode node, bool fromLogits = false)
    {
        JsonNode options = node["options"]!;
        double Number(string key, double otherwise) => options[key]?.GetValue<double>() ?? otherwise;
        double smoothing = Number("label_smoothing", 0), gamma = Number("gamma", 2), alpha = Number("alpha", 0.25);
        Loss loss = Fixture.Text(node, "loss") switch
        {
            "categorical_crossentropy" => new CategoricalCrossentropy { FromLogits = fromLogits, LabelSmoothing = smoothing },
            "sparse_categorical_crossentropy" => new SparseCategoricalCrossentropy { FromLogits = fromLogits, LabelSmoothing = smoothing },
            "binary_crossentropy" => new BinaryCrossentropy { FromLogits = fromLogits, LabelSmoothing = smoothing },
            "binary_focal_crossentropy" => new BinaryFocalCrossentropy
            {
                FromLogits = fromLogits,
                LabelSmoothing = smoothing,
                Gamma = gamma,
                Alpha = alpha,
                ApplyClassBalancing = options["apply_class_balancing"]?.GetValue<bool>() ?? false,
            },
            "categorical_focal_crossentropy" => new CategoricalFocalCrossentropy { FromLogits = fromLogits, LabelSmoothing = smoothing, Gamma = gamma, Alpha = alpha },
            "huber" => new Huber { Delta = Number("delta", 1) },
            string name => Loss.From(Plain[name]),
        };
        Assert.Equal(Fixture.Text(node, "loss"), loss.Name);
        return loss;
    }

    private static readonly Dictionary<string, LossFunction> Plain = new()
    {
        ["mean_squared_error"] = Losses.MeanSquaredError,
        ["mean_absolute_error"] = Losses.MeanAbsoluteError,
        ["mean_absolute_percentage_error"] = Losses.MeanAbsolutePercentageError,
        ["mean_squared_logarithmic_error"] = Losses.MeanSquaredLogarithmicError,
        ["log_cosh"] = Losses.LogCosh,
        ["hinge"] = Losses.Hinge,
        ["squared_hinge"] = Losses.SquaredHinge,
        ["categorical_hinge"] = Losses.CategoricalHinge,
        ["kl_divergence"] = Losses.KLDivergence,
        ["poisson"] = Losses.Poisson,
        ["cosine_similarity"] = Losses.CosineSimilarity,
    };
}
