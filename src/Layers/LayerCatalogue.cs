using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>One row of the catalogue of layers.</summary>
/// <param name="ClassName">Keras's class name.</param>
/// <param name="FromConfig">Makes the layer from its Keras configuration.</param>
/// <param name="Samples">Small instances, each with an input shape, for gradient checks and the contract tests.</param>
public sealed record LayerRow(string ClassName, Func<LayerConfig, Layer> FromConfig, params IReadOnlyList<LayerSample> Samples)
{
    /// <summary>Makes the layer from its configuration, with what every layer has.</summary>
    internal Layer Read(LayerConfig config)
    {
        Layer layer = FromConfig(config);
        layer.Take(config);
        return layer;
    }

    /// <summary>Checks the gradients of every sample, in training and in inference, to an order, and reports the worst.</summary>
    public GradientReport Check(int order) =>
        GradientReport.Worst([.. Samples.SelectMany(sample => (GradientReport[])[sample.Check(Mode.Train, order), sample.Check(Mode.Inference, order)])]);
}

/// <summary>A small instance of a layer.</summary>
/// <param name="Create">Makes the layer anew.</param>
/// <param name="InputShape">An input shape for it, without the batch axis.</param>
/// <param name="MoreShapes">The shapes of further inputs, of a layer that has any.</param>
public sealed record LayerSample(Func<Layer> Create, Shape InputShape, params IReadOnlyList<Shape> MoreShapes)
{
    private const int BatchSize = 4;

    /// <summary>How many different whole numbers the input is made of, for a layer that takes indices; null, the default, where it takes any numbers.</summary>
    public int? Indices { get; init; }
    /// <summary>The inputs' shapes, without the batch axis.</summary>
    public IReadOnlyList<Shape> InputShapes => [InputShape, .. MoreShapes];

    /// <summary>Makes the layer and builds it.</summary>
    public Layer Build(DType dtype, Rng rng)
    {
        Layer layer = Create();
        layer.BuildFor(InputShapes, dtype, rng);
        return layer;
    }

    /// <summary>Whether the layer stops a gradient on purpose, so that finite differences must hold what it let through.</summary>
    public bool HoldStopped { get; init; }

    /// <summary>Whether the layer can be written as a configuration; one that holds a function of its user's cannot.</summary>
    public bool IsWritable { get; init; } = true;

    /// <summary>A batch for each input, of type F64; of no two inputs are the numbers equal, so that a maximum has a derivative.</summary>
    public Tensor[] Inputs(int batchSize, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        return [.. InputShapes.Select(shape => shape.Prepend(batchSize)).Select(shape => Indices is { } count
            ? Tensor.From([.. Enumerable.Range(0, shape.ElementCount).Select(_ => (double)rng.Next(count))], shape)
            : Catalogue.Sample(shape, Domain.AwayFromZero, rng))];
    }

    /// <summary>Checks the gradient with respect to every trainable parameter, and to the input unless that is indices, in F64.</summary>
    public GradientReport Check(Mode mode, int order)
    {
        Rng rng = new(8);
        Layer layer = Build(DType.F64, rng.Split(0));
        IReadOnlyList<Parameter> weights = layer.TrainableParameters;
        Tensor[] varied = [.. weights.Select(weight => Catalogue.Sample(weight.Shape, Domain.AwayFromZero, rng))];
        Tensor[] inputs = Inputs(BatchSize, rng);
        int count = Indices is null ? inputs.Length : 0;

        // A function must give the same output each time: statistics stand still, and what is random is drawn anew from the start.
        Mode still = mode with { UpdateStatistics = false };
        return GradientCheck.Run(xs =>
        {
            Tape tape = xs[0].Tape!;
            for (int i = 0; i < weights.Count; i++) tape.Bind(weights[i], xs[count + i]);
            if (layer is IStochastic stochastic) stochastic.Rng = new Rng(3);
            return layer.Forward(Indices is null ? [.. xs.Take(count)] : [.. inputs.Select(tape.Constant)], still);
        }, Indices is null ? [.. inputs, .. varied] : varied, order, holdStopped: HoldStopped);
    }
}

