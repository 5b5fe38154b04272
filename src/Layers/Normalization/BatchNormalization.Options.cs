using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <content>The options, and how they are printed, saved and read.</content>
public sealed partial class BatchNormalization
{
    private readonly Axes axis;
    private readonly double momentum;
    private readonly double epsilon;
    private readonly Renorm? renorm;
    private readonly VirtualBatches? virtualBatches;
    private readonly NormalizeBy by;
    private IReadOnlyList<Tensor>? initialWeights;

    /// <summary>Whose defaults and habits the layer starts from.</summary>
    public BatchNormalizationDialect Dialect { get; }

    /// <summary>
    /// The kept axes, the batch axis counted: -1, the default, gives each feature of the last axis statistics of its own; <c>[1, 2]</c> each pixel of [N, 28, 28].
    /// All other axes are averaged over.
    /// </summary>
    public Axes Axis
    {
        get => axis;
        init => axis = value is { Count: > 0 } ? value : throw new ArgumentException("BatchNormalization: expected an axis to keep, got none.", nameof(value));
    }

    /// <summary>The averaged axes instead, as Lasagne names them: <c>[0, 2, 3]</c> is what <see cref="Axis"/> 1 keeps of rank 4. Null, the default, lets Axis say.</summary>
    public Axes? Reduce { get; init; }

    /// <summary>
    /// The weight of the old moving statistics in each update, from 0 up to 1; 0.99 unless the dialect or the option says otherwise. Lasagne's α and PyTorch's momentum are
    /// 1 minus this; contrib's decay is this.
    /// </summary>
    public double Momentum
    {
        get => momentum;
        init => momentum = value is >= 0 and <= 1 ? value : throw Error(nameof(Momentum), "a number from 0 to 1", value);
    }

