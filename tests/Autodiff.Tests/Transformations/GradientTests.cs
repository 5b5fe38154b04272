using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Transformations;

public class GradientTests
{
    // f = x0²·x1 at (3, 5): f = 45, ∂f/∂x0 = 2·3·5 = 30, ∂f/∂x1 = 9.
    [Fact]
    public void The_value_and_the_gradient_come_together_and_outlive_the_tape()
    {
        (Tensor value, Tensor[] gradients) = Derivatives.ValueAndGradient(x => Op.Square(x[0]) * x[1], [Number(3), Number(5)]);

        Assert.Equal(45, value.ToScalar());
        Assert.Equal([30.0, 9], gradients.Select(gradient => gradient.ToScalar()));
    }

    [Fact]
    public void The_gradient_has_the_points_shape()
    {
        (Tensor value, Tensor gradient) = Derivatives.ValueAndGradient(x => Op.Sum(Op.Square(x)), Tensor.From([1.0, 2, 3, 4], [2, 2]));

        Assert.Equal(30, value.ToScalar());
        Assert.Equal([2, 2], gradient.Shape);
        Assert.Equal([2.0, 4, 6, 8], gradient.ToDoubles());
    }

    // f = x³ at 2: f' = 12, f'' = 12, f''' = 6.
    [Fact]
    public void Gradients_of_gradients_nest_as_functions_do()
    {
        Func<Variable, Variable> first = Derivatives.Gradient(x => x * x * x), second = Derivatives.Gradient(first), third = Derivatives.Gradient(second);

        Assert.Equal(12, first(Number(2)).Value.ToScalar());
        Assert.Equal(12, second(Number(2)).Value.ToScalar());
        Assert.Equal(6, third(Number(2)).Value.ToScalar());
    }

    // d/dx of x·(d/dy (x + y) at y = x) = d/dx of x·1 = 1. Were x and y taken for one, the inner derivative would be 2.
    [Fact]
    public void What_a_function_takes_from_around_it_is_held()
    {
        (_, Tensor outer) = Derivatives.ValueAndGradient(x => x * Derivatives.Gradient(y => x + y)(x), Number(1));
        Assert.Equal(1, outer.ToScalar());

        // w = 2u is computed from u before; the derivative of a·w by a at a = u is w = 6, not w + 2u. By u, through w and the argument, it is 2.
        using Tape tape = new();
        Variable u = tape.Watch(Number(3)), w = u * 2;
        Variable inner = Derivatives.Gradient(a => a * w)(u);
        Assert.Equal(6, inner.Value.ToScalar());
        Assert.Equal(2, tape.Gradient(inner, u).Value.ToScalar());
    }

    // A penalty on a gradient: f = x³, Σ f'² = 9x⁴, whose gradient 36x³ is 288 at 2.
    [Fact]
    public void A_gradient_inside_a_function_can_be_differentiated_with_it()
    {
        (Tensor value, Tensor gradient) = Derivatives.ValueAndGradient(x => Op.Square(Derivatives.Gradient(y => y * y * y)(x)), Number(2));

        Assert.Equal(144, value.ToScalar());
        Assert.Equal(288, gradient.ToScalar());
    }

    [Fact]
    public void On_an_arena_or_without_a_tape_a_gradient_just_computes()
    {
        Func<Variable, Variable> gradient = Derivatives.Gradient(x => Op.Sum(Op.Square(x)));
        using Tape arena = new(record: false);

        Variable onArena = gradient(arena.Constant(Tensor.From([1.0, 2])));

        Assert.Same(arena, onArena.Tape);
        Assert.Equal([2.0, 4], onArena.Value.ToDoubles());
        Assert.Null(gradient(Tensor.From([1.0, 2])).Tape);
    }

    // At a constant of a recording tape: f = a·x by x at 3 is a, which is differentiable by a all the same.
    [Fact]
    public void At_a_constant_the_gradient_still_depends_on_what_is_around()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Number(7)), x = tape.Constant(Number(3));

        Variable gradient = Derivatives.Gradient(y => Op.Square(a) * y)(x);

        Assert.Equal(49, gradient.Value.ToScalar());
        Assert.Equal(14, tape.Gradient(gradient, a).Value.ToScalar());
    }

    private static Tensor Number(double value) => Tensor.Scalar(value, DType.F64);
}
