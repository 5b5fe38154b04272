using Tapestry.Autodiff;

namespace Tapestry.Optimizers.Tests;

public class AdamTests
{
    // g = 2 at w = 1, with rate 0.1, β₁ = 0.9, β₂ = 0.999, ε = 1e-7:
    //   m = 0.1·2 = 0.2, v = 0.001·4 = 0.004, the rate is 0.1·√0.001/0.1 = √0.001 = 0.0316227766,
    //   w = 1 - 0.0316227766·0.2/(0.0632455532 + 1e-7) = 1 - 0.1/(1 + 1e-7/0.0632455532) = 0.900000158.
    // Then g = 1:
    //   m = 0.18 + 0.1 = 0.28, v = 0.003996 + 0.001 = 0.004996, the rate is 0.1·√(1 - 0.998001)/(1 - 0.81) = 0.0235316...,
    //   w = 0.900000158 - 0.0235316...·0.28/(√0.004996 + 1e-7) = 0.900000158 - 0.093218... = 0.806782...
    [Fact]
    public void Two_steps_follow_the_formula_of_Keras()
    {
        Adam optimizer = new(0.1);
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 2);
        Expect.Near([0.2], optimizer.StateOf(w)[0], 1e-15);
        Expect.Near([0.004], optimizer.StateOf(w)[1], 1e-15);
        Expect.Near([0.900000158113633], w.Value, 1e-14);

        optimizer.Step(w, 1);
        Expect.Near([0.28], optimizer.StateOf(w)[0], 1e-15);
        Expect.Near([0.004996], optimizer.StateOf(w)[1], 1e-15);
        Expect.Near([0.806782326115178], w.Value, 1e-14);
    }

    // The corrections make the first step rate·g/(|g| + ε') whatever the gradient's size: ±0.1 but for ε.
    [Fact]
    public void The_first_step_has_the_size_of_the_rate()
    {
        Adam optimizer = new(0.1) { Epsilon = 0 };
        Parameter w = Steps.Weight(0, 0, 0);

        optimizer.Step(w, 1000, -0.001, 7);

        Expect.Near([-0.1, 0.1, -0.1], w.Value, 1e-14);
    }

    // Beside √v, not after the correction: m/(√v + ε) = 0.2/(0.0632455532 + 1), times 0.0316227766, is 0.0059483...; after it, it would be 0.1·2/(2 + 1) = 0.0667.
    [Fact]
    public void Epsilon_stands_beside_the_root()
    {
        Adam optimizer = new(0.1) { Epsilon = 1 };
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 2);

        Expect.Near([1 - (Math.Sqrt(0.001) * 0.2 / (Math.Sqrt(0.004) + 1))], w.Value, 1e-14);
        Assert.Equal(0.99405, w.Value.ToScalar(), 1e-5);
    }

    [Fact]
    public void A_gradient_that_was_always_0_moves_nothing()
    {
        Adam optimizer = new(0.1);
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 0);
        optimizer.Step(w, 0);

        Assert.Equal([1], w.Value.ToDoubles());
    }

    [Fact]
    public void The_defaults_are_those_of_Keras()
    {
        Adam optimizer = new();

        Assert.Equal(0.001, optimizer.LearningRate);
        Assert.Equal(0.9, optimizer.Beta1);
        Assert.Equal(0.999, optimizer.Beta2);
        Assert.Equal(1e-7, optimizer.Epsilon);
        Assert.Equal("Adam", optimizer.Name);
        Assert.Equal(["m", "v"], optimizer.Slots);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Betas_outside_0_to_1_are_refused(double beta)
    {
        Assert.StartsWith("Adam: expected Beta1 to be a number from 0 up to, not including, 1, got ", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Beta1 = beta }).Message, StringComparison.Ordinal);
        Assert.StartsWith("Adam: expected Beta2 to be a number from 0 up to, not including, 1, got ", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Beta2 = beta }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1e-7)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void An_epsilon_that_is_negative_or_not_finite_is_refused(double epsilon) => Assert.StartsWith(
        "Adam: expected Epsilon to be a finite number of 0 or more, got ",
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Epsilon = epsilon }).Message,
        StringComparison.Ordinal);
}
