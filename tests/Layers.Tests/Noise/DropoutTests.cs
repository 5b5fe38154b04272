using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class DropoutTests
{
    private const int Count = 10_000;

    private static Tensor Ones => Tensor.Ones([1, Count], DType.F64);

    // Each element is 0 or 1/(1 - 0.25) = 4/3. The mean of 10,000 such has deviation √((0.75·16/9 - 1)/10,000) = 0.0058: five of them are 0.029.
    [Fact]
    public void What_is_kept_is_scaled_up_so_that_the_expectation_stays()
    {
        double[] y = Built(0.25).Forward(Ones, Mode.Train).Value.ToDoubles();

        Assert.Equal([0, 1 / 0.75], y.Distinct().Order());
        Assert.Equal(1, y.Average(), 0.029);
    }

    // The count of zeros has deviation √(10,000·0.25·0.75) = 43.
    [Fact]
    public void The_rate_is_the_share_of_what_is_dropped() =>
        Assert.InRange(Built(0.25).Forward(Ones, Mode.Train).Value.ToDoubles().Count(value => value == 0), 2500 - 215, 2500 + 215);

    [Fact]
    public void Inference_is_the_identity_and_draws_nothing()
    {
        Dropout layer = Built(0.25);
        Tensor x = Ones;

        Variable y = layer.Forward(x, Mode.Inference);

        Expect.SameBits(x, y.Value);
        Assert.Equal(0UL, layer.Rng.Position);
    }

    [Fact]
    public void A_rate_of_0_is_the_identity_in_training_too()
    {
        Dropout layer = Built(0);

        Expect.SameBits(Ones, layer.Forward(Ones, Mode.Train).Value);
        Assert.Equal(0UL, layer.Rng.Position);
    }

    [Fact]
    public void Every_pass_draws_another_mask()
    {
        Dropout layer = Built(0.5);

        Assert.NotEqual(layer.Forward(Ones, Mode.Train).Value.ToDoubles(), layer.Forward(Ones, Mode.Train).Value.ToDoubles());
    }

    [Fact]
    public void The_stream_is_state_and_restoring_it_repeats_the_mask()
    {
        Dropout layer = Built(0.5);
        layer.Forward(Ones, Mode.Train);
        (ulong seed, ulong position) = (layer.Rng.Seed, layer.Rng.Position);
        Tensor first = layer.Forward(Ones, Mode.Train).Value;

        layer.Rng = new Rng(seed, position);

        Expect.SameBits(first, layer.Forward(Ones, Mode.Train).Value);
    }

    [Fact]
    public void The_gradient_passes_where_the_input_did()
    {
        Dropout layer = Built(0.5);
        using Tape tape = new();
        Variable x = tape.Watch(Ones);

        Variable y = layer.Forward(x, Mode.Train);

        // y = mask·x with x = 1: the derivative is the mask, and so is y.
        Expect.SameBits(y.Value, tape.Gradient(Op.Sum(y), x).Value);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_rate_outside_0_to_1_is_refused(double rate)
    {
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(rate)).Message;
        Assert.StartsWith("Dropout: expected a rate from 0 up to, not including, 1, got ", message, StringComparison.Ordinal);
    }

    private static Dropout Built(double rate)
    {
        Dropout layer = new(rate);
        layer.BuildFor([Count], DType.F64, new Rng(11));
        return layer;
    }
}
