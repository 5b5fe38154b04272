using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>Keras's formulas on the columns [3, 4], of length 5, and [0.3, 0.4], of length 0.5.</summary>
public class ConstraintTests
{
    private const double Margin = 1e-7;

    private static readonly Tensor Weight = Tensor.From(new double[,] { { 3, 0.3 }, { 4, 0.4 } });

    [Fact]
    public void MaxNorm_shortens_what_is_longer_than_its_bound() =>
        Expect.Near([3 * 2 / (5 + Margin), 0.3 * 0.5 / (0.5 + Margin), 4 * 2 / (5 + Margin), 0.4 * 0.5 / (0.5 + Margin)], new MaxNorm(2).Project(Weight).Value, 1e-15);

    [Fact]
    public void UnitNorm_makes_every_length_1() =>
        Expect.Near([3 / (5 + Margin), 0.3 / (0.5 + Margin), 4 / (5 + Margin), 0.4 / (0.5 + Margin)], new UnitNorm().Project(Weight).Value, 1e-15);

    // Half way from 5 to 2 is 3.5, and from 0.5 to 1 is 0.75.
    [Fact]
    public void MinMaxNorm_goes_its_rate_of_the_way_to_the_bounds() =>
        Expect.Near([3 * 3.5 / (5 + Margin), 0.3 * 0.75 / (0.5 + Margin), 4 * 3.5 / (5 + Margin), 0.4 * 0.75 / (0.5 + Margin)], new MinMaxNorm(1, 2, 0.5).Project(Weight).Value, 1e-15);

    [Fact]
    public void NonNeg_puts_0_for_what_is_below() => Assert.Equal([0, 2], new NonNeg().Project(Tensor.From([-1.0, 2])).Value.ToDoubles());

    // Rows [3, 0.3] and [4, 0.4]: by row, and the whole matrix, whose length is √(25 + 0.25).
    [Fact]
    public void The_axis_says_along_what_the_vectors_lie()
    {
        double row = Math.Sqrt(9.09), all = Math.Sqrt(25.25);

        Assert.Equal(3 / (row + Margin), new UnitNorm(1).Project(Weight).Value[0, 0], 1e-15);
        Assert.Equal(3 / (row + Margin), new MaxNorm(1, -1).Project(Weight).Value[0, 0], 1e-15);
        Assert.Equal(3 / (all + Margin), new MinMaxNorm(axis: [0, 1]).Project(Weight).Value[0, 0], 1e-15);
    }

    [Fact]
    public void A_vector_of_zeros_stays()
    {
        foreach (Constraint constraint in (Constraint[])[new MaxNorm(), new UnitNorm(), new MinMaxNorm(0.5)]) Assert.Equal([0, 0], constraint.Project(Tensor.Zeros([2])).Value.ToDoubles());
    }

    [Fact]
    public void Bad_bounds_are_refused()
    {
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => new MaxNorm(-1)).Message,
            Assert.Throws<ArgumentException>(() => new MinMaxNorm(2, 1)).Message,
            Assert.Throws<ArgumentException>(() => new MinMaxNorm(rate: 1.5)).Message,
        ];

        Assert.All(messages, message => Assert.Matches("^M[A-Za-z]+Norm: expected .*, got ", message));
    }
}
