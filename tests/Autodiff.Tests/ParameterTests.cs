using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ParameterTests
{
    [Fact]
    public void A_weight_can_be_frozen_and_unfrozen()
    {
        Parameter weight = new("dense/kernel", Tensor.Zeros([2, 3]));

        Assert.True(weight.Trainable);
        weight.Trainable = false;
        Assert.False(weight.Trainable);
        weight.Trainable = true;
        Assert.True(weight.Trainable);
        Assert.Equal("dense/kernel: F32[2, 3]", weight.ToString());
    }

    [Fact]
    public void A_state_never_trains_whatever_is_assigned()
    {
        Parameter state = new("moving_mean", Tensor.Zeros([2]), ParameterRole.State);

        Assert.False(state.Trainable);
        state.Trainable = true;
        Assert.False(state.Trainable);
    }

    [Fact]
    public void A_name_and_a_value_are_needed()
    {
        Assert.Throws<ArgumentException>(() => new Parameter("", Tensor.Scalar(1)));
        Assert.Throws<ArgumentNullException>(() => new Parameter("w", null!));
    }
}
