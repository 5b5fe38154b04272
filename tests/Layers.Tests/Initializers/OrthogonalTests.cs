using MathNet.Numerics.LinearAlgebra;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class OrthogonalTests
{
    // The decomposition is made in double: what should be 0 or gain² is so to a few units in the last place times the number of terms.
    [Theory]
    [InlineData(40, 40)]
    [InlineData(60, 30)]
    [InlineData(30, 60)]
    public void Columns_or_rows_are_at_right_angles_and_of_the_gains_length(int rows, int columns)
    {
        Matrix<double> q = new Orthogonal(1.5).Create([rows, columns], DType.F64, new Rng(3)).ToMatrix<double>();

        Matrix<double> products = rows < columns ? q * q.Transpose() : q.Transpose() * q;
        Matrix<double> expected = Matrix<double>.Build.DiagonalIdentity(Math.Min(rows, columns)) * 2.25;
        Assert.True((products - expected).Enumerate().Max(Math.Abs) < 1e-13);
    }

    [Fact]
    public void More_axes_are_laid_out_with_the_last_as_columns()
    {
        Tensor kernel = new Orthogonal().Create([3, 3, 2, 5], DType.F64, new Rng(3));
        Matrix<double> q = kernel.Reshape(18, 5).ToMatrix<double>();

        Assert.True(((q.Transpose() * q) - Matrix<double>.Build.DiagonalIdentity(5)).Enumerate().Max(Math.Abs) < 1e-14);
        Expect.SameBits(kernel.Reshape(18, 5), new Orthogonal().Create([18, 5], DType.F64, new Rng(3)));
    }

    // Over all orthogonal matrices an element has mean 0 and variance 1/n: the first element's mean over 2000 matrices of 2·2 has deviation √(1/2/2000) = 0.0158. Without turning
    // columns round, the decomposition's convention would give the first column one sign throughout, and a mean of 2/π.
    [Fact]
    public void Neither_direction_is_preferred()
    {
        double mean = Enumerable.Range(0, 2000).Average(seed => new Orthogonal().Create([2, 2], DType.F64, new Rng((ulong)seed))[0, 0]);

        Assert.Equal(0, mean, 5 * 0.0158);
    }

    [Fact]
    public void The_identity_need_not_be_square()
    {
        Assert.Equal([2, 0, 0, 0, 2, 0], new Identity(2).Create([2, 3], DType.F64, new Rng(0)).ToDoubles());
        Assert.Equal([1, 0, 0, 1, 0, 0], new Identity().Create([3, 2], DType.F32, new Rng(0)).ToDoubles());
    }
}
