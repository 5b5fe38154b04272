using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// Digits in the manner of MNIST, drawn by rule instead of by hand: 28 by 28 bytes, white on black, ten classes. Always there, so that everything can be tried
/// without a download. Each image depends on the seed and on its number alone, and is the same to the byte on every machine.
/// </summary>
public static class Digits
{
    // Labels draw from streams apart from the images', which are numbered from 0.
    private const ulong LabelStreams = 1UL << 32;

    /// <summary>The standard set: 10,000 images to train on and the next 2,000 of the same seed to test with.</summary>
    public static (DataSet Train, DataSet Test) Default() => (Generate(10_000), Generate(2_000, first: 10_000));

    /// <summary>Draws images. Every ten in a row hold each digit once.</summary>
    /// <param name="count">How many: N of the features, U8 [N, 28, 28], and of the targets, U8 [N].</param>
    /// <param name="seed">Names the sequence of images; 1 unless told otherwise.</param>
    /// <param name="first">The number in the sequence of the first image; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or both together exceed <see cref="int.MaxValue"/>.</exception>
    public static DataSet Generate(int count, ulong seed = 1, int first = 0)
    {
        Sequence.Refuse(nameof(Digits), count, first);

        Tensor images = Tensor.Zeros([count, DigitPen.Side, DigitPen.Side], DType.U8);
        Tensor labels = Tensor.Zeros([count], DType.U8);
        Rng root = new(seed);
        DigitPen pen = new();
        int[] ten = [];
        for (int i = 0; i < count; i++)
        {
            int number = first + i;
            if (i == 0 || number % 10 == 0) ten = root.Split(LabelStreams + (ulong)(number / 10)).Permutation(10);
            int digit = ten[number % 10];
            labels.AsSpan<byte>()[i] = (byte)digit;
            pen.Draw(digit, root.Split((ulong)number), images.Rows(i, 1).AsSpan<byte>());
        }

        return new DataSet(images, labels, classes: 10);
    }
}
