using Tapestry.Samples.Mlp.Drawing;

namespace Tapestry.Mlp.Tests;

public class EpochBarTests
{
    // 11 letters of the loss; with two blanks before each, 32 more of the first metric, 17 of the second and 11 of the rate.
    [Theory]
    [InlineData(71, "loss 0.5000  root_mean_squared_error 0.7071  r2_score 0.9000  120,000/s")]
    [InlineData(70, "loss 0.5000  root_mean_squared_error 0.7071  r2_score 0.9000")]
    [InlineData(42, "loss 0.5000  r2_score 0.9000  120,000/s")]
    [InlineData(27, "loss 0.5000  120,000/s")]
    [InlineData(5, "loss 0.5000")]
    public void Values_that_have_no_room_on_the_line_are_left_out(int room, string line)
    {
        Assert.Equal(line, EpochBar.Fitting(["loss 0.5000", "root_mean_squared_error 0.7071", "r2_score 0.9000", "120,000/s"], room));
    }
}
