namespace Tapestry.Tensors.Tests;

public class MatrixProductTests
{
    // A tile is 8 rows by 32 floats or 16 doubles, a block of depth 512: one less, the same and one more of each, and what lies between.
    private static readonly int[] Sizes = [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 64, 65];
    private static readonly int[] Depths = [0, 1, 2, 3, 7, 16, 33, 100, 511, 512, 513, 700, 1024, 1025, 1300];

    [Theory]
    [InlineData(DType.F32, false, false)]
    [InlineData(DType.F32, true, false)]
    [InlineData(DType.F32, false, true)]
    [InlineData(DType.F32, true, true)]
    [InlineData(DType.F64, false, false)]
    [InlineData(DType.F64, true, false)]
    [InlineData(DType.F64, false, true)]
    [InlineData(DType.F64, true, true)]
    public void Products_of_random_shapes_agree_with_three_loops(DType dtype, bool transposeA, bool transposeB)
    {
        Rng rng = new(3);
        for (int turn = 0; turn < 120; turn++)
        {
            int m = Sizes[rng.Next(Sizes.Length)], n = Sizes[rng.Next(Sizes.Length)], k = Depths[rng.Next(Depths.Length)];
            Tensor a = Samples.Uniform(transposeA ? [k, m] : [m, k], dtype, (ulong)turn), b = Samples.Uniform(transposeB ? [n, k] : [k, n], dtype, (ulong)turn + 1000);

            Tensor product = MatrixProduct.Multiply(a, b, transposeA, transposeB);

            Check(a, b, transposeA, transposeB, product);
        }
    }

    [Fact]
    public void A_product_by_hand()
    {
        // [[1, 2], [3, 4]] · [[5, 6], [7, 8]] = [[5 + 14, 6 + 16], [15 + 28, 18 + 32]]
        Tensor a = Tensor.From(new[,] { { 1f, 2 }, { 3, 4 } }), b = Tensor.From(new[,] { { 5f, 6 }, { 7, 8 } });

        Assert.Equal([19f, 22, 43, 50], MatrixProduct.Multiply(a, b).ToArray<float>());
        Assert.Equal([26f, 30, 38, 44], MatrixProduct.Multiply(a, b, transposeA: true).ToArray<float>());
        Assert.Equal([17f, 23, 39, 53], MatrixProduct.Multiply(a, b, transposeB: true).ToArray<float>());
        Assert.Equal([23f, 31, 34, 46], MatrixProduct.Multiply(a, b, transposeA: true, transposeB: true).ToArray<float>());
    }

    [Fact]
    public void A_depth_of_0_gives_zeros_even_in_used_memory()
    {
        Tensor used = Tensor.Uninitialized([3, 2], DType.F32);
        used.AsSpan<float>().Fill(float.NaN);
        used.Buffer.Release();

        Assert.Equal(new float[6], MatrixProduct.Multiply(Tensor.Zeros([3, 0]), Tensor.Zeros([0, 2])).ToArray<float>());
    }

    [Theory]
    [MemberData(nameof(Samples.Floats), MemberType = typeof(Samples))]
    public void Every_element_has_the_same_bits_whatever_surrounds_it(DType dtype)
    {
        // 19 rows and 37 columns, so that elements fall into whole tiles, last rows and last columns; depth 1100 is three blocks.
        Tensor a = Samples.Uniform([19, 1100], dtype, 1), b = Samples.Uniform([1100, 37], dtype, 2);
        Tensor product = MatrixProduct.Multiply(a, b);
        Tensor bTransposed = Indexing.Permute(b, [1, 0]), aTransposed = Indexing.Permute(a, [1, 0]);

        for (int row = 0; row < 19; row++)
        {
            Assert.Equal(product.Rows(row, 1).ToDoubles(), MatrixProduct.Multiply(a.Rows(row, 1), b).ToDoubles());
        }

        for (int column = 0; column < 37; column++)
        {
            Tensor alone = MatrixProduct.Multiply(a, bTransposed.Rows(column, 1), transposeB: true);
            Assert.Equal(Enumerable.Range(0, 19).Select(row => product[row, column]), alone.ToDoubles());
        }

        Assert.Equal(product.ToDoubles(), MatrixProduct.Multiply(a, bTransposed, transposeB: true).ToDoubles());
        Assert.Equal(product.ToDoubles(), MatrixProduct.Multiply(aTransposed, b, transposeA: true).ToDoubles());
        Assert.Equal(product.ToDoubles(), MatrixProduct.Multiply(aTransposed, bTransposed, transposeA: true, transposeB: true).ToDoubles());
    }

