using MathNet.Numerics.Distributions;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// Numbers to be learned, with a known answer: y = x·<see cref="Kernel"/> + <see cref="Bias"/> + <see cref="Noise"/>·z. A single layer without an activation can be right. Its mean
/// squared error is smallest at the solution of least squares, the best linear unbiased estimate (Gauss and Markov), which lies about noise/√N from the answer. Each example
/// depends on the seed and on its number alone.
/// </summary>
public static class Regression
{
    /// <summary>The coefficient of each feature: 2, -3 and 0.5.</summary>
    public static IReadOnlyList<double> Kernel { get; } = [2, -3, 0.5];

    /// <summary>What y is where all features are 0, but for the noise: 1.</summary>
    public const double Bias = 1;

    /// <summary>The standard deviation of what no model can know, 0.1: the smallest root mean squared error that can be hoped for.</summary>
    public const double Noise = 0.1;

    /// <summary>Draws examples: the features x and the noise z are standard normal, all of them independent.</summary>
    /// <param name="count">How many: N of the features, F32 [N, 3], and of the targets, F32 [N, 1].</param>
    /// <param name="seed">Names the sequence of examples; 1 unless told otherwise.</param>
    /// <param name="first">The number in the sequence of the first example; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or both together exceed <see cref="int.MaxValue"/>.</exception>
    public static DataSet Generate(int count, ulong seed = 1, int first = 0)
    {
        Sequence.Refuse(nameof(Regression), count, first);

        int width = Kernel.Count;
        Tensor features = Tensor.Zeros([count, width], DType.F32), targets = Tensor.Zeros([count, 1], DType.F32);
        Rng root = new(seed);
        for (int i = 0; i < count; i++)
        {
            Rng rng = root.Split((ulong)(first + i));
            Span<float> x = features.AsSpan<float>().Slice(i * width, width);
            double y = Bias;
            for (int j = 0; j < width; j++)
            {
                x[j] = (float)Normal.Sample(rng, 0, 1);
                y += Kernel[j] * x[j];
            }

            targets.AsSpan<float>()[i] = (float)(y + (Noise * Normal.Sample(rng, 0, 1)));
        }

        return new DataSet(features, targets);
    }
}
