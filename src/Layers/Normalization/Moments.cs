using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>A batch's statistics along the kept axes, with size 1 along the others.</summary>
/// <param name="Mean">μ.</param>
/// <param name="Centered">x - μ, which both the variance and the normalization need.</param>
/// <param name="Variance">The biased variance.</param>
/// <param name="Count">How many elements went into each: a number, or a variable where a mask says.</param>
internal sealed record Moments(Variable Mean, Variable Centered, Variable Variance, Variable Count)
{
    /// <summary>The mean and the variance in two passes, over axes.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="over">The axes to reduce.</param>
    /// <param name="mask">1 where an element counts and 0 where not, in a shape that broadcasts to x's; null where all count.</param>
    public static Moments Of(Variable x, Axes over, Variable? mask)
    {
        if (mask is null)
        {
            Variable mean = Op.Mean(x, over, keepDimensions: true);
            Variable centered = x - mean;
            int count = over.Resolve(x.Shape.Rank).Aggregate(1, (product, axis) => product * x.Shape[axis]);
            return new Moments(mean, centered, Op.Mean(Op.Square(centered), over, keepDimensions: true), Tensor.Scalar(count, x.DType));
        }

        Variable weights = Op.BroadcastTo(mask, x.Shape);
        Variable counted = Op.Sum(weights, over, keepDimensions: true);
        Variable maskedMean = Sum(x) / counted;
        Variable maskedCentered = x - maskedMean;
        return new Moments(maskedMean, maskedCentered, Sum(Op.Square(maskedCentered)) / counted, counted);

        // Not a product with the mask: what is left out may be infinite or NaN.
        Variable Sum(Variable terms) => Op.Sum(Op.Where(weights, terms, Tensor.Scalar(0, x.DType)), over, keepDimensions: true);
    }
}