    /// <summary>What is added to the variance inside the root, 0 or more; 0.001 unless the dialect or the option says otherwise.</summary>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = value is >= 0 and < double.PositiveInfinity ? value : throw Error(nameof(Epsilon), "a finite number of 0 or more", value);
    }

    /// <summary>Whether β is added; true unless told otherwise.</summary>
    public bool Center { get; init; } = true;

    /// <summary>Whether the result is multiplied by γ; true unless the dialect or the option says otherwise.</summary>
    public bool Scale { get; init; }

    /// <summary>How β starts; zeros unless told otherwise.</summary>
    public Initializer BetaInitializer { get; init; } = Initializers.Zeros;

    /// <summary>How γ starts; ones unless told otherwise.</summary>
    public Initializer GammaInitializer { get; init; } = Initializers.Ones;

    /// <summary>How the moving mean starts; zeros unless told otherwise.</summary>
    public Initializer MovingMeanInitializer { get; init; } = Initializers.Zeros;

    /// <summary>How the moving variance starts, or what is stored in its place; ones unless told otherwise.</summary>
    public Initializer MovingVarianceInitializer { get; init; } = Initializers.Ones;

    /// <summary>What is added to the loss for β; nothing unless told otherwise.</summary>
    public Regularizer? BetaRegularizer { get; init; }

    /// <summary>What is added to the loss for γ; nothing unless told otherwise.</summary>
    public Regularizer? GammaRegularizer { get; init; }

    /// <summary>What β is projected to after each step; nothing unless told otherwise.</summary>
    public Constraint? BetaConstraint { get; init; }

    /// <summary>What γ is projected to after each step; nothing unless told otherwise.</summary>
    public Constraint? GammaConstraint { get; init; }

    /// <summary>
    /// The first numbers of all parameters, in the order of <see cref="Layer.Parameters"/>, instead of the initializers': Keras 1's <c>weights</c>. Each has its
    /// parameter's shape. Null unless told otherwise, and again once the layer is built.
    /// </summary>
    public IReadOnlyList<Tensor>? InitialWeights
    {
        get => initialWeights;
        init => initialWeights = value;
    }

    /// <summary>How many examples every batch has, for layers that keep the batch's axis (batchnorm.md C5); not known unless told otherwise.</summary>
    public int? BatchSize
    {
        get;
        init => field = value is null or > 0 ? value : throw Error(nameof(BatchSize), "1 or more", value.Value);
    }

    /// <summary>Which numbers normalize; as the mode says unless told otherwise.</summary>
    public NormalizeBy By
    {
        get => by;
        init => by = Enum.IsDefined(value) ? value : throw Error(nameof(By), "Mode, Sample or Batch (Keras 1's modes 0, 1 and 2)", (int)value);
    }

    /// <summary>How batches are averaged; exponentially unless told otherwise.</summary>
    public Averaging Averaging { get; init; }

    /// <summary>Which statistic of spread is stored; the variance unless the dialect or the option says otherwise.</summary>
    public StoredStatistic Stored { get; init; }

    /// <summary>Which variance goes into the moving average; the biased one unless told otherwise.</summary>
    public VarianceCorrection Correction { get; init; }

    /// <summary>When moving statistics are updated; in the forward pass unless the dialect or the option says otherwise.</summary>
    public UpdateTiming Updates { get; init; }

    /// <summary>What <see cref="Layer.Trainable"/> = false means; inference mode unless the dialect or the option says otherwise.</summary>
    public FreezePolicy Freeze { get; init; }

    /// <summary>Renormalization in training; none unless told otherwise.</summary>
    /// <exception cref="ArgumentException">Its bounds exclude everything.</exception>
    public Renorm? Renorm
    {
        get => renorm;
        init
        {
            value?.Check();
            renorm = value;
        }
    }

    /// <summary>Smaller groups to normalize in training; the whole batch unless told otherwise.</summary>
    /// <exception cref="ArgumentException">The size is below 1.</exception>
    public VirtualBatches? VirtualBatches
    {
        get => virtualBatches;
        init
        {
            value?.Check();
            virtualBatches = value;
        }
    }

    /// <summary>
    /// A scale and a bias for x̂ in training, made for the input's shape: noise that depends on the batch, before γ and β. Plain tensors are
    /// converted to the layer's type. None unless told otherwise. It cannot be saved.
    /// </summary>
    public Func<Shape, (Variable Scale, Variable Bias)>? Adjustment { get; init; }

    /// <summary>
    /// Whether the batch's normalization is one operation with a closed-form derivative, where no other option asks for more; false, composed of recorded operations, unless
    /// told otherwise. Values and gradients are equal but for rounding, and the variance that is averaged is the same one (batchnorm.md E10).
    /// </summary>
    public bool Fused { get; init; }

    /// <summary>What is applied to the result; linear unless told otherwise.</summary>
    public ActivationFunction Activation { get; init; } = Activations.Linear;

    /// <inheritdoc/>
    public override string ToString()
    {
        List<string> options = [];
        void Say(bool isOther, string text)
        {
            if (isOther) options.Add(text);
        }

        Say(Dialect.Name != "keras", Dialect.Name);
        Say(Reduce is not null, $"reduce: {Reduce}");
        Say(Axis.ToString() != Dialect.Axis.ToString(), $"axis: {Axis}");
        Say(Momentum != Dialect.Momentum, string.Create(CultureInfo.InvariantCulture, $"momentum: {Momentum}"));
        Say(Epsilon != Dialect.Epsilon, string.Create(CultureInfo.InvariantCulture, $"epsilon: {Epsilon}"));
        Say(!Center, "center: false");
        Say(Scale != Dialect.Scale, Scale ? "scale: true" : "scale: false");
        Say(By != NormalizeBy.Mode, By == NormalizeBy.Batch ? "by: batch" : "by: sample");
        Say(Averaging == Averaging.Cumulative, "averaging: cumulative");
        Say(Renorm is not null, "renorm: true");
        Say(VirtualBatches is not null, string.Create(CultureInfo.InvariantCulture, $"virtual batch size: {VirtualBatches?.Size}"));
        return $"BatchNormalization({string.Join(", ", options)})";
    }

    private static ArgumentOutOfRangeException Error(string option, string expected, double got) =>
        new(option, string.Create(CultureInfo.InvariantCulture, $"BatchNormalization: expected {option} to be {expected}, got {got}."));
}
