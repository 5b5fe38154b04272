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
        (Tensor normalized, Tensor adjoint, Tensor kernel, Tensor gamma, Tensor beta, Tensor sum) = (Draw(6, rows), Draw(6, columns), Draw(rows, columns), Draw(rows), Draw(rows), Draw(columns));
        Tensor product = MatrixProduct.Multiply(normalized, adjoint, transposeA: true);

        (Tensor kernelBar, Tensor gammaBar, Tensor betaBar) = ScaledKernel.Backward(normalized, adjoint, sum, kernel, gamma, beta);

        double tolerance = dtype == DType.F32 ? 1e-5 : 1e-13;
        for (int row = 0; row < rows; row++)
        {
            double ofGamma = 0, ofBeta = 0;
            for (int k = 0; k < columns; k++)
            {
                ofGamma += kernel[row, k] * product[row, k];
                ofBeta += kernel[row, k] * sum[k];
                Assert.Equal((gamma[row] * product[row, k]) + (beta[row] * sum[k]), kernelBar[row, k], tolerance);
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
                (Tensor kernel, Tensor gamma, Tensor beta) = ScaledKernel.Backward(Draw(40, 300), Draw(40, 301), Draw(301), Draw(300, 301), Draw(300), Draw(300));
                return (byte[])[.. kernel.AsBytes(), .. gamma.AsBytes(), .. beta.AsBytes()];
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
        Tensor examples = Tensor.Zeros([4, 2]), adjoints = Tensor.Zeros([4, 3]), kernel = Tensor.Zeros([2, 3]), two = Tensor.Zeros([2]), three = Tensor.Zeros([3]);

        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(examples, adjoints, three, Tensor.Zeros([3, 2]), two, two));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(examples, adjoints, three, kernel, three, two));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(examples, adjoints, three, kernel, two, three));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(examples, adjoints, two, kernel, two, two));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(adjoints, adjoints, three, kernel, two, two));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(examples, examples, three, kernel, two, two));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(examples, Tensor.Zeros([5, 3]), three, kernel, two, two));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(examples, adjoints, three, Tensor.Zeros([2, 3], DType.F64), two, two));
        Assert.Throws<ArgumentException>(() => ScaledKernel.Backward(examples.Cast(DType.I32), adjoints.Cast(DType.I32), three.Cast(DType.I32), kernel.Cast(DType.I32), two.Cast(DType.I32), two.Cast(DType.I32)));
    }
}
