using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Symbolic;

/// <summary>
/// One value in an expression. Nodes are shared: what is used twice is there once. Elementwise nodes hold their operands as they are and repeat the result to their own
/// shape, so that 1·x and x + 0 may be x and yet have the shape of the product or sum.
/// </summary>
/// <param name="id">The node's place: operands always have smaller ones.</param>
/// <param name="shape">The shape of the value.</param>
internal abstract class Node(int id, Shape shape)
{
    public int Id => id;

    public Shape Shape => shape;

    /// <summary>What it is computed from.</summary>
    public abstract IEnumerable<Node> Operands { get; }

    /// <summary>The shape that the operands make by themselves, before they are repeated to the node's.</summary>
    public virtual Shape OwnShape => Shape;

    protected static Shape Broadcast(IEnumerable<Node> operands) => operands.Aggregate(Shape.Scalar, (shape, operand) => Shape.Broadcast(shape, operand.Shape));
}

/// <summary>A name: a variable to put in, or a tensor of constants that no number can be written for.</summary>
internal sealed class Symbol(int id, string name, Shape shape, Tensor value) : Node(id, shape)
{
    public string Name => name;

    /// <summary>What it was when it was recorded.</summary>
    public Tensor Value => value;

    public override IEnumerable<Node> Operands => [];
}

/// <summary>An exact number, throughout a shape.</summary>
internal sealed class Number(int id, Rational value, Shape shape) : Node(id, shape)
{
    public Rational Value => value;

    public override IEnumerable<Node> Operands => [];

    public override Shape OwnShape => Shape.Scalar;
}

/// <summary>An operation as it was recorded.</summary>
internal sealed class Call(int id, Rule rule, Node[] operands, Shape shape) : Node(id, shape)
{
    public Rule Rule => rule;

    public Node[] Arguments => operands;

    public override IEnumerable<Node> Operands => operands;
}

/// <summary>constant + Σ coefficient·node. No coefficient is 0, and no node comes twice.</summary>
internal sealed class Sum(int id, Rational constant, (Node Node, Rational Coefficient)[] terms, Shape shape) : Node(id, shape)
{
    public Rational Constant => constant;

    public (Node Node, Rational Coefficient)[] Terms => terms;

    public override IEnumerable<Node> Operands => terms.Select(term => term.Node);

    public override Shape OwnShape => Broadcast(Operands);
}

/// <summary>coefficient·Π node^exponent, where exponents are whole or half: x^(1/2) is the root. The coefficient is not 0, no exponent is, and no node comes twice.</summary>
internal sealed class Product(int id, Rational coefficient, (Node Node, Rational Exponent)[] factors, Shape shape) : Node(id, shape)
{
    public Rational Coefficient => coefficient;

    public (Node Node, Rational Exponent)[] Factors => factors;

    public override IEnumerable<Node> Operands => factors.Select(factor => factor.Node);

    public override Shape OwnShape => Broadcast(Operands);
}
