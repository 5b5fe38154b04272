using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// The products of two inputs, summed over an axis of each, example by example: [N, d] and [N, d] become [N, 1], and of [N, a, d] and [N, d, b] over the axes 2 and 1 there is
/// [N, a, b]. Normalized it is the cosine of the angle. Keras's layer of that name, built from <see cref="Op.Einsum(string, Variable, Variable)"/>.
/// </summary>
public sealed class Dot : Merge
{
    /// <summary>Below this a squared length counts as this, so that a row of zeros has a direction: Keras's.</summary>
    private const double SmallestSquare = 1e-12;

    /// <summary>A layer that sums over an axis of each input.</summary>
    /// <param name="axes">One for both, or the first's and the second's; the batch's is 0, which is refused.</param>
    /// <exception cref="ArgumentException">There are more than two.</exception>
    public Dot(Axes axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        SummedAxes = axes.Count is 1 or 2 ? axes : throw new ArgumentException($"Dot: expected one axis or two, got {axes}.", nameof(axes));
    }

    /// <summary>The axes that are summed over, the batch's counted as 0: one for both inputs, or the first's and the second's.</summary>
    public Axes SummedAxes { get; }

    /// <summary>Whether both are brought to length 1 along the axis first; false unless told otherwise.</summary>
    public bool Normalize { get; init; }

    /// <inheritdoc/>
    public override Shape OutputShape(IReadOnlyList<Shape> inputShapes)
    {
        RefuseOtherThanTwo(inputShapes, orMore: false);
        (int a, int b) = (Axis(0, inputShapes[0]), Axis(1, inputShapes[1]));
        if (inputShapes[0][a - 1] != inputShapes[1][b - 1])
        {
            throw new ArgumentException($"{this}: expected axes of one size, got {inputShapes[0][a - 1]} and {inputShapes[1][b - 1]} of {Batched(inputShapes[0])} and {Batched(inputShapes[1])}.", nameof(inputShapes));
        }

        int[] kept = [.. inputShapes[0].Where((_, i) => i != a - 1), .. inputShapes[1].Where((_, i) => i != b - 1)];
        return kept.Length == 0 ? Shape.Of(1) : Shape.Of(kept);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Dot({SummedAxes}{(Normalize ? ", normalize: true" : "")})";

    internal static Dot FromConfig(LayerConfig config) =>
        new(config.Axes("axes", null) ?? throw new FormatException("Dot: expected \"axes\" to be a whole number or two, got nothing.")) { Normalize = config.Boolean("normalize", false) };

    /// <inheritdoc/>
    protected override Variable Call(IReadOnlyList<Variable> xs, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(xs);
        (int a, int b) = (Axis(0, InputShapes[0]), Axis(1, InputShapes[1]));
        (Variable left, Variable right) = Normalize ? (Direction(xs[0], a), Direction(xs[1], b)) : (xs[0], xs[1]);

        // n is the batch's letter, s the summed one's; the others are A, B, ... in the order in which they come.
        char next = 'A';
        string Letters(Variable x, int axis) => string.Concat(x.Shape.Select((_, i) => i == 0 ? 'n' : i == axis ? 's' : next++));
        (string first, string second) = (Letters(left, a), Letters(right, b));
        string kept = string.Concat((first + second[1..]).Where(letter => letter != 's'));
        Variable y = Op.Einsum($"{first},{second}->{kept}", left, right);
        return y.Shape.Rank == 1 ? Op.Reshape(y, [y.Shape[0], 1]) : y;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["axes"] = LayerJson.Write(SummedAxes);
        config["normalize"] = Normalize;
    }

    private static Variable Direction(Variable x, int axis) => x * Op.Rsqrt(Op.Maximum(Op.Sum(Op.Square(x), axis, keepDimensions: true), Tensor.Scalar(SmallestSquare, x.DType)));

    /// <summary>The axis of an input, counted from the front with the batch's.</summary>
    private int Axis(int input, Shape shape)
    {
        int axis = SummedAxes[SummedAxes.Count == 1 ? 0 : input], rank = shape.Rank + 1;
        int counted = axis < 0 ? axis + rank : axis;
        return counted > 0 && counted < rank ? counted : throw new ArgumentException($"{this}: expected an axis inside input of shape {Batched(shape)}, other than the batch's, got {Axes.FromInt32(axis)}.");
    }
}
