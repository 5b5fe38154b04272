using System.Text.Json.Nodes;

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
            BetaInitializer = config.Initializer("beta_initializer", Initializers.Zeros),
            GammaInitializer = config.Initializer("gamma_initializer", Initializers.Ones),
            MovingMeanInitializer = config.Initializer("moving_mean_initializer", Initializers.Zeros),
            MovingVarianceInitializer = config.Initializer("moving_variance_initializer", Initializers.Ones),
            BetaRegularizer = config.Regularizer("beta_regularizer"),
            GammaRegularizer = config.Regularizer("gamma_regularizer"),
            BetaConstraint = config.Constraint("beta_constraint"),
            GammaConstraint = config.Constraint("gamma_constraint"),
            By = config.Choice("normalize_by", NormalizeBy.Mode),
            Stored = config.Choice("stored_statistic", dialect.Stored),
            Correction = config.Choice("variance_correction", VarianceCorrection.Biased),
            Updates = config.Choice("updates", dialect.Updates),
            Freeze = config.Choice("freeze", dialect.Freeze),
            Renorm = ReadRenorm(config),
            VirtualBatches = config.Number("virtual_batch_size", 0) is var size and not 0 ? new VirtualBatches((int)size, config.Choice("grouping", Grouping.Strided)) : null,
            Activation = config.Activation("activation"),
            Trainable = config.Trainable,
            Training = config.Training,
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
        if (By != NormalizeBy.Mode) config["normalize_by"] = LayerJson.Snake(By);
        if (Stored != Dialect.Stored) config["stored_statistic"] = LayerJson.Snake(Stored);
        if (Correction != VarianceCorrection.Biased) config["variance_correction"] = LayerJson.Snake(Correction);
        if (Updates != Dialect.Updates) config["updates"] = LayerJson.Snake(Updates);
        if (Freeze != Dialect.Freeze) config["freeze"] = LayerJson.Snake(Freeze);
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
