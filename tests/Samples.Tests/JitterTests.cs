using Tapestry.Layers;
using Tapestry.Samples.CustomLayer;
using Tapestry.Tensors;

namespace Tapestry.Samples.Tests;

/// <summary>A layer of somebody's own follows the phase as the library's do (batchnorm.md D19).</summary>
public class JitterTests
{
    private static readonly Tensor X = Tensor.Zeros([10_000, 1], DType.F64);

    [Theory]
    [InlineData(null, true, true)]
    [InlineData(null, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    public void It_follows_the_mode_unless_it_has_been_told_otherwise(bool? told, bool mode, bool noisy)
    {
        Sequential model = new([1], seed: 1, DType.F64) { new Jitter(0.5) { Training = told } };

        double[] y = model.Forward(X, mode ? Mode.Train : Mode.Inference).Value.ToDoubles();

        // The deviation of 10,000 draws is 0.5 within 5 of its own deviations, 0.5/√20,000.
        if (noisy) Assert.Equal(0.5, Math.Sqrt(y.Average(value => value * value)), 5 * 0.5 / Math.Sqrt(20_000));
        else Assert.All(y, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Each_call_draws_anew_from_the_models_seed()
    {
        (double[] First, double[] Second) a = Twice(seed: 1), again = Twice(seed: 1), other = Twice(seed: 2);

        Assert.NotEqual(a.First, a.Second);
        Assert.Equal(a.First, again.First);
        Assert.Equal(a.Second, again.Second);
        Assert.NotEqual(a.First, other.First);

        static (double[] First, double[] Second) Twice(ulong seed)
        {
            Sequential model = new([1], seed, DType.F64) { new Jitter(0.5) };
            return (model.Forward(X, Mode.Train).Value.ToDoubles(), model.Forward(X, Mode.Train).Value.ToDoubles());
        }
    }
}
