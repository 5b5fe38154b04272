using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A layer that moves each image of a batch by a transformation of its own in training, and is the identity in inference. Images are [H, W] or [H, W, C]. The output at (y, x) is
/// the input at another place, which each class draws: interpolated between pixels, and beyond the edge filled as <see cref="FillMode"/> says. It is linear in the pixels,
/// and gradients pass through it. Built from <see cref="Op.Gather"/> and <see cref="Op.Multiply"/>.
/// </summary>
public abstract class RandomTransform : StochasticLayer
{
    /// <summary>What lies beyond the edge; the mirror image unless told otherwise.</summary>
    public FillMode FillMode { get; init; } = FillMode.Reflect;

    /// <summary>What lies between pixels; the weighted mean unless told otherwise.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>The value beyond the edge under <see cref="FillMode.Constant"/>; 0 unless told otherwise.</summary>
    public double FillValue { get; init; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank is 2 or 3 && inputShape.ElementCount > 0
            ? inputShape
            : throw new ArgumentException($"{this}: expected images of shape [N, H, W] or [N, H, W, C], got {Batched(inputShape)}.", nameof(inputShape));
    }

    /// <summary>One image's transformation: for a place in the output the place in the input.</summary>
    private protected abstract Func<double, double, (double Y, double X)> DrawOne(int height, int width, Rng rng);

    /// <inheritdoc/>
    protected override Variable Disturb(Variable x, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(rng);
        (int count, int height, int width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        int corners = Interpolation == Interpolation.Bilinear ? 4 : 1, pixels = count * height * width;
        int[][] places = [.. Enumerable.Range(0, corners).Select(_ => new int[pixels])];
        double[][] weights = [.. Enumerable.Range(0, corners).Select(_ => new double[pixels])];
        double[] filled = new double[pixels];
        int pixel = 0;
        for (int image = 0; image < count; image++)
        {
            Func<double, double, (double Y, double X)> transform = DrawOne(height, width, rng);
            for (int row = 0; row < height; row++)
            {
                for (int column = 0; column < width; column++, pixel++)
                {
                    (double sourceY, double sourceX) = transform(row, column);
                    if (corners == 1) (sourceY, sourceX) = (Math.Floor(sourceY + 0.5), Math.Floor(sourceX + 0.5));
                    (double top, double left) = (Math.Floor(sourceY), Math.Floor(sourceX));
                    (double down, double right) = (sourceY - top, sourceX - left);
                    for (int corner = 0; corner < corners; corner++)
                    {
                        (int below, int beside) = (corner >> 1, corner & 1);
                        double weight = (below == 1 ? down : 1 - down) * (beside == 1 ? right : 1 - right);
                        (int y, int z) = (Inside((int)top + below, height), Inside((int)left + beside, width));
                        if (y < 0 || z < 0) filled[pixel] += weight * FillValue;
                        else (places[corner][pixel], weights[corner][pixel]) = ((((image * height) + y) * width) + z, weight);
                    }
                }
            }
        }

        int channels = x.Shape.Rank == 4 ? x.Shape[3] : 1;
        Variable flat = x.Reshape(pixels, channels);
        Variable Corner(int corner) => Op.Gather(flat, Tensor.From(places[corner]), 0) * Tensor.From(weights[corner], [pixels, 1]).Cast(x.DType);
        Variable sum = Corner(0);
        for (int corner = 1; corner < corners; corner++) sum += Corner(corner);
        if (FillMode == FillMode.Constant && FillValue != 0) sum += Tensor.From(filled, [pixels, 1]).Cast(x.DType);
        return Op.Reshape(sum, x.Shape);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["fill_mode"] = LayerJson.Snake(FillMode);
        config["interpolation"] = LayerJson.Snake(Interpolation);
        config["fill_value"] = FillValue;
    }

    /// <summary>Where along an axis a pixel beyond the edge is taken from; -1 where it has the one value.</summary>
    private int Inside(int place, int size)
    {
        if (place >= 0 && place < size) return place;
        switch (FillMode)
        {
            case FillMode.Nearest: return Math.Clamp(place, 0, size - 1);
            case FillMode.Wrap: return ((place % size) + size) % size;
            case FillMode.Constant: return -1;
            default:
                int twice = ((place % (2 * size)) + (2 * size)) % (2 * size);
                return twice < size ? twice : (2 * size) - 1 - twice;
        }
    }
}
