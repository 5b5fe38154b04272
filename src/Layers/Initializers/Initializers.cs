namespace Tapestry.Layers;

/// <summary>The initializers, under Keras's names.</summary>
public static class Initializers
{
    /// <summary>0 throughout: the default of biases, beta and moving means.</summary>
    public static Initializer Zeros { get; } = new Constant(0, nameof(Zeros));

    /// <summary>1 throughout: the default of gamma and moving variances.</summary>
    public static Initializer Ones { get; } = new Constant(1, nameof(Ones));

    /// <summary>Uniform within ±√(6/(fan in + fan out)): the default of kernels.</summary>
    public static Initializer GlorotUniform { get; } = VarianceScaling.Glorot(normal: false);

    /// <summary>Truncated normal of variance 2/(fan in + fan out).</summary>
    public static Initializer GlorotNormal { get; } = VarianceScaling.Glorot(normal: true);

    /// <summary>Uniform within ±√(6/fan in).</summary>
    public static Initializer HeUniform { get; } = VarianceScaling.He(normal: false);

    /// <summary>Truncated normal of variance 2/fan in: for ReLU, ELU and their like.</summary>
    public static Initializer HeNormal { get; } = VarianceScaling.He(normal: true);

    /// <summary>Those that take no arguments.</summary>
    public static IReadOnlyList<Initializer> All { get; } = [Zeros, Ones, GlorotUniform, GlorotNormal, HeUniform, HeNormal];

    /// <summary>One value throughout.</summary>
    public static Initializer Constant(double value) => new Constant(value);
}
