using Spectre.Console;
using Spectre.Console.Rendering;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>
/// A grey image in a terminal, two pixels a character, one above the other: in colour as the halves of a block, else as one of a ramp of characters with growing ink.
/// </summary>
internal sealed class DigitImage : IRenderable
{
    private const string Ramp = " .:-=+*#%@";

    private readonly byte[] pixels;
    private readonly int height;
    private readonly int width;

    /// <summary>Draws an image.</summary>
    /// <param name="image">[height, width], U8.</param>
    public DigitImage(Tensor image)
    {
        pixels = image.ToArray<byte>();
        (height, width) = (image.Shape[0], image.Shape[1]);
    }

    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => new(width, width);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        for (int row = 0; row < height; row += 2)
        {
            for (int column = 0; column < width; column++)
            {
                byte upper = Pixel(row, column), lower = Pixel(row + 1, column);
                yield return IsColoured(options)
                    ? new Segment("▀", new Style(new Color(upper, upper, upper), new Color(lower, lower, lower)))
                    : new Segment(Ramp[(upper + lower) * (Ramp.Length - 1) / (2 * byte.MaxValue)].ToString());
            }

            yield return Segment.LineBreak;
        }
    }

    private static bool IsColoured(RenderOptions options) => options.ColorSystem != ColorSystem.NoColors;

    private byte Pixel(int row, int column) => row < height ? pixels[(row * width) + column] : (byte)0;
}