    [Fact]
    public void Operands_may_be_views_at_the_end_of_their_storage()
    {
        Tensor a = Samples.Uniform([12, 5], DType.F32, 1).Rows(9, 3), b = Samples.Uniform([20, 7], DType.F32, 2).Rows(15, 5);

        Check(a, b, false, false, MatrixProduct.Multiply(a, b));
        Check(a, b.Rows(2, 3), true, false, MatrixProduct.Multiply(a, b.Rows(2, 3), transposeA: true));
    }

    [Fact]
    public void A_NaN_stays_in_its_row_and_column()
    {
        // Padding repeats rows and pads columns with zeros, and 0 · NaN is NaN: none of that may reach a valid element.
        Tensor a = Tensor.Ones([9, 3]), b = Tensor.Ones([3, 33]);
        a.AsSpan<float>()[8 * 3] = float.NaN;
        b.AsSpan<float>()[32] = float.PositiveInfinity;

        Tensor product = MatrixProduct.Multiply(a, b);

        Assert.All(Enumerable.Range(0, 8), row => Assert.All(Enumerable.Range(0, 32), column => Assert.Equal(3, product[row, column])));
        Assert.All(Enumerable.Range(0, 8), row => Assert.Equal(double.PositiveInfinity, product[row, 32]));
        Assert.All(Enumerable.Range(0, 33), column => Assert.Equal(double.NaN, product[8, column]));
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(Tensor.Zeros([2, 3]), Tensor.Zeros([2, 3])));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(Tensor.Zeros([2, 3]), Tensor.Zeros([3, 2]), transposeA: true));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(Tensor.Zeros([3]), Tensor.Zeros([3, 2])));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(Tensor.Zeros([2, 3]), Tensor.Zeros([3, 2], DType.F64)));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(Tensor.Zeros([2, 3], DType.I32), Tensor.Zeros([3, 2], DType.I32)));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(Tensor.Zeros([65536, 0]), Tensor.Zeros([0, 65536])));
    }

    /// <summary>A sum of k products in any order differs from the exact one by at most about k roundings of the sum of magnitudes.</summary>
    internal static void Check(Tensor a, Tensor b, bool transposeA, bool transposeB, Tensor product)
    {
        int m = a.Shape[transposeA ? 1 : 0], depth = a.Shape[transposeA ? 0 : 1], n = b.Shape[transposeB ? 0 : 1];
        double[] left = a.ToDoubles(), right = b.ToDoubles(), actual = product.ToDoubles();
        double rounding = (depth + 2) * (a.DType == DType.F32 ? Math.Pow(2, -24) : Math.Pow(2, -52));
        Assert.Equal([m, n], product.Shape);
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                (double sum, double magnitude) = (0, 0);
                for (int k = 0; k < depth; k++)
                {
                    double term = left[transposeA ? (k * m) + i : (i * depth) + k] * right[transposeB ? (j * depth) + k : (k * n) + j];
                    sum += term;
                    magnitude += Math.Abs(term);
                }

                double error = Math.Abs(actual[(i * n) + j] - sum);
                if (!(error <= rounding * magnitude)) Assert.Fail($"[{m}, {depth}] · [{depth}, {n}], element [{i}, {j}]: expected {sum}, got {actual[(i * n) + j]}");
            }
        }
    }
}
