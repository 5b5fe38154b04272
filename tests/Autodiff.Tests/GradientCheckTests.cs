using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class GradientCheckTests
{
    [Fact]
    public void A_right_gradient_passes_and_throws_nothing()
    {
        GradientReport report = GradientCheck.Run(x => Op.Sum(Op.Exp(x[0]) * x[1]), Tensor.From([1.0, 2]), Tensor.From([3.0, -1]));

        report.ThrowIfFailed();
        Assert.True(report.Passed);
        Assert.True(report.WorstError < 1e-9);
        Assert.StartsWith("gradient check of order 1 passed: ", report.ToString(), StringComparison.Ordinal);
    }

    // y = x² at [1, 2, 3] with a gradient 1.001 times too large: the Jacobian is diagonal, 2, 4, 6, and the worst is the last, 6.006 instead of 6.
    [Fact]
    public Task A_failing_report_names_the_worst_element_both_values_and_the_step()
    {
        GradientReport report = GradientCheck.Run(x => Op.Apply(Scaled(1.001), x[0]), Tensor.From([1.0, 2, 3]));

        Assert.False(report.Passed);
        Assert.Equal((0, 2, 2), (report.Input, report.Element, report.Output));
        Assert.Equal(6.006, report.Analytic, 1e-12);
        Assert.Equal(6, report.Numeric, 1e-9);
        Assert.Equal(report.ToString(), Assert.Throws<InvalidOperationException>(report.ThrowIfFailed).Message);
        return Verifier.Verify(report.ToString());
    }

    [Fact]
    public void The_worst_of_several_inputs_is_named()
    {
        GradientReport report = GradientCheck.Run(x => Op.Square(x[0]) + Op.Apply(Scaled(1.01), x[1]), Tensor.From([1.0, 2]), Tensor.From([2.0, 1]));

        Assert.Equal((1, 0, 0), (report.Input, report.Element, report.Output));
    }

    [Fact]
    public void F32_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => GradientCheck.Run(x => x[0], Tensor.From([1f])));

        Assert.StartsWith("GradientCheck: expected F64, got F32[1].", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_linear_function_passes_at_every_order()
    {
        for (int order = 1; order <= 3; order++)
        {
            GradientReport report = GradientCheck.Run(x => Op.Sum(x[0] * 3, 0) - 2, [Tensor.From(new double[,] { { 1, 2 }, { 3, 4 } })], order);
            Assert.True(report.Passed, report.ToString());
            Assert.Equal(order, report.Order);
        }
    }

    [Fact]
    public void A_cube_passes_at_order_3()
    {
        GradientReport report = GradientCheck.Run(x => x[0] * x[0] * x[0] * x[1], [Tensor.From([0.5, -1]), Tensor.From([2.0, 3])], order: 3);

        Assert.True(report.Passed, report.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_order_below_1_is_refused(int order) => Assert.Throws<ArgumentOutOfRangeException>(() => GradientCheck.Run(x => x[0], [Tensor.From([1.0])], order));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nothing_to_compare_is_a_failure(int order)
    {
        GradientReport empty = GradientCheck.Run(x => Op.Exp(x[0]), [Tensor.Zeros([0, 3], DType.F64)], order);

        Assert.False(empty.Passed);
        Assert.Contains("there was nothing to compare", empty.ToString(), StringComparison.Ordinal);
        Assert.Contains("nothing to compare", Assert.Throws<InvalidOperationException>(empty.ThrowIfFailed).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_inputs_are_nothing_to_compare(int order) => Assert.Throws<ArgumentException>(() => GradientCheck.Run(_ => Tensor.Scalar(1, DType.F64), [], order));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_function_that_ignores_the_tape_is_an_error_that_says_so(int order)
    {
        // Value leaves the tape: the gradient is lost, and the result has none to compare.
        ArgumentException error = Assert.Throws<ArgumentException>(() => GradientCheck.Run(x => Op.Exp(x[0].Value), [Tensor.From([1.0])], order));

        Assert.Contains("got one without a tape", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_NaN_fails()
    {
        GradientReport report = GradientCheck.Run(x => Op.Log(x[0]), Tensor.From([1.0, -1]));

        Assert.False(report.Passed);
        Assert.Equal(double.PositiveInfinity, report.WorstError);
    }

    [Fact]
    public void A_kink_inside_the_step_fails() => Assert.False(GradientCheck.Run(x => Op.Relu(x[0]), Tensor.From([1e-4])).Passed);

    [Fact]
    public void Inputs_are_left_as_they_were()
    {
        Tensor x = Tensor.From([0.1, 0.2, 0.3]);

        GradientCheck.Run(v => Op.Exp(v[0]), [x], order: 2);

        Assert.Equal([0.1, 0.2, 0.3], x.ToDoubles());
    }

    [Fact]
    public void Worst_prefers_a_failure_to_a_larger_error_that_passed()
    {
        GradientReport passed = new() { Input = 0, WorstError = 0.5, Tolerance = 1 }, failed = new() { Input = 0, WorstError = 1e-3 };

        Assert.Same(failed, GradientReport.Worst(passed, failed));
        Assert.Same(passed, GradientReport.Worst(passed, passed with { WorstError = 0.1 }));
        Assert.Throws<ArgumentException>(() => GradientReport.Worst());
    }

    private static MutantRule Scaled(double factor)
    {
        using Tape tape = new();
        Rule square = Op.Square(tape.Watch(Tensor.Scalar(1, DType.F64))).Entry!.Rule;
        return new MutantRule(square) { Contributions = all => all[0] = all[0]! * factor };
    }
}
