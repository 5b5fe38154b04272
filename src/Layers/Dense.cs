using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = activation(x·kernel + bias) over the last axis: [N, ..., in] becomes [N, ..., units]. Built from <see cref="Op.Dense"/>, which is a
/// <see cref="Op.MatMul"/>, an <see cref="Op.Add"/> and the activation in one; tested in <c>tests/Layers.Tests/DenseTests.cs</c>.
/// </summary>
public sealed class Dense : Layer
{
    private Parameter? kernel;
    private Parameter? bias;

    /// <summary>A layer of that many outputs.</summary>
    /// <param name="units">The size of the output's last axis, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 1.</exception>
    public Dense(int units)
    {
        if (units < 1) throw new ArgumentOutOfRangeException(nameof(units), $"Dense: expected 1 unit or more, got {units}.");
        Units = units;
    }

    /// <summary>The size of the output's last axis.</summary>
    public int Units { get; }

    /// <summary>What is applied to the result; linear unless told otherwise.</summary>
    public ActivationFunction Activation { get; init; } = Activations.Linear;

    /// <summary>Whether a bias is added; true unless told otherwise. Directly before batch normalization it does nothing: its mean takes the bias out again.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>How the kernel starts; Glorot's uniform unless told otherwise.</summary>
    public Initializer KernelInitializer { get; init; } = Initializers.GlorotUniform;

    /// <summary>How the bias starts; zeros unless told otherwise.</summary>
    public Initializer BiasInitializer { get; init; } = Initializers.Zeros;

    /// <summary>What is added to the loss for the kernel; nothing unless told otherwise.</summary>
    public Regularizer? KernelRegularizer { get; init; }

    /// <summary>What is added to the loss for the bias; nothing unless told otherwise.</summary>
    public Regularizer? BiasRegularizer { get; init; }

    /// <summary>What the kernel is projected to after each step; nothing unless told otherwise.</summary>
    public Constraint? KernelConstraint { get; init; }

    /// <summary>What the bias is projected to after each step; nothing unless told otherwise.</summary>
    public Constraint? BiasConstraint { get; init; }

    /// <summary>[in, units], once built.</summary>
    public Parameter Kernel => kernel ?? throw new InvalidOperationException($"{this}: expected a layer that has been built, got one that has not.");

    /// <summary>[units], once built; null without a bias.</summary>
    public Parameter? Bias => bias;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank == 0) throw new ArgumentException($"{this}: expected input of shape [N, ..., in], got [N]. Reshape it to [N, 1].", nameof(inputShape));

        // A kernel that no array holds is refused before any layer is built.
        _ = Shape.Of(inputShape[-1], Units);
        return inputShape.With(-1, Units);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Dense({Units}{(Activation == Activations.Linear ? "" : $", activation: {Activation}")}{(UseBias ? "" : ", use bias: false")})";

    internal static Dense FromConfig(LayerConfig config) => new(config.WholeNumber("units"))
    {
        Activation = config.Activation("activation"),
        UseBias = config.Boolean("use_bias", true),
        KernelInitializer = config.Initializer("kernel_initializer", Initializers.GlorotUniform),
        BiasInitializer = config.Initializer("bias_initializer", Initializers.Zeros),
        KernelRegularizer = config.Regularizer("kernel_regularizer"),
        BiasRegularizer = config.Regularizer("bias_regularizer"),
        KernelConstraint = config.Constraint("kernel_constraint"),
        BiasConstraint = config.Constraint("bias_constraint"),
    };

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        kernel = Add("kernel", KernelInitializer.Create([inputShape[-1], Units], dtype, rng), KernelRegularizer, KernelConstraint);
        if (!UseBias) return;
        bias = Add("bias", BiasInitializer.Create([Units], dtype, rng), BiasRegularizer, BiasConstraint);
        bias.Regularizable = false;
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        Variable y = Op.Dense(x.Reshape(-1, x.Shape[-1]), Use(Kernel, x), bias is null ? null : Use(bias, x), Activation.Fused);
        if (x.Shape.Rank > 2) y = Op.Reshape(y, x.Shape.With(-1, Units));
        return Activation.Fused is null ? Activation.Apply(y) : y;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["units"] = Units;
        config["activation"] = Activation.ToJson();
        config["use_bias"] = UseBias;
        LayerJson.WriteWeight(config, "kernel", KernelInitializer, KernelRegularizer, KernelConstraint);
        LayerJson.WriteWeight(config, "bias", BiasInitializer, BiasRegularizer, BiasConstraint);
    }
}
