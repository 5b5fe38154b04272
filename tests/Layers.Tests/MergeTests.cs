using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class MergeTests
{
    private static readonly Tensor A = Tensor.From([1.0, 5, -2, 3], [2, 2]), B = Tensor.From([3.0, 4, -2, 8], [2, 2]);

    public static TheoryData<string, double[]> Results => new()
    {
        { "Add", [4, 9, -4, 11] },
        { "Subtract", [-2, 1, 0, -5] },
        { "Multiply", [3, 20, 4, 24] },
        { "Average", [2, 4.5, -2, 5.5] },
        { "Maximum", [3, 5, -2, 8] },
        { "Minimum", [1, 4, -2, 3] },
        { "Concatenate", [1, 5, 3, 4, -2, 3, -2, 8] },
        // 1·3 + 5·4 and 4 + 24.
        { "Dot", [23, 28] },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public void Two_inputs_give_what_the_formula_says(string className, double[] expected)
    {
        Layer layer = className == "Dot" ? new Dot(1) : LayerCatalogue.Find(className)!.Samples[0].Create();
        layer.BuildFor([[2], [2]], DType.F64, new Rng(0));

        Assert.Equal(expected, layer.Forward([A, B], Mode.Train).Value.ToDoubles());
    }

    [Fact]
    public void An_average_of_three_divides_by_three()
    {
        Average layer = new();
        layer.BuildFor([[2], [2], [2]], DType.F64, new Rng(0));

        Assert.Equal([7.0 / 3, 13.0 / 3, -2, 19.0 / 3], layer.Forward([A, B, B], Mode.Train).Value.ToDoubles());
    }

    // [N, 2] goes with [N, 3, 2] example by example: each row of an example gets that example's two numbers.
    [Fact]
    public void An_input_of_fewer_axes_broadcasts_behind_the_batch_axis()
    {
        Add layer = new();
        layer.BuildFor([[2], [3, 2]], DType.F64, new Rng(0));

        Assert.Equal([1, 5, 1, 5, 1, 5, -2, 3, -2, 3, -2, 3], layer.Forward([A, Tensor.Zeros([2, 3, 2], DType.F64)], Mode.Train).Value.ToDoubles());
    }

    // (1, 5)·(3, 4)/(√26·5) = 23/(5√26), (-2, 3)·(-2, 8)/(√13·√68) = 28/√884.
    [Fact]
    public void A_normalized_dot_is_a_cosine_and_of_zeros_it_is_0()
    {
        Dot layer = new(-1) { Normalize = true };
        layer.BuildFor([[2], [2]], DType.F64, new Rng(0));

        Expect.Near([23 / (5 * Math.Sqrt(26)), 28 / Math.Sqrt(884)], layer.Forward([A, B], Mode.Train).Value, 1e-15);
        Assert.Equal([0, 0], layer.Forward([A, Tensor.Zeros([2, 2], DType.F64)], Mode.Train).Value.ToDoubles());
    }

    // Each example's [2, 3] times its [3, 1], by hand: (1, 2, 3)·(1, 1, 1) = 6, (4, 5, 6)·(1, 1, 1) = 15.
    [Fact]
    public void A_dot_over_axes_2_and_1_is_a_matrix_product_in_a_batch()
    {
        Dot layer = new([2, 1]);
        layer.BuildFor([[2, 3], [3, 1]], DType.F64, new Rng(0));

        Variable y = layer.Forward([Tensor.From([1.0, 2, 3, 4, 5, 6], [1, 2, 3]), Tensor.Ones([1, 3, 1], DType.F64)], Mode.Train);

        Assert.Equal([1, 2, 1], y.Shape);
        Assert.Equal([6, 15], y.Value.ToDoubles());
    }

    [Fact]
    public void A_concatenation_along_a_broken_axis_is_refused_in_JSON()
    {
        Node a = Node.Input([2]), b = Node.Input([2]);
        string json = LayerJson.ToJson(new Functional([a, b], [new Concatenate().Apply(a, b)])).Replace("\"axis\": -1", "\"axis\": -1.5", StringComparison.Ordinal);

        Assert.Contains("expected \"axis\" to be a whole number, got -1.5.", Assert.Throws<FormatException>(() => LayerJson.FromJson(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_merge_of_ones_own_has_parameters()
    {
        Node a = Node.Input([2]), b = Node.Input([2]);
        Functional model = new([a, b], [new Blend().Apply(a, b)], dtype: DType.F64);

        // 0.25·a + 0.75·b
        Assert.Equal([2.5, 4.25, -2, 6.75], model.Forward([A, B], Mode.Train).Value.ToDoubles());
        Assert.Equal("blend/share", Assert.Single(model.Parameters).Name);
    }

    private sealed class Blend : Merge
    {
        public override Shape OutputShape(IReadOnlyList<Shape> inputShapes) => inputShapes[0];

        protected override void Build(IReadOnlyList<Shape> inputShapes, DType dtype, Rng rng) => Add("share", Tensor.Scalar(0.25, dtype));

        protected override Variable Call(IReadOnlyList<Variable> xs, Mode mode)
        {
            Variable share = Use(Parameters[0], xs[0]);
            return (share * xs[0]) + ((1 - share) * xs[1]);
        }
    }
}
