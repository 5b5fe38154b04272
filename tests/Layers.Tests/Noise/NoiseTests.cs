using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>What random layers draw, beside <see cref="DropoutTests"/>.</summary>
public class NoiseTests
{
    private const int Count = 40_000;

    /// <summary>Five deviations of a mean of that many numbers, for numbers of deviation 1.</summary>
    private static readonly double Five = 5 / Math.Sqrt(Count);

    public static TheoryData<string> Names => ["noise", "gaussian dropout", "alpha dropout"];

    // The noise is what is added: mean 0 and variance 0.25, whose error has the deviation 0.25·√(2/N).
    [Fact]
    public void Gaussian_noise_is_normal_around_0()
    {
        double[] noise = Trained("noise", Tensor.Full([1, Count], 3, DType.F64)).Select(y => y - 3).ToArray();

        Assert.Equal(0, noise.Average(), 0.5 * Five);
        Assert.Equal(0.25, noise.Average(value => value * value), 0.25 * Math.Sqrt(2) * Five);
    }

    // Of inputs 3 at a rate of 0.2: mean 3, deviation 3·√(0.2/0.8) = 1.5.
    [Fact]
    public void Gaussian_dropout_has_the_mean_and_variance_of_dropout()
    {
        double[] y = Trained("gaussian dropout", Tensor.Full([1, Count], 3, DType.F64));

        Assert.Equal(3, y.Average(), 1.5 * Five);
        Assert.Equal(2.25, y.Average(value => (value - 3) * (value - 3)), 2.25 * Math.Sqrt(2) * Five);
        Assert.Equal(Count, y.Distinct().Count());
    }

    // Inputs of mean 0 and variance 1 keep both. A kept x gives a·x + b, a dropped one a·α' + b: with α' = -1.758099341 and rate 0.2, a = (0.8·(1 + 0.2·3.090913))^-½
    // = 0.878904, b = 0.2·1.758099·a = 0.309040; a dropped one is -1.236160. The fourth moment of y, at most 3.5 here, bounds the error of the variance by √(2.5/N).
    [Fact]
    public void Alpha_dropout_keeps_mean_0_and_variance_1()
    {
        double[] normal = new double[Count];
        MathNet.Numerics.Distributions.Normal.Samples(new Rng(5), normal, 0, 1);
        double[] y = Trained("alpha dropout", Tensor.From(normal, [1, Count]));

        Assert.Equal(0, y.Average(), Five);
        Assert.Equal(1, y.Average(value => value * value), 1.6 * Five);
        double[] dropped = [.. y.GroupBy(value => value).Where(group => group.Count() > 1).SelectMany(group => group)];
        Assert.Equal(-1.236160, dropped.Distinct().Single(), 1e-6);
        Assert.Equal(0.2, dropped.Length / (double)Count, 0.4 * Five);
        int kept = Array.FindIndex(y, value => Math.Abs(value + 1.236160) > 1e-5);
        Assert.Equal((0.878904 * normal[kept]) + 0.309040, y[kept], 3e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Inference_is_the_identity_and_draws_nothing(string name)
    {
        StochasticLayer layer = Built(name);
        Tensor x = Catalogue.Sample([2, Count / 2], Domain.Any, new Rng(1)).Reshape(1, Count);

        Expect.SameBits(x, layer.Forward(x, Mode.Inference).Value);
        Assert.Equal(0UL, layer.Rng.Position);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_stream_is_state_and_restoring_it_repeats_what_was_drawn(string name)
    {
        StochasticLayer layer = Built(name);
        Tensor x = Tensor.Ones([1, Count], DType.F64);
        layer.Forward(x, Mode.Train);
        (ulong seed, ulong position) = (layer.Rng.Seed, layer.Rng.Position);
        Tensor first = layer.Forward(x, Mode.Train).Value;
        Assert.NotEqual(first.ToDoubles(), layer.Forward(x, Mode.Train).Value.ToDoubles());

        layer.Rng = new Rng(seed, position);

        Expect.SameBits(first, layer.Forward(x, Mode.Train).Value);
    }

    [Fact]
    public void Without_noise_nothing_is_drawn()
    {
        foreach (StochasticLayer layer in (StochasticLayer[])[new GaussianNoise(0), new GaussianDropout(0), new AlphaDropout(0)])
        {
            layer.BuildFor([3], DType.F64, new Rng(1));
            Tensor x = Tensor.From([1.0, 2, 3], [1, 3]);
            Expect.SameBits(x, layer.Forward(x, Mode.Train).Value);
            Assert.Equal(0UL, layer.Rng.Position);
        }
    }

    [Fact]
    public void A_bad_argument_is_refused()
    {
        string[] messages =
        [
            Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianNoise(-1)).Message,
            Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianDropout(1)).Message,
            Assert.Throws<ArgumentOutOfRangeException>(() => new AlphaDropout(double.NaN)).Message,
        ];

        Assert.All(messages, message => Assert.Matches("^[A-Za-z]+: expected a .*, got ", message));
    }

    private static double[] Trained(string name, Tensor x) => Built(name).Forward(x, Mode.Train).Value.ToDoubles();

    private static StochasticLayer Built(string name)
    {
        StochasticLayer layer = name switch { "noise" => new GaussianNoise(0.5), "gaussian dropout" => new GaussianDropout(0.2), _ => new AlphaDropout(0.2) };
        layer.BuildFor([Count], DType.F64, new Rng(11));
        return layer;
    }
}
