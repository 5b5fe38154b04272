using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class HardSigmoidTests
{
    // x/5 + 1/2 from -2.5 to 2.5, where the bounds themselves have the slope for a derivative.
    [Fact]
    public void Three_straight_pieces_that_meet_where_Keras_2_has_them()
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.HardSigmoid(x), [-3, -2.5, 0, 1, 2.5, 3]);

        Expect.Near([0, 0, 0.5, 0.7, 1, 1], Tensor.From(y), 1e-15);
        Assert.Equal([0, 0.2, 0.2, 0.2, 0.2, 0], dy);
    }

    // x/6 + 1/2 from -3 to 3.
    [Fact]
    public void A_slope_of_a_sixth_is_that_of_PyTorch_and_Keras_3()
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.HardSigmoid(x, 1.0 / 6), [-4, 1.5, 4]);

        Assert.Equal([0, 0.75, 1], y);
        Assert.Equal([0, 1.0 / 6, 0], dy);
    }

    [Fact]
    public void Infinities_and_NaN() =>
        Assert.Equal([1, 0, double.NaN], Op.HardSigmoid(Tensor.From([double.PositiveInfinity, double.NegativeInfinity, double.NaN])).Value.ToDoubles());
}
