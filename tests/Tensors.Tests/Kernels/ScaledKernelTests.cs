namespace Tapestry.Tensors.Tests.Kernels;

/// <summary>The gradients between a normalization and a dense layer, against their formula element by element.</summary>
[Collection(nameof(WorkersTests))]
public class ScaledKernelTests
{
    public static TheoryData<int, int, DType> Sizes
    {
        get
        {
            TheoryData<int, int, DType> sizes = [];
            foreach (DType dtype in (DType[])[DType.F32, DType.F64])
            {
                // Each number of columns that a step of 16, 8, 4, 2 or 1 ends at, and enough rows to share.
                for (int columns = 0; columns <= 35; columns++) sizes.Add(3, columns, dtype);
                sizes.Add(0, 4, dtype);
                sizes.Add(200, 301, dtype);
            }

            return sizes;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Each_row_gives_its_sums_and_is_scaled_and_shifted(int rows, int columns, DType dtype)
    {
        Rng rng = new(7);
        Tensor Draw(params int[] sizes) => Tensor.From<double>([.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(_ => rng.NextDouble() - 0.5)]).Reshape(sizes).Cast(dtype).Clone();
        (Tensor product, Tensor kernel, Tensor gamma, Tensor beta, Tensor sum) = (Draw(rows, columns), Draw(rows, columns), Draw(rows), Draw(rows), Draw(columns));
        Tensor before = product.Clone();

        (Tensor gammaBar, Tensor betaBar) = ScaledKernel.Backward(product, kernel, gamma, beta, sum);

        double tolerance = dtype == DType.F32 ? 1e-5 : 1e-13;
        for (int row = 0; row < rows; row++)
        {
            double ofGamma = 0, ofBeta = 0;
            for (int k = 0; k < columns; k++)
            {
                ofGamma += kernel[row, k] * before[row, k];
                ofBeta += kernel[row, k] * sum[k];
                Assert.Equal((gamma[row] * before[row, k]) + (beta[row] * sum[k]), product[row, k], tolerance);
            }

            Assert.Equal(ofGamma, gammaBar[row], tolerance);
            Assert.Equal(ofBeta, betaBar[row], tolerance);
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        int before = Workers.Count;
        try
        {
            byte[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
            {
                Workers.Count = threads;
                Rng rng = new(3);
                Tensor Draw(params int[] sizes) => Tensor.From<float>([.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(_ => (float)rng.NextDouble())]).Reshape(sizes);
                Tensor product = Draw(300, 301);
                (Tensor gamma, Tensor beta) = ScaledKernel.Backward(product, Draw(300, 301), Draw(300), Draw(300), Draw(301));
                return (byte[])[.. product.AsBytes(), .. gamma.AsBytes(), .. beta.AsBytes()];
            })];

            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            Workers.Count = before;
        }
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        Tensor matrix = Tensor.Zeros([2, 3]), two = Tensor.Zeros([2]), three = Tensor.Zeros([3]);

        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(matrix, Tensor.Zeros([3, 2]), two, two, three));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(matrix, matrix.Clone(), three, two, three));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(matrix, matrix.Clone(), two, three, three));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(matrix, matrix.Clone(), two, two, two));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(matrix, Tensor.Zeros([2, 3], DType.F64), two, two, three));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(Tensor.Zeros([2, 3], DType.I32), Tensor.Zeros([2, 3], DType.I32), Tensor.Zeros([2], DType.I32), Tensor.Zeros([2], DType.I32), Tensor.Zeros([3], DType.I32)));
    }
}
