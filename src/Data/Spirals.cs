using System.Globalization;
using MathNet.Numerics.Distributions;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// Points of the plane on spiral arms that wind about each other, a class an arm: no line comes near to parting them. Those of Stanford's CS231n ("Neural Networks Case Study",
/// Karpathy), with the arms spread evenly about the origin; with two classes and more turns they are the two spirals of Lang and Witbrock (1988). Each point depends on the
/// seed and on its number alone.
/// </summary>
public static class Spirals
{
    /// <summary>
    /// Draws points. The one of number i is of class c = i mod classes: at the radius r, uniform from 0 to 1, and the angle φ = 2π(c/classes + turns·r) + noise·z, z standard normal,
    /// it is (r·cos φ, r·sin φ).
    /// </summary>
    /// <param name="count">How many: N of the features, F32 [N, 2], and of the targets, I32 [N].</param>
    /// <param name="seed">Names the sequence of points; 1 unless told otherwise.</param>
    /// <param name="first">The number in the sequence of the first point; 0 unless told otherwise.</param>
    /// <param name="classes">How many arms there are, 2 or more; 3 unless told otherwise.</param>
    /// <param name="turns">How often an arm goes about the origin, 0 or more; 0.75 unless told otherwise.</param>
    /// <param name="noise">The standard deviation of the angles in radians, 0 or more; 0.2 unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or <paramref name="count"/> and <paramref name="first"/> together exceed <see cref="int.MaxValue"/>.</exception>
    public static DataSet Generate(int count, ulong seed = 1, int first = 0, int classes = 3, double turns = 0.75, double noise = 0.2)
    {
        Sequence.Refuse(nameof(Spirals), count, first);
        if (classes < 2) throw new ArgumentOutOfRangeException(nameof(classes), string.Create(CultureInfo.InvariantCulture, $"Spirals: expected 2 classes or more, got {classes}."));
        Refuse(turns, nameof(turns));
        Refuse(noise, nameof(noise));

        Tensor points = Tensor.Zeros([count, 2], DType.F32), labels = Tensor.Zeros([count], DType.I32);
        Rng root = new(seed);
        for (int i = 0; i < count; i++)
        {
            int number = first + i, label = number % classes;
            Rng rng = root.Split((ulong)number);
            double radius = rng.NextDouble();
            double angle = (2 * Math.PI * (((double)label / classes) + (turns * radius))) + (noise * Normal.Sample(rng, 0, 1));
            points.AsSpan<float>()[2 * i] = (float)(radius * Math.Cos(angle));
            points.AsSpan<float>()[(2 * i) + 1] = (float)(radius * Math.Sin(angle));
            labels.AsSpan<int>()[i] = label;
        }

        return new DataSet(points, labels, classes);
    }

    private static void Refuse(double value, string name)
    {
        if (value >= 0 && double.IsFinite(value)) return;
        throw new ArgumentOutOfRangeException(name, string.Create(CultureInfo.InvariantCulture, $"Spirals: expected {name} to be a finite number of 0 or more, got {value}."));
    }
}
