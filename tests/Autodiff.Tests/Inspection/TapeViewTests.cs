using Tapestry.Autodiff.Inspection;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Inspection;

public class TapeViewTests
{
    [Fact]
    public void Nodes_are_the_named_leaves_and_then_the_entries()
    {
        TapeView view = Tapes.Example(Adjoints.None);

        Assert.Equal(["a", "b", "%0", "%1", "%2"], view.Nodes.Select(node => node.Name));
        Assert.Equal([null, null, "Multiply", "Exp", "Add"], view.Nodes.Select(node => node.Operation));
        Assert.Equal([[], [], [0, 1], [0], [2, 3]], view.Nodes.Select(node => node.Inputs));
        Assert.Equal([1, 2, 2, Math.E, 2 + Math.E], view.Nodes.Select(node => node.Value.Elements![0]));
        Assert.Equal(4, view.Output);
        Assert.False(view.HasAdjoints);
        Assert.All(view.Nodes, node => Assert.Null(node.Adjoint));
        Assert.Equal([(TapePhase.Forward, 0), (TapePhase.Forward, 1), (TapePhase.Forward, 2)], view.Steps.Select(step => (step.Phase, step.Entry!.Value)));
    }

    // y = a·b + eᵃ at (1, 2): ȳ = 1 goes to both terms; eᵃ gives ā = e, and then a·b adds b = 2, and gives b̄ = a = 1.
    [Fact]
    public void Adjoints_are_kept_with_what_each_step_contributes()
    {
        TapeView view = Tapes.Example(Adjoints.Kept);

        Assert.Equal([2 + Math.E, 1, 1, 1, 1], view.Nodes.Select(node => node.Adjoint!.Elements![0]));
        TapeStep[] reverse = [.. view.Steps.Where(step => step.Phase == TapePhase.Reverse)];
        Assert.Equal([null, 2, 1, 0], reverse.Select(step => step.Entry));
        Assert.Equal([4, 4, 3, 2], reverse.Select(step => step.Node));
        (int, double, double)[][] expected = [[(4, 1, 1)], [(2, 1, 1), (3, 1, 1)], [(0, Math.E, Math.E)], [(0, 2, 2 + Math.E), (1, 1, 1)]];
        Assert.Equal(expected, reverse.Select(step => step.Contributions.Select(gain => (gain.To, gain.Value.Elements![0], gain.Total.Elements![0])).ToArray()));
    }

    [Fact]
    public void A_recorded_reverse_pass_is_on_the_same_tape_and_each_node_knows_where_its_adjoint_is()
    {
        TapeView view = Tapes.Example(Adjoints.Recorded);

        TapeNode[] recorded = [.. view.Nodes.Where(node => node.DerivativeOf is not null)];
        Assert.Equal(["Multiply", "Multiply", "Multiply", "Add"], recorded.Where(node => node.Kind == TapeNodeKind.Operation).Select(node => node.Operation));
        Assert.Equal([1, 0, 0, 0], recorded.Where(node => node.Kind == TapeNodeKind.Operation).Select(node => node.DerivativeOf!.Value));
        foreach (TapeNode leaf in view.Nodes.Take(2))
        {
            TapeNode adjoint = view.Nodes[leaf.AdjointNode!.Value];
            Assert.Equal(leaf.Adjoint!.Elements, adjoint.Value.Elements);
            Assert.NotNull(adjoint.DerivativeOf);
        }

        // Each recorded entry is computed before the step that it belongs to.
        Assert.Equal(
            ["forward 0", "forward 1", "forward 2", "reverse ", "reverse 2", "forward 3", "reverse 1", "forward 4", "forward 5", "forward 6", "reverse 0"],
            view.Steps.Select(step => $"{step.Phase.ToString().ToLowerInvariant()} {step.Entry}"));
    }

