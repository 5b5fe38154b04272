using MathNet.Numerics.LinearAlgebra;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class WhiteningTests
{
    [Theory]
    [InlineData(WhiteningMethod.Zca)]
    [InlineData(WhiteningMethod.Pca)]
    public void What_it_was_fitted_to_comes_out_uncorrelated_and_of_variance_1(WhiteningMethod method)
    {
        Tensor data = Mixed();
        Whitening layer = Fitted(method, data, 1e-12);

        Matrix<double> y = layer.Forward(data, Mode.Inference).Value.Reshape(200, 4).ToMatrix<double>();

        Assert.True(y.ColumnSums().Max(Math.Abs) < 1e-10);
        Assert.True(((y.TransposeThisAndMultiply(y) / 200) - Matrix<double>.Build.DenseIdentity(4)).Enumerate().Max(Math.Abs) < 1e-9);
    }

    // Of all the matrices that whiten, ZCA's is the symmetric one.
    [Fact]
    public void Zca_is_symmetric_and_Pca_begins_with_the_largest_variance()
    {
        Tensor data = Mixed();
        Matrix<double> zca = Fitted(WhiteningMethod.Zca, data, 1e-6).Matrix.Value.ToMatrix<double>(), pca = Fitted(WhiteningMethod.Pca, data, 1e-6).Matrix.Value.ToMatrix<double>();

        Assert.True((zca - zca.Transpose()).Enumerate().Max(Math.Abs) < 1e-12);
        // A column is a unit vector over the root of its variance: the first is the shortest.
        double[] lengths = [.. pca.EnumerateColumns().Select(column => column.L2Norm())];
        Assert.Equal(lengths.Order(), lengths);
        Assert.True(lengths[3] > 2 * lengths[0]);
    }

    // Variances 4 and 1 along the axes, no correlation: with ε = 0.5, W is 1/√4.5 and 1/√1.5 on the diagonal, the rest 0; mean [1, 2].
    [Fact]
    public void Epsilon_is_added_to_each_variance()
    {
        Tensor data = Tensor.From(new double[,] { { 3, 3 }, { -1, 3 }, { 3, 1 }, { -1, 1 } });
        Whitening layer = new() { Epsilon = 0.5 };
        layer.BuildFor([2], DType.F64, new Rng(0));
        layer.Adapt(data);

        Expect.Near([1, 2], layer.Mean.Value, 1e-15);
        Expect.Near([1 / Math.Sqrt(4.5), 0, 0, 1 / Math.Sqrt(1.5)], layer.Matrix.Value, 1e-14);
    }

    [Fact]
    public void Epsilon_and_method_are_the_defaults_where_none_is_told()
    {
        Whitening read = (Whitening)LayerJson.FromJson("""{"class_name": "Sequential", "config": {"layers": [{"class_name": "Whitening", "config": {}}]}}""").Layers[0];

        Assert.Equal((1e-6, WhiteningMethod.Zca), (new Whitening().Epsilon, new Whitening().Method));
        Assert.Equal((1e-6, WhiteningMethod.Zca), (read.Epsilon, read.Method));
    }

    // Along (-1, 1)/√2 the variance is 8, along (1, 1)/√2 it is 2: the first component points to where x grows, the second as well. Divided by the roots of the variances that is
    // (1, -1)/4 and (1, 1)/2; (2, 2) beyond the mean is 0 along the first and 2 along the second.
    [Fact]
    public void Components_point_where_the_first_of_their_largest_coordinates_is_positive()
    {
        double root = Math.Sqrt(2);
        Tensor data = Tensor.From(new double[,] { { -2 * root, 2 * root }, { 2 * root, -2 * root }, { root, root }, { -root, -root } });
        Whitening layer = new() { Method = WhiteningMethod.Pca, Epsilon = 1e-15 };
        layer.BuildFor([2], DType.F64, new Rng(0));
        layer.Adapt(data);

        Expect.Near([0.25, 0.5, -0.25, 0.5], layer.Matrix.Value, 1e-14);
        Expect.Near([0, 2], layer.Forward(Tensor.From(new double[,] { { 2, 2 } }), Mode.Inference).Value, 1e-14);
    }

    // Two of three directions are empty: without ε they would be divided by 0.
    [Fact]
    public void A_batch_smaller_than_an_example_can_be_whitened()
    {
        Whitening layer = new();
        layer.BuildFor([3], DType.F64, new Rng(0));
        layer.Adapt(Tensor.From(new double[,] { { 1, 2, 3 }, { 2, 4, 6 } }));

        Assert.All(layer.Forward(Tensor.From(new double[,] { { 5, -1, 2 } }), Mode.Inference).Value.ToDoubles(), value => Assert.True(double.IsFinite(value)));
    }

    private static Whitening Fitted(WhiteningMethod method, Tensor data, double epsilon)
    {
        Whitening layer = new() { Method = method, Epsilon = epsilon };
        layer.BuildFor([2, 2], DType.F64, new Rng(0));
        layer.Adapt(data);
        return layer;
    }

    /// <summary>200 images whose pixels depend on each other.</summary>
    private static Tensor Mixed() => Op.MatMul(
        Catalogue.Sample([200, 4], Domain.Any, new Rng(1)), Tensor.From(new double[,] { { 3, 1, 0, 0 }, { 0, 1, 1, 0 }, { 1, 0, 1, 1 }, { 0, 0, 0.5, 2 } })).Value.Reshape(200, 2, 2);
}
