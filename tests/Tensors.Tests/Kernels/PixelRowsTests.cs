namespace Tapestry.Tensors.Tests.Kernels;

/// <summary>Rows of bytes as numbers. In the same collection as <see cref="WorkersTests"/>, since the number of threads belongs to the process.</summary>
[Collection(nameof(WorkersTests))]
public class PixelRowsTests
{
    // Every width has another rest beside whole registers; the rows come out of order, and one twice.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Each_byte_becomes_its_255th_part_to_the_last_bit_in_the_order_of_the_list(DType dtype)
    {
        for (int width = 1; width <= 70; width++)
        {
            byte[] bytes = [.. Enumerable.Range(0, 9 * width).Select(i => (byte)(i * 37))];
            Tensor pixels = Tensor.From(bytes, [9, width]), gathered = Tensor.Zeros([4, width], dtype);

            PixelRows.Gather(pixels, [0, 8, 3, 3, 1, 2], 1, 4, gathered);

            double[] expected = [.. new[] { 8, 3, 3, 1 }.SelectMany(row => bytes.Skip(row * width).Take(width)).Select(value => dtype == DType.F32 ? value / 255f : value / 255.0)];
            Assert.Equal(expected, gathered.ToDoubles());
        }
    }

    [Fact]
    public void What_else_the_list_names_is_not_looked_at()
    {
        Tensor pixels = Tensor.From<byte>([0, 51, 102, 255], [4, 1]), gathered = Tensor.Zeros([2, 1]);

        PixelRows.Gather(pixels, [1, 3, int.MaxValue, -1, 4], 0, 2, gathered);

        Assert.Equal([0.2f, 1f], gathered.ToArray<float>());
    }

    [Fact]
    public void All_256_values_round_as_a_division_does()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Tensor gathered = Tensor.Zeros([1, 256]);

        PixelRows.Gather(Tensor.From(bytes, [1, 256]), [0], 0, 1, gathered);

        Assert.Equal(bytes.Select(value => value / 255f), gathered.ToArray<float>());
    }

    [Fact]
    public void Any_number_of_threads_gathers_the_same()
    {
        int before = Workers.Count;
        Tensor pixels = Tensor.From(Enumerable.Range(0, 50 * 785).Select(i => (byte)(i * 101)).ToArray(), [50, 785]);
        int[] rows = new Rng(1).Permutation(50);
        try
        {
            foreach (int threads in (int[])[1, 2, 3, 5])
            {
                Workers.Count = threads;
                Tensor gathered = Tensor.Zeros([32, 785]);
                PixelRows.Gather(pixels, rows, 7, 32, gathered);
                Assert.Equal(Enumerable.Range(7, 32).SelectMany(i => pixels.Rows(rows[i], 1).ToArray<byte>()).Select(value => value / 255f), gathered.ToArray<float>());
            }
        }
        finally
        {
            Workers.Count = before;
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_anything_is_written()
    {
        Tensor pixels = Tensor.From(new byte[6], [3, 2]), destination = Tensor.Full([2, 2], 7);

        Assert.Throws<ArgumentException>(() => PixelRows.Gather(Tensor.Zeros([3, 2]), [0, 1], 0, 2, destination));
        Assert.Throws<ArgumentException>(() => PixelRows.Gather(pixels, [0, 1, 2], 0, 3, destination));
        Assert.Throws<ArgumentException>(() => PixelRows.Gather(pixels, [0, 1], 0, 2, Tensor.From(new int[4], [2, 2])));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelRows.Gather(pixels, [0, 3], 0, 2, destination));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelRows.Gather(pixels, [0, -1], 0, 2, destination));
        Assert.Equal([7.0, 7, 7, 7], destination.ToDoubles());
    }
}
