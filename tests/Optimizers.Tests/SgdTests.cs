using Tapestry.Autodiff;

namespace Tapestry.Optimizers.Tests;

public class SgdTests
{
    // w ← w - 0.1·g: 1 - 0.1·2 = 0.8 and -2 - 0.1·(-4) = -1.6; then 0.8 - 0.1·1 = 0.7 and -1.6 - 0.1·3 = -1.9.
    [Fact]
    public void A_plain_step_goes_down_the_gradient()
    {
        Sgd optimizer = new(0.1);
        Parameter w = Steps.Weight(1, -2);

        optimizer.Step(w, 2, -4);
        Expect.Near([0.8, -1.6], w.Value, 1e-15);

        optimizer.Step(w, 1, 3);
        Expect.Near([0.7, -1.9], w.Value, 1e-15);
    }

    // v ← 0.9·v - 0.1·g, w ← w + v. First: v = -0.2, w = 0.8. Then with g = 1: v = -0.18 - 0.1 = -0.28, w = 0.52.
    [Fact]
    public void Momentum_carries_the_last_step_on()
    {
        Sgd optimizer = new(0.1) { Momentum = 0.9 };
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 2);
        Expect.Near([0.8], w.Value, 1e-15);
        Expect.Near([-0.2], optimizer.StateOf(w)[0], 1e-15);

        optimizer.Step(w, 1);
        Expect.Near([0.52], w.Value, 1e-15);
        Expect.Near([-0.28], optimizer.StateOf(w)[0], 1e-15);
    }

    // v as before, w ← w + 0.9·v - 0.1·g. First: v = -0.2, w = 1 - 0.18 - 0.2 = 0.62. Then with g = 1: v = -0.28, w = 0.62 - 0.252 - 0.1 = 0.268.
    [Fact]
    public void Nesterov_looks_ahead_along_the_momentum()
    {
        Sgd optimizer = new(0.1) { Momentum = 0.9, Nesterov = true };
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 2);
        Expect.Near([0.62], w.Value, 1e-15);

        optimizer.Step(w, 1);
        Expect.Near([0.268], w.Value, 1e-15);
        Expect.Near([-0.28], optimizer.StateOf(w)[0], 1e-15);
    }

    [Fact]
    public void Nesterov_without_momentum_is_the_plain_step()
    {
        Sgd optimizer = new(0.1) { Nesterov = true };
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 2);

        Expect.Near([0.8], w.Value, 1e-15);
        Assert.Empty(optimizer.Slots);
    }

    [Fact]
    public void A_zero_gradient_leaves_a_plain_step_where_it_is_and_lets_momentum_roll_on()
    {
        Parameter plain = Steps.Weight(1), rolling = Steps.Weight(1);
        new Sgd(0.1).Step(plain, 0);
        Sgd optimizer = new(0.1) { Momentum = 0.5 };

        optimizer.Step(rolling, 2);
        optimizer.Step(rolling, 0);

        // v = -0.2, then -0.1: 1 - 0.2 - 0.1 = 0.7.
        Assert.Equal([1], plain.Value.ToDoubles());
        Expect.Near([0.7], rolling.Value, 1e-15);
    }

    [Fact]
    public void A_new_learning_rate_holds_from_the_next_step_on()
    {
        Sgd optimizer = new(0.1);
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 1);
        optimizer.LearningRate = 0.5;
        optimizer.Step(w, 1);

        Expect.Near([0.4], w.Value, 1e-15);
    }

    [Fact]
    public void The_defaults_are_those_of_Keras()
    {
        Sgd optimizer = new();

        Assert.Equal(0.01, optimizer.LearningRate);
        Assert.Equal(0, optimizer.Momentum);
        Assert.False(optimizer.Nesterov);
        Assert.Equal("SGD", optimizer.Name);
        Assert.Equal(["velocity"], new Sgd { Momentum = 0.9 }.Slots);
    }

    [Theory]
    [InlineData(-0.1, "-0.1")]
    [InlineData(1.5, "1.5")]
    [InlineData(double.NaN, "NaN")]
    public void A_momentum_outside_0_to_1_is_refused(double momentum, string got)
    {
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { Momentum = momentum }).Message;
        Assert.StartsWith($"Sgd: expected Momentum to be a number from 0 to 1, got {got}.", message, StringComparison.Ordinal);
    }
}
