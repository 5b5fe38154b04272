using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class InitializersTests
{
    // σ = √(2/784) = 0.050507627; drawn with σ' = σ/0.87962566 = 0.057419456 and cut at 2σ' = 0.114838913. In 784·300 = 235,200 draws the largest comes within
    // a thousandth of the cut, since the density there, 0.113/σ', expects fifty in that strip; the sample deviation errs by 0.0505/√(2·235,200), about 0.00008.
    [Fact]
    public void He_normal_is_truncated_at_two_deviations_and_has_the_variance_2_by_fan_in()
    {
        double[] values = Initializers.HeNormal.Create([784, 300], DType.F64, new Rng(1)).ToDoubles();

        double largest = values.Max(Math.Abs);
        Assert.InRange(largest, 0.114838913 * 0.999, 0.114838913);
        Assert.Equal(0.050507627, Math.Sqrt(values.Average(value => value * value)), 0.0004);
        Assert.Equal(0, values.Average(), 0.0005);
    }

    // √(2/300) = 0.081649658, and the cut at 2/0.87962566 of that, 0.185646234.
    [Fact]
    public void He_normal_looks_at_fan_in_alone()
    {
        double[] values = Initializers.HeNormal.Create([300, 100], DType.F64, new Rng(1)).ToDoubles();

        Assert.Equal(0.081649658, Math.Sqrt(values.Average(value => value * value)), 0.0017);
        Assert.InRange(values.Max(Math.Abs), 0.18, 0.185646235);
    }

    // √(6/(100 + 10)) = 0.233549683; a uniform number within ±limit has deviation limit/√3 = 0.134839973.
    [Fact]
    public void Glorot_uniform_lies_within_its_limit()
    {
        double[] values = Initializers.GlorotUniform.Create([100, 10], DType.F64, new Rng(1)).ToDoubles();

        Assert.InRange(values.Max(), 0.22, 0.233549684);
        Assert.InRange(values.Min(), -0.233549684, -0.22);
        Assert.Equal(0.134839973, Math.Sqrt(values.Average(value => value * value)), 0.01);
    }

    // He's limit is √(6/100) = 0.244948974; Glorot's normal deviation is √(2/110) = 0.134839972, its cut 0.306584974.
    [Fact]
    public void He_uniform_and_Glorot_normal_follow_suit()
    {
        double[] uniform = Initializers.HeUniform.Create([100, 10], DType.F64, new Rng(1)).ToDoubles();
        double[] normal = Initializers.GlorotNormal.Create([100, 10], DType.F64, new Rng(1)).ToDoubles();

        Assert.InRange(uniform.Max(Math.Abs), 0.235, 0.244948975);
        Assert.Equal(0.134839972, Math.Sqrt(normal.Average(value => value * value)), 0.01);
        Assert.InRange(normal.Max(Math.Abs), 0.235, 0.306584976);
    }

    [Theory]
    [InlineData("HeNormal")]
    [InlineData("HeUniform")]
    [InlineData("GlorotNormal")]
    [InlineData("GlorotUniform")]
    public void F32_gets_the_rounded_numbers_of_F64(string className)
    {
        Initializer initializer = Initializers.All.Single(initializer => initializer.ClassName == className);

        Tensor wide = initializer.Create([6, 5], DType.F64, new Rng(4));
        Tensor narrow = initializer.Create([6, 5], DType.F32, new Rng(4));

        Assert.Equal(wide.ToArray<double>().Select(value => (float)value), narrow.ToArray<float>());
    }

    [Fact]
    public void The_same_stream_gives_the_same_numbers_and_another_gives_others()
    {
        double[] first = Initializers.HeNormal.Create([6, 5], DType.F64, new Rng(4)).ToDoubles();

        Assert.Equal(first, Initializers.HeNormal.Create([6, 5], DType.F64, new Rng(4)).ToDoubles());
        Assert.NotEqual(first, Initializers.HeNormal.Create([6, 5], DType.F64, new Rng(5)).ToDoubles());
    }

    [Fact]
    public void Constants_fill_any_shape()
    {
        Assert.Equal([0, 0, 0, 0], Initializers.Zeros.Create([2, 2], DType.F32, new Rng(0)).ToDoubles());
        Assert.Equal([1, 1], Initializers.Ones.Create([2], DType.F64, new Rng(0)).ToDoubles());
        Assert.Equal([0.25], Initializers.Constant(0.25).Create([], DType.F64, new Rng(0)).ToDoubles());
    }

    [Fact]
    public void Class_names_are_those_of_Keras() => Assert.Equal(
        ["Zeros", "Ones", "GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal", "Constant"],
        Initializers.All.Append(Initializers.Constant(2)).Select(initializer => initializer.ClassName));
}