/// <summary>Every layer: what reads JSON, what <c>mlp gradcheck</c> checks and what the contract tests run through. A layer without a row fails a test.</summary>
public static class LayerCatalogue
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<LayerRow> Layers { get; } =
    [
        new(nameof(Flatten), Flatten.FromConfig, new LayerSample(() => new Flatten(), [2, 3])),
        new(nameof(Dense), Dense.FromConfig,
            new(() => new Dense(3) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal }, [4]),
            new(() => new Dense(2) { KernelRegularizer = new OrthogonalRegularizer(), BiasRegularizer = new L1(), KernelConstraint = new UnitNorm(), ActivityRegularizer = new L2(0.1) }, [3]),
            new(() => new Dense(2) { UseBias = false, Activation = Activations.EluWith(0.5) }, [2, 3]),
            new(() => new Dense(3) { Activation = Activations.Softmax, BiasInitializer = Initializers.Constant(0.1) }, [4])),
        new(nameof(Activation), Activation.FromConfig,
            [
                .. Activations.All.Select(function => new LayerSample(() => new Activation(function), [4])),
                .. ((ActivationFunction[])[Activations.EluWith(0.7), Activations.LeakyReluWith(0.1), Activations.ApproximateGelu, Activations.HardSigmoidWith(0.15), Activations.ThresholdedRelu(0)])
                    .Select(function => new LayerSample(() => new Activation(function), [2, 3])),
            ]),
        new(nameof(BatchNormalization), BatchNormalization.FromConfig,
            new(() => new BatchNormalization(), [3]),
            new(() => new BatchNormalization { Axis = 1, Momentum = 0.9, Epsilon = 1e-5 }, [2, 3]),
            new(() => new BatchNormalization { Axis = [1, 2], Scale = false }, [2, 2]),
            new(() => new BatchNormalization { Center = false }, [2, 2, 3]),
            new(() => new BatchNormalization(BatchNormalizationDialect.Keras1), [3]),
            new(() => new BatchNormalization(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Sample }, [3]),
            new(() => new BatchNormalization(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Batch }, [3]),
            new(() => new BatchNormalization(BatchNormalizationDialect.Contrib) { Activation = Activations.Tanh }, [3]),
            new(() => new BatchNormalization(BatchNormalizationDialect.Lasagne) { Reduce = [0, 2] }, [3, 2]),
            new(() => new BatchNormalization { Renorm = new Renorm { MaxR = 1.1, MinR = 0.9, MaxD = 0.5 } }, [3]) { HoldStopped = true },
            new(() => new BatchNormalization { Adjustment = _ => (Tensor.From([1.05, 0.95, 1.01]), Tensor.From([0.1, -0.1, 0.05])) }, [3]) { IsWritable = false },
            new(() => new BatchNormalization { Fused = false }, [3]),
            new(() => new BatchNormalization { Fused = false, Axis = 1, Scale = false }, [2, 3]),
            new(() => new BatchNormalization { VirtualBatches = new VirtualBatches(2) }, [3]),
            new(() => new BatchNormalization { VirtualBatches = new VirtualBatches(2, Grouping.Contiguous), Axis = 1 }, [2, 3])),
        new(nameof(Scale), Scale.FromConfig,
            new(() => new Scale(), [3]),
            new(() => new Scale { Axis = [1, 2], BetaInitializer = Initializers.Constant(0.1) }, [2, 3])),
        new(nameof(Dropout), Dropout.FromConfig, new LayerSample(() => new Dropout(0.4), [6])),
        new(nameof(LayerNormalization), LayerNormalization.FromConfig,
            new(() => new LayerNormalization(), [3]),
            new(() => new LayerNormalization { Axis = [1, -1], Epsilon = 1e-5 }, [2, 2, 3]),
            new(() => new LayerNormalization { Axis = 1, Center = false }, [3, 2]),
            new(() => new LayerNormalization { Scale = false, BetaInitializer = Initializers.Constant(0.1) }, [2, 3])),
        new("RMSNormalization", RmsNormalization.FromConfig,
            new(() => new RmsNormalization(), [3]),
            new(() => new RmsNormalization { Axis = [1, 2], Epsilon = 0.1 }, [2, 3])),
        new("PReLU", PRelu.FromConfig,
            new(() => new PRelu { AlphaInitializer = Initializers.Constant(0.25) }, [3]),
            new(() => new PRelu { SharedAxes = [1, 2] }, [2, 2, 3])),
        new(nameof(GaussianNoise), GaussianNoise.FromConfig, new LayerSample(() => new GaussianNoise(0.5), [3])),
        new(nameof(GaussianDropout), GaussianDropout.FromConfig, new LayerSample(() => new GaussianDropout(0.4), [3])),
        new(nameof(AlphaDropout), AlphaDropout.FromConfig, new LayerSample(() => new AlphaDropout(0.4), [6])),
        new(nameof(Reshape), Reshape.FromConfig,
            new(() => new Reshape(3, 2), [2, 3]),
            new(() => new Reshape(2, -1), [8])),
        new(nameof(Permute), Permute.FromConfig, new LayerSample(() => new Permute(3, 1, 2), [2, 3, 2])),
        new(nameof(RepeatVector), RepeatVector.FromConfig, new LayerSample(() => new RepeatVector(3), [2])),
        new(nameof(Rescaling), Rescaling.FromConfig,
            new(() => new Rescaling(0.5, -1), [3]),
            new(() => new Rescaling(0.125), [2, 2]),
            new(() => new Rescaling(Tensor.From([0.5, 2, -1]), Tensor.From([1.0, 0.25], [2, 1])), [2, 3])),
        new(nameof(Embedding), Embedding.FromConfig, new LayerSample(() => new Embedding(2, 3), [4]) { Indices = 2 }),
        new(nameof(Normalization), Normalization.FromConfig,
            new(() => new Normalization(), [3]),
            new(() => new Normalization { Axis = null }, [2, 2]),
            new(() => new Normalization { Axis = [1, 2], Invert = true }, [2, 2, 3]),
            new(() => new Normalization(Tensor.From([1.0, -0.5]), Tensor.From([4, 0.25], [2, 1])) { Axis = [1, 2] }, [2, 2, 3]),
            new(() => new Normalization(0.5, 2) { Axis = null, Invert = true }, [3])),
        new(nameof(PerImageStandardization), PerImageStandardization.FromConfig, new LayerSample(() => new PerImageStandardization(), [2, 3])),
        new(nameof(PerBatchStandardization), PerBatchStandardization.FromConfig, new LayerSample(() => new PerBatchStandardization(), [2, 3])),
        new(nameof(Whitening), Whitening.FromConfig,
            new(() => new Whitening(), [3]),
            new(() => new Whitening { Method = WhiteningMethod.Pca, Epsilon = 0.01 }, [2, 2])),
        new(nameof(RandomTranslation), RandomTranslation.FromConfig,
            new(() => new RandomTranslation(0.4, 0.3), [3, 3]),
            new(() => new RandomTranslation(new FactorRange(0.1, 0.5), 0) { FillMode = FillMode.Constant, FillValue = 0.5 }, [3, 2, 2])),
        new(nameof(RandomRotation), RandomRotation.FromConfig,
            new(() => new RandomRotation(0.2), [3, 3]),
            new(() => new RandomRotation(0.5) { FillMode = FillMode.Wrap, Interpolation = Interpolation.Nearest }, [2, 3, 2])),
        new(nameof(ActivityRegularization), ActivityRegularization.FromConfig, new LayerSample(() => new ActivityRegularization(0.1, 0.2), [3])),
        new(nameof(Lambda), Lambda.FromConfig, new LayerSample(() => new Lambda(x => Op.Square(x)), [3]) { IsWritable = false }),
        new(nameof(InputLayer), InputLayer.FromConfig, new LayerSample(() => new InputLayer([2, 3]), [2, 3])),
        new(nameof(Add), _ => new Add(), new(() => new Add(), [3], [3], [3]), new(() => new Add(), [2, 3], [3])),
        new(nameof(Subtract), _ => new Subtract(), new(() => new Subtract(), [3], [3]), new(() => new Subtract(), [3], [2, 3])),
        new(nameof(Multiply), _ => new Multiply(), new(() => new Multiply(), [3], [3], [3]), new(() => new Multiply(), [2, 3], [2, 1])),
        new(nameof(Average), _ => new Average(), new(() => new Average(), [3], [3], [3]), new(() => new Average(), [3], [1])),
        new(nameof(Maximum), _ => new Maximum(), new LayerSample(() => new Maximum(), [3], [3], [3])),
        new(nameof(Minimum), _ => new Minimum(), new LayerSample(() => new Minimum(), [3], [3], [3])),
        new(nameof(Concatenate), Concatenate.FromConfig, new(() => new Concatenate(), [2, 3], [2, 1], [2, 2]), new(() => new Concatenate { Axis = 1 }, [2, 3], [1, 3])),
        new(nameof(Dot), Dot.FromConfig,
            new(() => new Dot(1), [3], [3]),
            new(() => new Dot([2, 1]), [2, 3], [3, 4]),
            new(() => new Dot(-1) { Normalize = true }, [2, 3], [3])),
    ];

    /// <summary>The row of a class name, or null.</summary>
    public static LayerRow? Find(string className) => Layers.FirstOrDefault(row => row.ClassName == className);
}
