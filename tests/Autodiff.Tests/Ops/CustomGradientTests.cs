using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Ops;

public class CustomGradientTests
{
    // ln(1 + eˣ) overflows at 1000, in value and, as eˣ/(1 + eˣ), in its derivative. The stable value is max(x, 0) + ln(1 + e^-|x|) and the derivative 1/(1 + e⁻ˣ).
    [Fact]
    public void A_stabler_formula_takes_the_place_of_the_functions_derivative()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([-1000.0, 0, 1000]));

        Variable y = Op.CustomGradient(v => Op.Relu(v) + Op.Log1p(Op.Exp(-Op.Abs(v))), (v, _, adjoint) => adjoint * Op.Sigmoid(v), x);

        Assert.Equal([0, Math.Log(2), 1000], y.Value.ToDoubles());
        Assert.Equal([0, 0.5, 1], tape.Gradient(Op.Sum(y), x).Value.ToDoubles());
    }

    // The straight-through estimate: rounding has the derivative 0 almost everywhere; the rule passes the adjoint on as if it were the identity.
    [Fact]
    public void The_rule_need_not_be_the_functions_derivative()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([0.4, 0.6, 1.5]));

        Variable y = Op.CustomGradient(v => Tensor.From([.. v.Value.ToDoubles().Select(value => Math.Round(value))]), (_, _, adjoint) => adjoint, x);

        Assert.Equal([0.0, 1, 2], y.Value.ToDoubles());
        Assert.Equal([1.0, 10, 100], tape.Gradient(y, x, Tensor.From([1.0, 10, 100])).Value.ToDoubles());
    }

    // Reversing the gradient, as domain adaptation does: y = x, x̄ = -ȳ.
    [Fact]
    public void The_function_may_give_its_operand_itself()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([3.0]));

        Assert.Equal(-6, tape.Gradient(Op.Square(Op.CustomGradient(v => v, (_, _, adjoint) => -adjoint, x)), x).Value.ToScalar());
    }

    [Fact]
    public void A_rule_written_in_operations_passes_the_check_to_the_third_order()
    {
        // y = x·eˣ, dy/dx = y + eˣ; and y = a/b with b broadcast, ā = ȳ/b, b̄ = -Σ ȳ·y/b.
        for (int order = 1; order <= 3; order++)
        {
            GradientCheck.Run(xs => Op.CustomGradient(v => v * Op.Exp(v), (v, y, adjoint) => adjoint * (y + Op.Exp(v)), xs[0]), [Tensor.From([0.3, -1.2])], order).ThrowIfFailed();
            GradientCheck.Run(Quotient, [Tensor.From([0.3, -1.2, 2.1, 0.4], [2, 2]), Tensor.From([1.5, -0.7])], order).ThrowIfFailed();
        }
    }

    [Fact]
    public void A_wrong_rule_fails_the_check()
    {
        Tensor x = Tensor.From([0.3, -1.2]);

        Assert.False(GradientCheck.Run(xs => Op.CustomGradient(v => v * Op.Exp(v), (v, y, adjoint) => adjoint * y, xs[0]), x).Passed);
        // A rule that takes the output for a constant is right at the first order alone.
        static Variable Detached(IReadOnlyList<Variable> xs) => Op.CustomGradient(v => Op.Exp(v), (_, y, adjoint) => adjoint * y.Detach(), xs[0]);
        Assert.True(GradientCheck.Run(Detached, x).Passed);
        Assert.False(GradientCheck.Run(Detached, [x], order: 2).Passed);
    }

    // The tangent follows from the rule, as its transpose: of x·eˣ along v it is (y + eˣ)·v. At 0: 1·v. Recorded, its gradient is (2eˣ + x·eˣ)·v = 2v.
    [Fact]
    public void Forward_mode_follows_from_the_rule()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([0.0]));
        Variable y = Op.CustomGradient(v => v * Op.Exp(v), (v, y, adjoint) => adjoint * (y + Op.Exp(v)), x);
        int entries = tape.Entries.Count;

        Assert.Equal(5, tape.Jvp(y, [x], [Tensor.From([5.0])]).Value.ToScalar());
        Assert.Equal(entries, tape.Entries.Count);
        Assert.Equal(10, tape.Gradient(tape.Jvp(y, [x], [Tensor.From([5.0])], record: true), x).Value.ToScalar());
    }

    [Fact]
    public void Null_is_zero_in_both_directions()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From([2.0])), b = tape.Watch(Tensor.From([3.0]));

        Variable y = Op.CustomGradient(v => v[0] * v[1], (call, adjoint) => [adjoint * call.Operands[1], null], [a, b]);

        Assert.Equal([3.0, 0], tape.Gradient(y, [a, b]).Select(gradient => gradient.Value.ToScalar()));
        Assert.Equal(15, tape.Jvp(y, [a, b], [Tensor.From([5.0]), Tensor.From([7.0])]).Value.ToScalar());
        Assert.Equal(0, tape.Jvp(y, [b], [Tensor.From([7.0])]).Value.ToScalar());
    }

    // exp(-exp(x)) on 1,000 numbers: of four results the last stays.
    [Fact]
    public void What_the_function_computes_on_the_way_is_not_kept()
    {
        using Tape tape = new();

        Op.CustomGradient(v => Op.Exp(Op.Exp(-Op.Exp(v))), (_, y, adjoint) => adjoint * y, tape.Watch(Tensor.Zeros([1000], DType.F64)));

        Assert.Equal((1, 8_000), (tape.Entries.Count, tape.OwnedBytes));
    }

    [Fact]
    public void Without_a_tape_it_just_computes()
    {
        Variable y = Op.CustomGradient(v => Op.Exp(v), (_, y, adjoint) => adjoint * y, Tensor.Scalar(0));

        Assert.Equal(1, y.Value.ToScalar());
        Assert.Null(y.Tape);
    }

    private static Variable Quotient(IReadOnlyList<Variable> xs) => Op.CustomGradient(
        v => v[0] / v[1],
        (call, adjoint) => [adjoint / call.Operands[1], Op.SumTo(-adjoint * call.Output / call.Operands[1], call.Operands[1].Shape)],
        xs);
}
