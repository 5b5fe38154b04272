using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <content>The configuration: tf.keras's keys, and those that it does not have under their source's names. Only what differs from the dialect is written.</content>
public sealed partial class BatchNormalization
{
    internal static BatchNormalization FromConfig(LayerConfig config)
    {
        BatchNormalizationDialect dialect = config.OneOf("dialect", BatchNormalizationDialect.All, dialect => dialect.Name, BatchNormalizationDialect.Keras);
        return new(dialect)
        {
            Axis = config.Axes("axis", dialect.Axis)!,
            Reduce = config.Axes("axes", null),
            Momentum = config.Number("momentum", dialect.Momentum),
            Epsilon = config.Number("epsilon", dialect.Epsilon),
            Center = config.Boolean("center", true),
            Scale = config.Boolean("scale", dialect.Scale),
            BetaInitializer = ReadInitializer(config, "beta_initializer", "beta_init", Initializers.Zeros),
            GammaInitializer = ReadInitializer(config, "gamma_initializer", "gamma_init", Initializers.Ones),
            MovingMeanInitializer = ReadInitializer(config, "moving_mean_initializer", null, Initializers.Zeros),
            MovingVarianceInitializer = ReadInitializer(config, "moving_variance_initializer", null, Initializers.Ones),
            InitialWeights = ReadWeights(config),
            BatchSize = config.Nodes("batch_size") is null ? null : config.WholeNumber("batch_size"),
            BetaRegularizer = config.Regularizer("beta_regularizer"),
            GammaRegularizer = config.Regularizer("gamma_regularizer"),
            BetaConstraint = config.Constraint("beta_constraint"),
            GammaConstraint = config.Constraint("gamma_constraint"),
            By = config.Nodes("mode") is null ? config.Choice("normalize_by", NormalizeBy.Mode) : (NormalizeBy)config.WholeNumber("mode"),
            Averaging = config.Choice("averaging", Averaging.Exponential),
            Stored = config.Choice("stored_statistic", dialect.Stored),
            Correction = config.Choice("variance_correction", VarianceCorrection.Biased),
            Updates = config.Choice("updates", dialect.Updates),
            Freeze = config.Choice("freeze", dialect.Freeze),
            Renorm = ReadRenorm(config),
            VirtualBatches = config.Number("virtual_batch_size", 0) is var size and not 0 ? new VirtualBatches((int)size, config.Choice("grouping", Grouping.Strided)) : null,
            Fused = config.Boolean("fused", false),
            Activation = config.Activation("activation"),
        };
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (Adjustment is not null) throw new InvalidOperationException($"{this}: expected a layer that can be saved, got one with an adjustment, which is a function of one's own.");
        if (Dialect.Name != "keras") config["dialect"] = Dialect.Name;
        config["axis"] = LayerJson.Write(Axis);
        if (Reduce is not null) config["axes"] = LayerJson.Write(Reduce);
        config["momentum"] = Momentum;
        config["epsilon"] = Epsilon;
        config["center"] = Center;
        config["scale"] = Scale;
        config["beta_initializer"] = LayerJson.Write(BetaInitializer);
        config["gamma_initializer"] = LayerJson.Write(GammaInitializer);
        config["moving_mean_initializer"] = LayerJson.Write(MovingMeanInitializer);
        config["moving_variance_initializer"] = LayerJson.Write(MovingVarianceInitializer);
        config["beta_regularizer"] = LayerJson.Write(BetaRegularizer);
        config["gamma_regularizer"] = LayerJson.Write(GammaRegularizer);
        config["beta_constraint"] = LayerJson.Write(BetaConstraint);
        config["gamma_constraint"] = LayerJson.Write(GammaConstraint);
        if (initialWeights is not null) config["weights"] = new JsonArray([.. initialWeights.Select(WriteWeight)]);
        if (BatchSize is { } size) config["batch_size"] = size;
        if (Averaging != Averaging.Exponential) config["averaging"] = LayerJson.Snake(Averaging);
        if (By != NormalizeBy.Mode) config["normalize_by"] = LayerJson.Snake(By);
        if (Stored != Dialect.Stored) config["stored_statistic"] = LayerJson.Snake(Stored);
        if (Correction != VarianceCorrection.Biased) config["variance_correction"] = LayerJson.Snake(Correction);
        if (Updates != Dialect.Updates) config["updates"] = LayerJson.Snake(Updates);
        if (Freeze != Dialect.Freeze) config["freeze"] = LayerJson.Snake(Freeze);
        if (Fused) config["fused"] = true;
        if (Activation != Activations.Linear) config["activation"] = Activation.ToJson();
        if (VirtualBatches is not null)
        {
            config["virtual_batch_size"] = VirtualBatches.Size;
            if (VirtualBatches.Grouping != Grouping.Strided) config["grouping"] = LayerJson.Snake(VirtualBatches.Grouping);
        }

        if (Renorm is null) return;
        JsonObject clipping = [];
        if (double.IsFinite(Renorm.MaxR)) clipping["rmax"] = Renorm.MaxR;
        if (Renorm.MinR > 0) clipping["rmin"] = Renorm.MinR;
        if (double.IsFinite(Renorm.MaxD)) clipping["dmax"] = Renorm.MaxD;
        config["renorm"] = true;
        config["renorm_clipping"] = clipping;
        config["renorm_momentum"] = Renorm.Momentum;
    }

    /// <summary>Keras 1 has other keys, and says <c>zero</c> and <c>one</c>.</summary>
    private static Initializer ReadInitializer(LayerConfig config, string key, string? oldKey, Initializer defaultValue)
    {
        if (oldKey is not null && config.Nodes(oldKey) is not null) key = oldKey;
        return config.Nodes(key) is JsonValue text && text.TryGetValue(out string? name) && name is "zero" or "one"
            ? (name == "zero" ? Initializers.Zeros : Initializers.Ones)
            : config.Initializer(key, defaultValue);
    }

    private static JsonObject WriteWeight(Tensor weight) => new()
    {
        ["shape"] = new JsonArray([.. weight.Shape.Select(size => JsonValue.Create(size))]),
        ["values"] = new JsonArray([.. weight.ToDoubles().Select(value => JsonValue.Create(value))]),
    };

    private static IReadOnlyList<Tensor>? ReadWeights(LayerConfig config)
    {
        if (config.Nodes("weights") is not { } node) return null;
        try
        {
            return [.. node.AsArray().Select(weight => Tensor.From(
                [.. weight!["values"]!.AsArray().Select(value => value!.GetValue<double>())], Shape.Of([.. weight["shape"]!.AsArray().Select(size => size!.GetValue<int>())])))];
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new ArgumentException("BatchNormalization: expected \"weights\" to be a list of objects with shape and values.", error);
        }
    }

    private static Renorm? ReadRenorm(LayerConfig config)
    {
        bool isOn = config.Boolean("renorm", false);
        IReadOnlyDictionary<string, double> clipping = config.Numbers("renorm_clipping", ["rmax", "rmin", "dmax"]);
        double momentum = config.Number("renorm_momentum", 0.99);
        return isOn
            ? new Renorm
            {
                MaxR = clipping.GetValueOrDefault("rmax", double.PositiveInfinity),
                MinR = clipping.GetValueOrDefault("rmin", 0),
                MaxD = clipping.GetValueOrDefault("dmax", double.PositiveInfinity),
                Momentum = momentum,
            }
            : null;
    }
}
