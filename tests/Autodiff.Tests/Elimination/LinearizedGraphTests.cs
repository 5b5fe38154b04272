using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Which vertices and edges a tape gives.</summary>
public class LinearizedGraphTests
{
    // y = exp(a·b) at (2, 0): ∂(a·b)/∂a = b = 0, which is an edge all the same, ∂(a·b)/∂b = a = 2, and exp has eˣ = 1.
    [Fact]
    public void A_scalar_tape_has_a_vertex_a_variable_and_an_edge_an_operand()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Number(2)), b = tape.Watch(Number(0));

        LinearizedGraph graph = LinearizedGraph.From([Op.Exp(a * b)], [a, b]);

        Assert.Equal(["0 (leaf[0])", "1 (leaf[0])", "2 (Multiply[0])", "3 (Exp[0])"], graph.Vertices.Select(vertex => vertex.ToString()));
        Assert.Equal([VertexKind.Input, VertexKind.Input, VertexKind.Intermediate, VertexKind.Output], graph.Vertices.Select(vertex => vertex.Kind));
        Assert.Equal([new GraphEdge(0, 2, 0), new(1, 2, 2), new(2, 3, 1)], graph.Edges);
    }

    // x·x is one dependence of 2x, constants are no vertices, and what does not lead to y or comes from a constant alone is left out.
    [Fact]
    public void Only_what_lies_between_is_in_it()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(3)), other = tape.Watch(Number(1)), c = tape.Constant(Number(5));
        Variable square = x * x;
        Op.Exp(square);
        Variable y = (square * c) + Op.Exp(other) + Op.StopGradient(Op.Exp(x));

        LinearizedGraph graph = LinearizedGraph.From(y, x);

        Assert.Equal(["leaf", "Multiply", "Multiply", "Add", "Add"], graph.Vertices.Select(vertex => vertex.Entry?.Rule.Name ?? "leaf"));
        Assert.Equal([new GraphEdge(0, 1, 6), new(1, 2, 5), new(2, 3, 1), new(3, 4, 1)], graph.Edges);
    }

    // y = W·x, elementwise squared: an edge from each x_j to each (Wx)_i with W_ij, also where it is 0, then one from each (Wx)_i to its square, 2(Wx)_i.
    [Fact]
    public void Tensors_have_a_vertex_for_each_element()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 10], [2, 1]));
        Variable w = tape.Constant(Tensor.From(new double[,] { { 1, 2 }, { 3, 0 } }));

        LinearizedGraph graph = LinearizedGraph.From(Op.Square(Op.MatMul(w, x)), x);

        Assert.Equal(["leaf[0]", "leaf[1]", "MatMul[0]", "MatMul[1]", "Square[0]", "Square[1]"], graph.Vertices.Select(vertex => vertex.ToString()[3..^1]));
        Assert.Equal([new GraphEdge(0, 2, 1), new(1, 2, 2), new(0, 3, 3), new(1, 3, 0), new(2, 4, 42), new(3, 5, 6)], graph.Edges);
    }

    // u = eˣ and y = u·x, both outputs: u leads on to y, so its output is a vertex of its own, at 1 from it.
    [Fact]
    public void An_output_on_which_another_depends_has_a_vertex_of_its_own()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(0)), u = Op.Exp(x), y = u * x;

        LinearizedGraph graph = LinearizedGraph.From([u, y], [x]);

        Assert.Equal([VertexKind.Input, VertexKind.Intermediate, VertexKind.Output, VertexKind.Output], graph.Vertices.Select(vertex => vertex.Kind));
        Assert.Equal([new GraphEdge(0, 1, 1), new(1, 2, 1), new(0, 3, 1), new(1, 3, 0)], graph.Edges);
        Assert.Equal([1.0, 1], graph.Eliminate(EliminationOrder.Forward).Jacobian.ToDoubles());
    }

    [Fact]
    public void An_output_may_be_an_input_or_a_constant()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2]));

        LinearizedGraph graph = LinearizedGraph.From([x, tape.Constant(Number(5))], [x]);

        Elimination nothing = graph.Eliminate(EliminationOrder.Markowitz);
        Assert.Equal([3, 2], nothing.Jacobian.Shape);
        Assert.Equal([1.0, 0, 0, 1, 0, 0], nothing.Jacobian.ToDoubles());
        Assert.Empty(nothing.Steps);
    }

    // h = x², y = 3h: by h alone the way from x to h is not in it.
    [Fact]
    public void A_recorded_variable_may_be_the_input()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(2)), h = Op.Square(x);

        LinearizedGraph graph = LinearizedGraph.From(h * 3, h);

        Assert.Equal([new GraphEdge(0, 1, 3)], graph.Edges);
    }

    [Fact]
    public void It_outlives_the_tape()
    {
        LinearizedGraph graph;
        using (Tape tape = new())
        {
            Variable x = tape.Watch(Number(2));
            graph = LinearizedGraph.From(Op.Exp(Op.Square(x)), x);
        }

        Assert.Equal([4 * Math.Exp(4)], graph.Eliminate(EliminationOrder.Forward).Jacobian.ToDoubles());
    }

    private static Tensor Number(double value) => Tensor.Scalar(value, DType.F64);
}
