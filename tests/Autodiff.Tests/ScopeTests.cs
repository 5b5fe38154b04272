using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ScopeTests
{
    [Fact]
    public void An_entry_knows_the_scopes_that_it_was_recorded_in()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));

        Variable outside = Op.Exp(x);
        Variable inside, behind;
        using (tape.EnterScope("model"))
        {
            using (tape.EnterScope("dense")) inside = Op.Exp(x);
            behind = Op.Exp(x);
        }

        Assert.Null(outside.Entry!.Scope);
        Assert.Equal("model/dense", inside.Entry!.Scope!.Path);
        Assert.Equal("model", behind.Entry!.Scope!.Path);
        Assert.Null(Op.Exp(x).Entry!.Scope);
    }

    [Fact]
    public void A_recorded_reverse_pass_names_the_entry_that_it_differentiates_and_its_scope()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));
        Variable y;
        using (tape.EnterScope("dense")) y = Op.Sum(Op.Exp(x));
        int forward = tape.Entries.Count;

        tape.Gradient(y, x, record: true);

        Entry product = Assert.Single(tape.Entries.Skip(forward), entry => entry.Rule.Name == nameof(Op.Multiply));
        Assert.Equal(nameof(Op.Exp), product.DerivativeOf!.Rule.Name);
        Assert.Equal("dense", product.Scope!.Path);
        Assert.Null(Op.Exp(x).Entry!.DerivativeOf);
    }

    // x is used twice, so its adjoint is a sum: by the first use, which the reverse pass comes to last.
    [Fact]
    public void The_sum_of_adjoints_belongs_to_the_reverse_pass_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2]));
        Variable first = Op.Exp(x), y = Op.Sum(first * Op.Exp(-x));
        int forward = tape.Entries.Count;

        tape.Gradient(y, x, record: true);

        Entry sum = Assert.Single(tape.Entries.Skip(forward), entry => entry.Rule.Name == nameof(Op.Add));
        Assert.Same(first.Entry, sum.DerivativeOf);
    }

    [Fact]
    public void A_recorded_forward_pass_names_what_it_differentiates_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));
        Variable y = Op.Exp(x);
        int forward = tape.Entries.Count;

        tape.Jvp(y, [x], [Tensor.Ones([2], DType.F64)], record: true);

        Assert.All(tape.Entries.Skip(forward), entry => Assert.Same(y.Entry, entry.DerivativeOf));
        Assert.NotEmpty(tape.Entries.Skip(forward));
    }

    // y = h + h with h = exp(x), and both x and h move: what the two make of h's tangent is added up, and that addition belongs to exp's derivative.
    [Fact]
    public void What_adds_derivatives_up_belongs_to_a_derivative_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));
        Variable h = Op.Exp(x), y = Op.Sum(h + h);
        int forward = tape.Entries.Count;
        Tensor ones = Tensor.Ones([2], DType.F64);

        tape.Gradient(y, x, record: true);
        tape.Jvp(y, [x, h], [tape.Watch(ones), tape.Watch(ones)], record: true);

        Assert.Contains(tape.Entries.Skip(forward), entry => entry.Rule.Name == nameof(Op.Add) && entry.DerivativeOf == h.Entry);
        Assert.All(tape.Entries.Skip(forward), entry => Assert.NotNull(entry.DerivativeOf));
    }
}
