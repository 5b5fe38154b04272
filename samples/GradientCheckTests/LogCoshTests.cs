using Tapestry.Autodiff;
using Tapestry.Tensors;
using Xunit;

namespace Tapestry.Samples.GradientCheckTests;

public class LogCoshTests
{
    private static readonly Tensor Targets = Tensor.From(new double[,] { { 0.5, -1, 2 }, { 0, 1.5, -0.3 } });
    private static readonly Tensor Predictions = Tensor.From(new double[,] { { 0.1, 0.4, 1.2 }, { -0.7, 2.5, 0.9 } });

    // ln cosh 1 = ln((e + 1/e)/2) = 0.4338.
    [Fact]
    public void The_loss_is_what_the_formula_says() =>
        Assert.Equal(Math.Log(Math.Cosh(1)), LogCosh.Loss(Tensor.From([3.0]), Tensor.From([4.0])).Value.ToScalar(), precision: 12);

    [Fact]
    public void Its_gradient_agrees_with_finite_differences() => GradientCheck.Run(x => LogCosh.Loss(x[0], x[1]), Targets, Predictions).ThrowIfFailed();

    [Fact]
    public void So_does_the_gradient_of_its_gradient() => GradientCheck.Run(x => LogCosh.Loss(x[0], x[1]), [Targets, Predictions], order: 2).ThrowIfFailed();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void It_takes_any_shape(int count)
    {
        Tensor far = Catalogue.Sample([count, 2], Domain.AwayFromZero, new Rng(1));

        GradientCheck.Run(x => LogCosh.Loss(Tensor.Zeros([count, 2], DType.F64), x[0]), far).ThrowIfFailed();
    }

    [Fact]
    public void A_careless_gradient_is_found_though_the_loss_is_right()
    {
        GradientReport report = GradientCheck.Run(x => LogCosh.Careless(Targets, x[0]), Predictions);

        Assert.Equal(LogCosh.Loss(Targets, Predictions).Value.ToScalar(), LogCosh.Careless(Targets, Predictions).Value.ToScalar());
        Assert.False(report.Passed);
        Assert.StartsWith("gradient check of order 1 failed: ", report.ToString(), StringComparison.Ordinal);
    }
}
