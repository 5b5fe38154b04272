namespace Tapestry.Layers;

/// <summary>
/// The initializers that take no arguments, under Keras's names. With arguments there are <see cref="VarianceScaling"/>, <see cref="RandomNormal"/>,
/// <see cref="TruncatedNormal"/>, <see cref="RandomUniform"/>, <see cref="Orthogonal"/>, <see cref="Identity"/> and <see cref="Constant(double)"/>.
/// </summary>
public static class Initializers
{
    /// <summary>0 throughout: the default of biases, beta and moving means.</summary>
    public static Initializer Zeros { get; } = new Constant(0, nameof(Zeros));

    /// <summary>1 throughout: the default of gamma and moving variances.</summary>
    public static Initializer Ones { get; } = new Constant(1, nameof(Ones));

    /// <summary>Uniform within ±√(6/(fan in + fan out)): the default of kernels.</summary>
    public static Initializer GlorotUniform { get; } = new VarianceScaling(nameof(GlorotUniform), 1, ScalingMode.FanAvg, Distribution.Uniform);

    /// <summary>Truncated normal of variance 2/(fan in + fan out).</summary>
    public static Initializer GlorotNormal { get; } = new VarianceScaling(nameof(GlorotNormal), 1, ScalingMode.FanAvg, Distribution.TruncatedNormal);

    /// <summary>Uniform within ±√(6/fan in).</summary>
    public static Initializer HeUniform { get; } = new VarianceScaling(nameof(HeUniform), 2, ScalingMode.FanIn, Distribution.Uniform);

    /// <summary>Truncated normal of variance 2/fan in: for ReLU, ELU and their like.</summary>
    public static Initializer HeNormal { get; } = new VarianceScaling(nameof(HeNormal), 2, ScalingMode.FanIn, Distribution.TruncatedNormal);

    /// <summary>Uniform within ±√(3/fan in).</summary>
    public static Initializer LecunUniform { get; } = new VarianceScaling(nameof(LecunUniform), 1, ScalingMode.FanIn, Distribution.Uniform);

    /// <summary>Truncated normal of variance 1/fan in: for SELU.</summary>
    public static Initializer LecunNormal { get; } = new VarianceScaling(nameof(LecunNormal), 1, ScalingMode.FanIn, Distribution.TruncatedNormal);

    /// <summary>Those that take no arguments.</summary>
    public static IReadOnlyList<Initializer> All { get; } = [Zeros, Ones, GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal];

    /// <summary>The names of those that take arguments, each with how it is read.</summary>
    internal static IReadOnlyDictionary<string, Func<LayerConfig, Initializer>> WithArguments { get; } = new Dictionary<string, Func<LayerConfig, Initializer>>
    {
        [nameof(Layers.Constant)] = config => new Constant(config.Number("value", 0)),
        [nameof(VarianceScaling)] = VarianceScaling.FromConfig,
        [nameof(RandomNormal)] = RandomNormal.FromConfig,
        [nameof(TruncatedNormal)] = TruncatedNormal.FromConfig,
        [nameof(RandomUniform)] = RandomUniform.FromConfig,
        [nameof(Orthogonal)] = Orthogonal.FromConfig,
        [nameof(Identity)] = Identity.FromConfig,
    };

    /// <summary>One value throughout.</summary>
    public static Initializer Constant(double value) => new Constant(value);
}
