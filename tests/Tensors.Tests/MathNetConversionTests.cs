using MathNet.Numerics.LinearAlgebra;

namespace Tapestry.Tensors.Tests;

public class MathNetConversionTests
{
    [Fact]
    public void A_matrix_keeps_its_rows_though_MathNet_stores_columns()
    {
        Tensor tensor = Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });

        Matrix<double> matrix = tensor.ToMatrix<double>();

        Assert.Equal((2, 3), (matrix.RowCount, matrix.ColumnCount));
        Assert.Equal(3, matrix[0, 2]);
        Assert.Equal(4, matrix[1, 0]);
        Assert.Equal([1.0, 4, 2, 5, 3, 6], matrix.ToColumnMajorArray());
    }

    [Fact]
    public void Matrices_and_vectors_survive_the_round_trip()
    {
        Tensor doubles = Samples.Uniform([3, 5], DType.F64), singles = Samples.Uniform([4, 2], DType.F32), vector = Samples.Uniform([7], DType.F32);

        Assert.Equal(doubles.ToDoubles(), doubles.ToMatrix<double>().ToTensor().ToDoubles());
        Assert.Equal([3, 5], doubles.ToMatrix<double>().ToTensor().Shape);
        Assert.Equal(singles.ToArray<float>(), singles.ToMatrix<float>().ToTensor().ToArray<float>());
        Assert.Equal(vector.ToArray<float>(), vector.ToVector<float>().ToTensor().ToArray<float>());
    }

    [Fact]
    public void A_transposed_or_sparse_matrix_converts_by_its_elements()
    {
        Matrix<double> matrix = Matrix<double>.Build.DenseOfArray(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } });

        Assert.Equal([1.0, 3, 5, 2, 4, 6], matrix.Transpose().ToTensor().ToDoubles());
        Assert.Equal([2.0, 0, 0, 2], Matrix<double>.Build.SparseDiagonal(2, 2).ToTensor().ToDoubles());
    }

    [Fact]
    public void A_view_converts_from_its_offset() => Assert.Equal(3, Samples.Counting([3, 2]).Rows(1, 2).ToMatrix<double>()[0, 1]);

    [Fact]
    public void Conversion_copies_both_ways()
    {
        Tensor tensor = Tensor.From(new double[,] { { 1, 2 }, { 3, 4 } });
        Matrix<double> matrix = tensor.ToMatrix<double>();
        Tensor back = matrix.ToTensor();

        matrix[0, 0] = 9;

        Assert.Equal(1, tensor[0, 0]);
        Assert.Equal(1, back[0, 0]);
    }

    [Fact]
    public void Another_rank_or_type_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([3]).ToMatrix<float>());
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([3, 1]).ToVector<float>());
        Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([3, 1]).ToMatrix<double>());
    }
}
