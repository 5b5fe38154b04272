using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>Shifts and rotations: a range of one value makes them known, so that pixels can be told by hand.</summary>
public class RandomTransformTests
{
    // One row of four, shifted by 2 of 4 to the right or to the left, so that two pixels come from beyond the edge at the left or at the right.
    [Theory]
    [InlineData(FillMode.Reflect, new[] { 2.0, 1, 1, 2 }, new[] { 3.0, 4, 4, 3 })]
    [InlineData(FillMode.Wrap, new[] { 3.0, 4, 1, 2 }, new[] { 3.0, 4, 1, 2 })]
    [InlineData(FillMode.Nearest, new[] { 1.0, 1, 1, 2 }, new[] { 3.0, 4, 4, 4 })]
    [InlineData(FillMode.Constant, new[] { 9.0, 9, 1, 2 }, new[] { 3.0, 4, 9, 9 })]
    public void What_lies_beyond_the_edge_is_filled_in(FillMode mode, double[] right, double[] left)
    {
        Assert.Equal(right, Shifted(0.5));
        Assert.Equal(left, Shifted(-0.5));

        double[] Shifted(double share) => Built(new RandomTranslation(0, new FactorRange(share, share)) { FillMode = mode, FillValue = 9 }, [1, 4])
            .Forward(Tensor.From([1.0, 2, 3, 4], [1, 1, 4]), Mode.Train).Value.ToDoubles();
    }

    // By 3 of 2 places and back: as the image goes on, 1 2 | 2 1 | 1 2 to the right.
    [Fact]
    public void The_mirror_image_goes_on_beyond_the_image_next_to_it()
    {
        Assert.Equal([2, 1], Shifted(-1));
        Assert.Equal([2, 1], Shifted(1));

        static double[] Shifted(double share) =>
            Built(new RandomTranslation(0, new FactorRange(share, share)), [1, 2]).Forward(Tensor.From([1.0, 2], [1, 1, 2]), Mode.Train).Value.ToDoubles();
    }

    // Down by half a row of two: each is the mean of itself and the one above, the first of itself and its mirror image; the nearest one instead is that below a half.
    [Fact]
    public void Between_pixels_it_is_interpolated()
    {
        Tensor x = Tensor.From([1.0, 2, 5, 8], [1, 2, 2]);
        FactorRange quarter = new(0.25, 0.25);

        Assert.Equal([1, 2, 3, 5], Built(new RandomTranslation(quarter, 0), [2, 2]).Forward(x, Mode.Train).Value.ToDoubles());
        Assert.Equal([1, 2, 5, 8], Built(new RandomTranslation(quarter, 0) { Interpolation = Interpolation.Nearest }, [2, 2]).Forward(x, Mode.Train).Value.ToDoubles());
    }

    // 1 2 3 / 4 5 6 / 7 8 9, a quarter of a circle counterclockwise: the right column becomes the top row.
    [Fact]
    public void A_quarter_turn_moves_the_right_column_to_the_top()
    {
        RandomRotation layer = Built(new RandomRotation(new FactorRange(0.25, 0.25)), [3, 3]);

        Expect.Near([3, 6, 9, 2, 5, 8, 1, 4, 7], layer.Forward(Tensor.From([1.0, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3]), Mode.Train).Value, 1e-13);
    }

    // Of two rows and three columns, half a circle: the last pixel becomes the first.
    [Fact]
    public void An_image_that_is_no_square_is_turned_around_its_own_middle()
    {
        RandomRotation layer = Built(new RandomRotation(new FactorRange(0.5, 0.5)), [2, 3]);

        Expect.Near([6, 5, 4, 3, 2, 1], layer.Forward(Tensor.From([1.0, 2, 3, 4, 5, 6], [1, 2, 3]), Mode.Train).Value, 1e-13);
    }

    [Fact]
    public void Channels_move_together_and_images_by_themselves()
    {
        RandomTranslation layer = Built(new RandomTranslation(0, 0.5) { FillMode = FillMode.Wrap }, [1, 4, 2]);
        double[] one = [1, 10, 2, 20, 3, 30, 4, 40];

        double[] y = layer.Forward(Tensor.From([.. one, .. one], [2, 1, 4, 2]), Mode.Train).Value.ToDoubles();

        for (int i = 0; i < y.Length; i += 2) Assert.Equal(10 * y[i], y[i + 1], 1e-12);
        Assert.NotEqual(y[..8], y[8..]);
        Assert.Equal(10, y[..8].Where((_, i) => i % 2 == 0).Sum(), 1e-12);
    }

