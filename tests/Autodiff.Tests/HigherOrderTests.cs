using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class HigherOrderTests
{
    // x³ at 2: 3x² = 12, 6x = 12, 6, 0.
    [Fact]
    public void Recorded_gradients_of_a_cube_go_to_any_order()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2, DType.F64)), y = x * x * x;

        Variable first = tape.Gradient(y, x, record: true);
        Variable second = tape.Gradient(first, x, record: true);
        Variable third = tape.Gradient(second, x, record: true);

        Assert.Equal(12, first.Value.ToScalar());
        Assert.Equal(12, second.Value.ToScalar());
        Assert.Equal(6, third.Value.ToScalar());
        Assert.Equal(0, tape.Gradient(third, x).Value.ToScalar());
    }

    // 1/x at 2: -1/x² = -1/4, 2/x³ = 1/4, -6/x⁴ = -3/8. All three paths of Divide's rule by the output are used.
    [Fact]
    public void Recorded_gradients_of_a_reciprocal()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2, DType.F64));

        Variable first = tape.Gradient(1 / x, x, record: true);
        Variable second = tape.Gradient(first, x, record: true);
        Variable third = tape.Gradient(second, x);

        Assert.Equal(-0.25, first.Value.ToScalar(), 1e-15);
        Assert.Equal(0.25, second.Value.ToScalar(), 1e-15);
        Assert.Equal(-0.375, third.Value.ToScalar(), 1e-15);
    }

    // tanh: 1 - y², -2y(1 - y²), (6y² - 2)(1 - y²) with y = tanh 0.5.
    [Fact]
    public void Recorded_gradients_of_tanh()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(0.5, DType.F64));
        double y = Math.Tanh(0.5);

        Variable first = tape.Gradient(Op.Tanh(x), x, record: true);
        Variable second = tape.Gradient(first, x, record: true);
        Variable third = tape.Gradient(second, x);

        Assert.Equal(1 - (y * y), first.Value.ToScalar(), 1e-15);
        Assert.Equal(-2 * y * (1 - (y * y)), second.Value.ToScalar(), 1e-15);
        Assert.Equal(((6 * y * y) - 2) * (1 - (y * y)), third.Value.ToScalar(), 1e-15);
    }

    // f = x²y: fx = 2xy, fxy = 2x, fxx = 2y, fxxy = 2 at (3, 5).
    [Fact]
    public void Mixed_derivatives()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64)), y = tape.Watch(Tensor.Scalar(5, DType.F64));

        Variable fx = tape.Gradient(Op.Square(x) * y, x, record: true);
        Variable[] second = tape.Gradient(fx, [x, y], record: true);

        Assert.Equal(30, fx.Value.ToScalar());
        Assert.Equal(10, second[0].Value.ToScalar());
        Assert.Equal(6, second[1].Value.ToScalar());
        Assert.Equal(2, tape.Gradient(second[0], y).Value.ToScalar());
    }

    // d/dx of a gradient's square, as in a gradient penalty: (d/dx)(f'²) = 2f'f'' with f = x³ at 2: 2 · 12 · 12.
    [Fact]
    public void A_penalty_on_a_gradient_can_be_differentiated()
    {
        using Tape tape = new();
        Parameter parameter = new("x", Tensor.Scalar(2, DType.F64));
        Variable x = tape.Watch(parameter);

        Variable penalty = Op.Square(tape.Gradient(x * x * x, x, record: true));

        Assert.Equal(288, tape.Gradient(penalty, [parameter])[parameter].ToScalar());
    }

    [Fact]
    public void A_recorded_tangent_can_be_differentiated()
    {
        // The tangent of x³ along v = 1 is 3x²; its gradient 6x = 12 at 2. Reverse over forward.
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2, DType.F64));

        Variable tangent = tape.Jvp(x * x * x, [x], [Tensor.Scalar(1, DType.F64)], record: true);

        Assert.Equal(12, tangent.Value.ToScalar());
        Assert.Equal(12, tape.Gradient(tangent, x).Value.ToScalar());
        // Forward over reverse.
        Variable gradient = tape.Gradient(x * x * x, x, record: true);
        Assert.Equal(12, tape.Jvp(gradient, [x], [Tensor.Scalar(1, DType.F64)]).Value.ToScalar());
    }

    public static TheoryData<string> Operations => new(Catalogue.Operations.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_operation_passes_the_check_at_order_3(string name)
    {
        CatalogueRow row = Catalogue.Operations.Single(row => row.Name == name);

        GradientReport report = row.Check(3);

        Assert.True(report.Passed, report.ToString());
    }

    [Fact]
    public void What_a_stopped_gradient_let_through_is_held_where_that_is_asked_for()
    {
        // y = stop(x)·x: with stop(x) constant dy/dx = x and not 2x, and d²y/dx² = 0.
        Tensor x = Tensor.From([0.5, -1.5]);

        GradientCheck.Run(xs => Op.StopGradient(xs[0]) * xs[0], [x], order: 1, holdStopped: true).ThrowIfFailed();
        GradientCheck.Run(xs => Op.StopGradient(xs[0] * xs[0]) * Op.Exp(xs[0]), [x], order: 2, holdStopped: true).ThrowIfFailed();
        Assert.False(GradientCheck.Run(xs => Op.StopGradient(xs[0]) * xs[0], [x], order: 1).Passed);
    }
}
