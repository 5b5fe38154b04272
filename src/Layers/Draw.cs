using Tapestry.Autodiff;
using Tapestry.Tensors;
using Distributions = MathNet.Numerics.Distributions;

namespace Tapestry.Layers;

/// <summary>Fills spans with random numbers. Drawn in double and in order, so that a stream gives the same numbers to every type.</summary>
internal static class Draw
{
    /// <summary>What draws the numbers.</summary>
    public delegate void Fill(Span<double> values);

    /// <summary>The standard deviation of a standard normal that is cut off at ±2: √(1 - 4φ(2)/(2Φ(2) - 1)).</summary>
    public const double TruncatedDeviation = 0.87962566103423978;

    /// <summary>Normal numbers.</summary>
    public static void Normal(Span<double> values, Rng rng, double mean, double deviation)
    {
        foreach (ref double value in values) value = mean + (deviation * Distributions.Normal.Sample(rng, 0, 1));
    }

    /// <summary>Normal numbers, drawn again where they lie further than two deviations from the mean.</summary>
    public static void TruncatedNormal(Span<double> values, Rng rng, double mean, double deviation)
    {
        foreach (ref double value in values) value = mean + (Truncated(rng) * deviation);
    }

    /// <summary>Uniform numbers from low up to high.</summary>
    public static void Uniform(Span<double> values, Rng rng, double low, double high)
    {
        foreach (ref double value in values) value = low + (rng.NextDouble() * (high - low));
    }

    /// <summary>Uniform numbers from -limit up to limit.</summary>
    public static void Symmetric(Span<double> values, Rng rng, double limit)
    {
        foreach (ref double value in values) value = ((2 * rng.NextDouble()) - 1) * limit;
    }

    /// <summary>0 with a probability, else a value.</summary>
    public static void Kept(Span<double> values, Rng rng, double rate, double value)
    {
        foreach (ref double element in values) element = rng.NextDouble() < rate ? 0 : value;
    }

    /// <summary>A tensor of a variable's shape and type.</summary>
    public static Tensor Tensor(Variable like, Fill fill)
    {
        double[] values = new double[like.Shape.ElementCount];
        fill(values);
        return Tensors.Tensor.From(values, like.Shape).Cast(like.DType);
    }

    private static double Truncated(Rng rng)
    {
        while (true)
        {
            double value = Distributions.Normal.Sample(rng, 0, 1);
            if (Math.Abs(value) <= 2) return value;
        }
    }
}