    // An image is a ramp 0, 1, ... 99: shifted by s it says 50 - s in the middle. 2000 shifts uniform within ±20: their mean's deviation is 20/√3/√2000 = 0.258,
    // their mean square is 400/3 within five of 400·√(4/45)/√2000 = 2.67.
    [Fact]
    public void Shifts_are_uniform()
    {
        RandomTranslation layer = Built(new RandomTranslation(0, 0.2), [1, 100]);
        double[] ramps = [.. Enumerable.Range(0, 2000 * 100).Select(i => (double)(i % 100))];

        double[] y = layer.Forward(Tensor.From(ramps, [2000, 1, 100]), Mode.Train).Value.ToDoubles();
        double[] shifts = [.. Enumerable.Range(0, 2000).Select(i => 50 - y[(i * 100) + 50])];

        Assert.Equal(0, shifts.Average(), 5 * 0.258);
        Assert.Equal(400.0 / 3, shifts.Average(shift => shift * shift), 5 * 2.67);
        Assert.InRange(shifts.Max(Math.Abs), 19.9, 20);
    }

    // Far from the edge a constant slope turned by φ has the slope cos φ along x: the middle pixels' difference.
    [Fact]
    public void Angles_are_uniform()
    {
        RandomRotation layer = Built(new RandomRotation(0.125), [5, 5]);
        double[] ramps = [.. Enumerable.Range(0, 2000 * 25).Select(i => (double)(i % 5))];

        double[] y = layer.Forward(Tensor.From(ramps, [2000, 5, 5]), Mode.Train).Value.ToDoubles();
        // x' = cos φ·x - sin φ·y from the middle: one down it is 2 - sin φ.
        double[] angles = [.. Enumerable.Range(0, 2000).Select(i => Math.Asin(2 - y[(i * 25) + 17]))];

        double limit = Math.PI / 4;
        Assert.Equal(0, angles.Average(), 5 * limit / Math.Sqrt(3 * 2000));
        Assert.Equal(limit * limit / 3, angles.Average(angle => angle * angle), 5 * limit * limit * Math.Sqrt(4.0 / 45 / 2000));
        Assert.InRange(angles.Max(Math.Abs), 0.99 * limit, limit);
    }

    public static TheoryData<string> Names => ["shift", "rotation"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Inference_is_the_identity_and_the_stream_is_state(string name)
    {
        RandomTransform layer = Built<RandomTransform>(name == "shift" ? new RandomTranslation(0.3, 0.3) : new RandomRotation(0.3), [4, 4]);
        Tensor x = Catalogue.Sample([3, 4, 4], Domain.Any, new Rng(1));

        Expect.SameBits(x, layer.Forward(x, Mode.Inference).Value);
        Assert.Equal(0UL, layer.Rng.Position);

        Tensor first = layer.Forward(x, Mode.Train).Value;
        Assert.NotEqual(first.ToDoubles(), layer.Forward(x, Mode.Train).Value.ToDoubles());
        layer.Rng = new Rng(layer.Rng.Seed);
        Expect.SameBits(first, layer.Forward(x, Mode.Train).Value);
    }

    [Fact]
    public void Bad_arguments_and_shapes_are_refused()
    {
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => new RandomTranslation(1.5, 0)).Message,
            Assert.Throws<ArgumentException>(() => new RandomTranslation(0, new FactorRange(0.5, 0.1))).Message,
            Assert.Throws<ArgumentException>(() => new RandomRotation(double.NaN)).Message,
            Assert.Throws<ArgumentException>(() => Built(new RandomRotation(0.1), [4])).Message,
        ];

        Assert.All(messages, message => Assert.Matches(@"^Random[A-Za-z]+(\(.*\))?: expected .*, got ", message));
    }

    private static T Built<T>(T layer, Shape shape)
        where T : Layer
    {
        layer.BuildFor(shape, DType.F64, new Rng(11));
        return layer;
    }
}