    [Fact]
    public void Looking_with_adjoints_records_nothing_unless_asked_to()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));
        Variable y = Op.Sum(Op.Exp(x));

        TapeView.Of(tape, y, adjoints: Adjoints.Kept);
        Assert.Equal(2, tape.Entries.Count);

        TapeView.Of(tape, y, adjoints: Adjoints.Recorded);
        Assert.True(tape.Entries.Count > 2);
    }

    [Fact]
    public void Adjoints_are_the_gradients_of_the_tape()
    {
        using Tape tape = new();
        Rng rng = new(3);
        Variable x = tape.Watch(Catalogue.Sample([2, 3], Domain.Any, rng)), w = tape.Watch(Catalogue.Sample([3, 2], Domain.Any, rng));
        Variable y = Op.Mean(Op.Softmax(Op.MatMul(x, w)) * Op.MatMul(x, w));

        TapeView view = TapeView.Of(tape, y, [(x, "x"), (w, "w")], Adjoints.Kept);

        Assert.Equal(tape.Gradient(y, x).Value.ToDoubles(), view.Nodes[0].Adjoint!.Elements);
        Assert.Equal(tape.Gradient(y, w).Value.ToDoubles(), view.Nodes[1].Adjoint!.Elements);
    }

    // Y = A·B with A = [[1, 2]] and B = [[3, 4], [5, 6]]: dY/dA = Bᵀ, and dY_j/dB_kl = A_k where l = j. A third operand of the sum is a constant and gets none.
    [Fact]
    public void The_local_Jacobians_of_small_tensors_stand_beside_the_contributions()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From(new double[,] { { 1, 2 } })), b = tape.Watch(Tensor.From(new double[,] { { 3, 4 }, { 5, 6 } }));

        TapeView view = TapeView.Of(tape, Op.MatMul(a, b) + 1, [(a, "A"), (b, "B")], Adjoints.Kept);

        TapeStep add = view.Steps[^2], product = view.Steps[^1];
        LocalJacobian identity = Assert.Single(add.Jacobians);
        Assert.Equal(0, identity.Input);
        Assert.Equal([1, 0, 0, 1], identity.Value.Elements);
        Assert.Equal([(0, 0), (1, 1)], product.Jacobians.Select(jacobian => (jacobian.Input, jacobian.To)));
        Assert.Equal([[2, 2], [2, 4]], product.Jacobians.Select(jacobian => jacobian.Value.Shape));
        Assert.Equal([3, 5, 4, 6], product.Jacobians[0].Value.Elements);
        Assert.Equal([1, 0, 2, 0, 0, 1, 0, 2], product.Jacobians[1].Value.Elements);
    }

    [Fact]
    public void Large_tensors_have_no_local_Jacobian()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Ones([17], DType.F64));

        TapeView view = TapeView.Of(tape, Op.Sum(x), adjoints: Adjoints.Kept);

        Assert.Empty(view.Steps[^1].Jacobians);
        Assert.Single(view.Steps[^1].Contributions);
    }

    // y = [1, 4]: the adjoints are those of 1 + 4, so x̄ = 2x.
    [Fact]
    public void An_output_of_several_elements_starts_from_ones()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));

        TapeView view = TapeView.Of(tape, Op.Square(x), [(x, "x")], Adjoints.Kept);

        Assert.Equal([2, 4], view.Nodes[0].Adjoint!.Elements);
    }

    [Fact]
    public void Parameters_and_constants_show_their_names_and_belong_to_the_layer_that_uses_them()
    {
        using Tape tape = new();
        Parameter kernel = new("dense/kernel", Tensor.Ones([2, 2], DType.F64));
        Variable x = tape.Constant(Tensor.Ones([1, 2], DType.F64)), y;
        using (tape.EnterScope("dense")) y = (Op.MatMul(x, tape.Watch(kernel)) * 0.5) + Tensor.Ones([2], DType.F64);

        TapeView view = TapeView.Of(tape, y, [(x, "images")]);

        Assert.Equal(
            [
                (TapeNodeKind.Constant, "images", null),
                (TapeNodeKind.Watched, "dense/kernel", "dense"),
                (TapeNodeKind.Operation, "%0", "dense"),
                (TapeNodeKind.Constant, "0.5", "dense"),
                (TapeNodeKind.Operation, "%1", "dense"),
                (TapeNodeKind.Constant, "c1", "dense"),
                (TapeNodeKind.Operation, "%2", "dense"),
            ],
            view.Nodes.Select(node => (node.Kind, node.Name, node.Scope)));
    }

    // exp saves its output (16 bytes). a·b saves both operands: x again (a leaf of 16 bytes), and exp's output, which counts already. The sum saves nothing.
    [Fact]
    public void What_is_saved_counts_each_buffer_once()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));
        Variable y = Op.Sum(Op.Exp(x) * x);

        TapeView view = TapeView.Of(tape, y);

        Assert.Equal([Saves.Nothing, Saves.Output, Saves.First | Saves.Second, Saves.Nothing], view.Nodes.Select(node => node.Saves));
        Assert.Equal([0, 16, 16, 0], view.Nodes.Select(node => node.SavedBytes));
        Assert.Equal(new SavedTotal(2, 32, 16), view.Saved);
    }

    // A view shares its operand's buffer: what is saved of it is the leaf.
    [Fact]
    public void A_view_of_a_leaf_that_is_saved_keeps_the_leafs_memory_and_no_more()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));
        Variable row = Op.Reshape(x, [1, 2]);

        TapeView view = TapeView.Of(tape, (row * row) + Op.Square(x));

        Assert.Equal(new SavedTotal(1, 16, 16), view.Saved);
    }

    [Fact]
    public void A_view_outlives_its_tape()
    {
        Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2.0]));
        TapeView view = TapeView.Of(tape, Op.Exp(x), adjoints: Adjoints.Kept);
        tape.Dispose();

        Assert.Equal([Math.E, Math.E * Math.E], view.Nodes[1].Value.Elements!.Select(value => Math.Round(value, 13)).Zip([Math.E, Math.E * Math.E], (_, exact) => exact));
        Assert.Throws<ObjectDisposedException>(() => TapeView.Of(tape));
    }

    [Fact]
    public void What_cannot_be_looked_at_is_refused()
    {
        using Tape tape = new(), other = new();
        Variable x = tape.Watch(Tensor.Scalar(1));

        Assert.StartsWith("TapeView: expected an output to take adjoints of, got none.", Assert.Throws<ArgumentException>(() => TapeView.Of(tape, adjoints: Adjoints.Kept)).Message, StringComparison.Ordinal);
        Assert.StartsWith("TapeView: expected variables of the tape, got one that lives elsewhere.", Assert.Throws<ArgumentException>(() => TapeView.Of(other, x)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TapeView.Of(other, names: [(x, "x")]));
    }
}
