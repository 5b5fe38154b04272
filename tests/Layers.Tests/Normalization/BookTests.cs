using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>What the book's chapter says of tf.keras, rows D1 to D21 of batchnorm.md, where no other test says it.</summary>
public class BookTests
{
    [Fact]
    public void Normalization_has_two_updates_and_a_dense_layer_none()
    {
        Sequential model = BookModels.First();

        Assert.Equal(["batch_normalization_v2/moving_mean", "batch_normalization_v2/moving_variance"], model.Layers[1].UpdateNames);
        Assert.Empty(model.Layers[2].UpdateNames);
    }

    // Read literally, v ← v·momentum + v·1 - momentum would give 4·0.9 + 4 - 0.9 = 6.7 where v̂ = 4; with its hats 0.9·4 + 0.1·v.
    [Fact]
    public void The_printed_moving_average_is_meant_with_its_hats_and_brackets()
    {
        BatchNormalization layer = new() { Momentum = 0.9, MovingMeanInitializer = Initializers.Constant(4) };
        layer.BuildFor([1], DType.F64, new Rng(0));

        layer.Forward(Tensor.From([1.0, 3], [2, 1]), Mode.Train);

        // 0.9·4 + 0.1·2.
        Expect.Near([3.8], layer.MovingMean.Value, 1e-15);
    }

    [Fact]
    public void The_printed_order_of_the_second_model_has_equal_totals_and_other_outputs()
    {
        Tensor x = Catalogue.Sample([8, 28, 28], Domain.Any, new Rng(1)).Cast(DType.F32);
        Sequential printed = BookModels.Second(printed: true), described = BookModels.Second(printed: false);

        Assert.Equal(Summary.Count(described.Parameters), Summary.Count(printed.Parameters));
        double[] one = printed.Forward(x, Mode.Train).Value.ToDoubles(), other = described.Forward(x, Mode.Train).Value.ToDoubles();
        Assert.True(one.Zip(other).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.01);
    }

    // As a first layer: each feature, whatever its scale, has mean 0 and variance σ²/(σ² + ε) = 1 for σ² far above ε.
    [Fact]
    public void As_a_first_layer_it_standardizes_the_input()
    {
        Sequential model = new([2], dtype: DType.F64) { new BatchNormalization() };
        Tensor x = Tensor.From([1000.0, -2e4, 3000, -6e4, 8000, 1e4], [3, 2]);

        double[] y = model.Forward(x, Mode.Train).Value.ToDoubles();

        for (int feature = 0; feature < 2; feature++)
        {
            double[] column = [.. y.Where((_, i) => i % 2 == feature)];
            Assert.Equal(0, column.Average(), 1e-14);
            Assert.Equal(1, column.Average(value => value * value), 1e-8);
        }
    }

    [Theory]
    [InlineData(true, true, false, 4)]
    [InlineData(true, false, false, 3)]
    [InlineData(false, false, false, 2)]
    [InlineData(true, true, true, 7)]
    public void There_are_four_parameters_for_each_input_only_with_center_and_scale_and_without_renormalization(bool center, bool scale, bool renorm, long each)
    {
        BatchNormalization layer = new() { Center = center, Scale = scale, Renorm = renorm ? new Renorm() : null };
        layer.BuildFor([5], DType.F32, new Rng(0));

        Assert.Equal(5 * each, Summary.Count(layer.Parameters));
    }
}
