using Tapestry.Tensors;
using Gauss = MathNet.Numerics.Distributions.Normal;

namespace Tapestry.Layers.Tests;

/// <summary>What initializers draw has the mean, the variance and the bounds that it ought to have.</summary>
public class DistributionTests
{
    // 400·250 = 100,000 draws. The mean's deviation is σ/√N; that of the mean square is σ²·√((κ - 1)/N), where κ = E x⁴/σ⁴ is 3 for a normal distribution, 9/5 for a
    // uniform one, and for a normal one cut off at ±2: E x² = 0.87962566103423978² = 0.773741, E x⁴ = 3·E x² - 2·2³·φ(2)/(2Φ(2) - 1) = 2.321224 - 0.905037 = 1.416187,
    // κ = 2.365513. Five such deviations are allowed: one draw in 1.7 million would lie beyond.
    private const int Rows = 400, Columns = 250, Count = Rows * Columns;
    private const double Normal = 3, Uniform = 1.8, Truncated = 2.365513;

    /// <summary>What stands in for no bound: a normal number of 100,000 lies within ±6 but for one set in 5000.</summary>
    private const double Anywhere = 6;

    public static TheoryData<string, double, double, double, double, double> Cases => new()
    {
        // name, mean, variance, κ, and between which shares of the deviation the largest distance from the mean lies
        { "GlorotNormal", 0, 2.0 / (Rows + Columns), Truncated, 2.27, 2 / 0.87962566103423978 },
        { "GlorotUniform", 0, 2.0 / (Rows + Columns), Uniform, 1.731, 1.7320508075688774 },
        { "HeNormal", 0, 2.0 / Rows, Truncated, 2.27, 2 / 0.87962566103423978 },
        { "HeUniform", 0, 2.0 / Rows, Uniform, 1.731, 1.7320508075688774 },
        { "LecunNormal", 0, 1.0 / Rows, Truncated, 2.27, 2 / 0.87962566103423978 },
        { "LecunUniform", 0, 1.0 / Rows, Uniform, 1.731, 1.7320508075688774 },
        { "fan out, untruncated", 0, 3.0 / Columns, Normal, 3.5, Anywhere },
        { "RandomNormal", 0.5, 0.04, Normal, 3.5, Anywhere },
        { "TruncatedNormal", 0.5, 0.04 * 0.87962566103423978 * 0.87962566103423978, Truncated, 2.27, 2 / 0.87962566103423978 },
        { "RandomUniform", 0.5, 0.36 / 12, Uniform, 1.731, 1.7320508075688774 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Mean_variance_and_bounds_are_those_of_the_distribution(string name, double mean, double variance, double kurtosis, double least, double most)
    {
        double[] values = Named(name).Create([Rows, Columns], DType.F64, new Rng(7)).ToDoubles();

        double deviation = Math.Sqrt(variance);
        double[] distances = [.. values.Select(value => value - mean)];
        Assert.Equal(0, distances.Average(), 5 * deviation / Math.Sqrt(Count));
        Assert.Equal(variance, distances.Average(distance => distance * distance), 5 * variance * Math.Sqrt((kurtosis - 1) / Count));
        Assert.InRange(distances.Max(Math.Abs) / deviation, least, most + 1e-12);
    }

    // Without the factor the variance would come out as 0.7737 of what was asked for, where the test above allows a share of 5·√(1.3655/100,000) = 0.018.
    [Fact]
    public void The_factor_is_the_deviation_of_a_normal_distribution_cut_off_at_2() =>
        Assert.Equal(0.87962566103423978, Math.Sqrt(1 - (4 * Gauss.PDF(0, 1, 2) / ((2 * Gauss.CDF(0, 1, 2)) - 1))), 1e-14);

    // A window of 3·3 over 4 channels that become 5: fan in 36, fan out 45. The largest of 180 uniform numbers comes within 5 % of the limit but for one set in 10,000.
    [Theory]
    [InlineData(ScalingMode.FanIn, 36)]
    [InlineData(ScalingMode.FanOut, 45)]
    [InlineData(ScalingMode.FanAvg, 40.5)]
    public void A_window_multiplies_the_fans(ScalingMode mode, double n)
    {
        double[] values = new VarianceScaling(1, mode, Distribution.Uniform).Create([3, 3, 4, 5], DType.F64, new Rng(1)).ToDoubles();

        double limit = Math.Sqrt(3 / n);
        Assert.InRange(values.Max(Math.Abs), 0.95 * limit, limit);
    }

    [Fact]
    public void A_vectors_fans_are_its_size_and_a_scalars_are_1()
    {
        double vector = new VarianceScaling(1, ScalingMode.FanOut, Distribution.Uniform).Create([300], DType.F64, new Rng(1)).ToDoubles().Max(Math.Abs);
        double[] scalars = [.. Enumerable.Range(0, 300).Select(seed => new VarianceScaling(distribution: Distribution.Uniform).Create([], DType.F64, new Rng((ulong)seed)).ToScalar())];

        Assert.InRange(vector, 0.097, 0.1);
        Assert.InRange(scalars.Max(Math.Abs), 0.97 * Math.Sqrt(3), Math.Sqrt(3));
    }

    [Fact]
    public void A_bad_argument_is_refused()
    {
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => new VarianceScaling(0)).Message,
            Assert.Throws<ArgumentException>(() => new RandomNormal(0, -1)).Message,
            Assert.Throws<ArgumentException>(() => new TruncatedNormal(double.NaN)).Message,
            Assert.Throws<ArgumentException>(() => new RandomUniform(1, 0)).Message,
            Assert.Throws<ArgumentException>(() => new Orthogonal(double.PositiveInfinity)).Message,
            Assert.Throws<ArgumentException>(() => new Identity(double.NaN)).Message,
            Assert.Throws<ArgumentException>(() => new Orthogonal().Create([3], DType.F64, new Rng(0))).Message,
            Assert.Throws<ArgumentException>(() => new Identity().Create([3, 3, 3], DType.F64, new Rng(0))).Message,
        ];

        Assert.All(messages, message => Assert.Matches("^[A-Za-z]+: expected .*, got ", message));
    }

    private static Initializer Named(string name) => name switch
    {
        "fan out, untruncated" => new VarianceScaling(3, ScalingMode.FanOut, Distribution.UntruncatedNormal),
        "RandomNormal" => new RandomNormal(0.5, 0.2),
        "TruncatedNormal" => new TruncatedNormal(0.5, 0.2),
        "RandomUniform" => new RandomUniform(0.2, 0.8),
        _ => Initializers.All.Single(initializer => initializer.ClassName == name),
    };
}
