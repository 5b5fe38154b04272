using Tapestry.Tensors;

namespace Tapestry.Autodiff.Inspection;

/// <summary>What a view keeps of a tensor: a copy of the elements where they are few, and figures that tell the rest. It outlives the tape.</summary>
public sealed record TensorSummary
{
    /// <summary>How many elements are kept at most: 1024.</summary>
    public const int MostElements = 1024;

    /// <summary>How many classes a histogram has: 32.</summary>
    public const int HistogramClasses = 32;

    /// <summary>The sizes of the axes.</summary>
    public required Shape Shape { get; init; }

    /// <summary>The element type.</summary>
    public required DType DType { get; init; }

    /// <summary>The elements, row-major; null where there are more than <see cref="MostElements"/>.</summary>
    public IReadOnlyList<double>? Elements { get; init; }

    /// <summary>The smallest of the finite elements; NaN where there are none.</summary>
    public double Minimum { get; init; }

    /// <summary>The largest of the finite elements; NaN where there are none.</summary>
    public double Maximum { get; init; }

    /// <summary>The mean of the finite elements; NaN where there are none.</summary>
    public double Mean { get; init; }

    /// <summary>The finite elements' deviation from their mean, the biased one: the square root of the mean square; NaN where there are none.</summary>
    public double Deviation { get; init; }

    /// <summary>How many elements are NaN.</summary>
    public int NaNs { get; init; }

    /// <summary>How many elements are infinite.</summary>
    public int Infinities { get; init; }

    /// <summary>How the finite elements are distributed; null where the elements themselves are kept, or none is finite.</summary>
    public Histogram? Histogram { get; init; }

    /// <summary>Summarizes a tensor.</summary>
    /// <exception cref="ObjectDisposedException">The tape that owned the tensor has been disposed.</exception>
    public static TensorSummary Of(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        double[] elements = tensor.ToDoubles();
        double[] finite = Array.FindAll(elements, double.IsFinite);
        (double minimum, double maximum) = finite.Length == 0 ? (double.NaN, double.NaN) : (finite.Min(), finite.Max());

        // Of equal elements exactly, where a sum would round; elsewhere of shares, since the sum of large ones may be infinite.
        double mean = minimum == maximum ? minimum : finite.Length == 0 ? double.NaN : finite.Sum(element => element / finite.Length);
        bool isLarge = elements.Length > MostElements;
        return new TensorSummary
        {
            Shape = tensor.Shape,
            DType = tensor.DType,
            Elements = isLarge ? null : elements,
            Minimum = minimum,
            Maximum = maximum,
            Mean = mean,
            Deviation = finite.Length == 0 ? double.NaN : Math.Sqrt(finite.Sum(element => (element - mean) * (element - mean) / finite.Length)),
            NaNs = elements.Count(double.IsNaN),
            Infinities = elements.Count(double.IsInfinity),
            Histogram = isLarge && finite.Length > 0 ? Histogram.Of(finite, HistogramClasses) : null,
        };
    }
}
