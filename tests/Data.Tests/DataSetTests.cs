using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class DataSetTests
{
    // Four examples of two pixels: example i holds 10·i and 10·i + 1, and has label i.
    private static DataSet Four() => new(Tensor.From(new byte[] { 0, 1, 10, 11, 20, 21, 30, 31 }, [4, 2]), Tensor.From(new byte[] { 0, 1, 2, 3 }));

    [Fact]
    public void A_set_says_what_it_holds()
    {
        DataSet set = Four();

        Assert.Equal(4, set.Count);
        Assert.Equal(4, set.Classes);
        Assert.Equal([2], set.FeatureShape);
        Assert.Equal("DataSet(U8 [4, 2] -> 4 classes)", set.ToString());
    }

    [Fact]
    public void Weights_go_with_their_examples()
    {
        DataSet set = new(Tensor.Zeros([4, 2]), Tensor.From([0, 1, 2, 3]), weights: Tensor.From([0.5, 1, 0, 4]));

        Assert.Null(Four().Weights);
        Assert.Null(new Batches(Four(), 3).Iterate().First().Weights);
        Assert.Equal([0.5, 1], set.Take(2).Weights!.ToDoubles());
        Assert.Equal([4, 0.5, 4], set.Select(3, 0, 3).Weights!.ToDoubles());
        (DataSet train, DataSet validation) = set.SplitEnd(0.5, seed: 1);
        Assert.Equal([0, 0.5, 1, 4], train.Weights!.ToDoubles().Concat(validation.Weights!.ToDoubles()).Order());
        Batch[] batches = [.. new Batches(set, 3).Iterate([3, 2, 1, 0]).Select(batch => batch)];
        Assert.Equal([0.5], batches[^1].Weights!.ToDoubles());
        Assert.Equal(DType.F32, batches[0].Weights!.DType);
        Assert.Equal([4, 0, 1], new Batches(set, 3, DType.F64).Iterate([3, 2, 1, 0]).First().Weights!.ToDoubles());
    }

    [Fact]
    public void Weights_that_weigh_nothing_are_refused()
    {
        foreach (Tensor weights in (Tensor[])[Tensor.Zeros([3]), Tensor.Zeros([4, 1]), Tensor.Zeros([4], DType.I32), Tensor.From([1.0, -1, 1, 1]), Tensor.From([1.0, double.NaN, 1, 1])])
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => new DataSet(Tensor.Zeros([4, 2]), Tensor.Zeros([4], DType.I32), weights: weights));
            Assert.StartsWith("DataSet: expected ", error.Message, StringComparison.Ordinal);
            Assert.Equal("weights", error.ParamName);
        }
    }

    [Fact]
    public void Float_targets_have_no_classes()
    {
        DataSet set = new(Tensor.Zeros([3, 2]), Tensor.Zeros([3, 1]));

        Assert.Null(set.Classes);
        Assert.Equal("DataSet(F32 [3, 2] -> F32 [3, 1])", set.ToString());
        Assert.Throws<ArgumentException>(() => new DataSet(Tensor.Zeros([3, 2]), Tensor.Zeros([3, 1]), classes: 2));
    }

    [Fact]
    public void Pixels_are_kept_as_the_bytes_that_they_are()
    {
        Tensor pixels = Tensor.Zeros([10, 28, 28], DType.U8);

        DataSet set = new(pixels, Tensor.Zeros([10], DType.U8));

        Assert.Same(pixels, set.Features);
        Assert.Equal(7840, set.Features.ByteLength);
    }

    [Fact]
    public void Counts_that_differ_are_refused()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new DataSet(Tensor.Zeros([3, 2]), Tensor.Zeros([4], DType.I32)));

        Assert.Contains("got features [3, 2] and targets [4]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_and_ranks_that_mean_nothing_are_refused()
    {
        Tensor features = Tensor.Zeros([3, 2]);

        Assert.Throws<ArgumentException>(() => new DataSet(Tensor.Zeros([3, 2], DType.I32), Tensor.Zeros([3], DType.U8)));
        Assert.Throws<ArgumentException>(() => new DataSet(Tensor.Zeros([]), Tensor.Zeros([3], DType.U8)));
        Assert.Throws<ArgumentException>(() => new DataSet(features, Tensor.Zeros([3, 1], DType.U8)));
        Assert.Throws<ArgumentException>(() => new DataSet(features, Tensor.Zeros([])));
    }

    [Theory]
    [InlineData(-1, null, "got -1")]
    [InlineData(3, 3, "expected labels from 0 to 2, got 3")]
    public void Labels_outside_the_classes_are_refused(int label, int? classes, string fragment)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new DataSet(Tensor.Zeros([2, 1]), Tensor.From([0, label]), classes));

        Assert.Contains(fragment, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_labels_are_checked_too()
    {
        Assert.Throws<ArgumentException>(() => new DataSet(Tensor.Zeros([1, 1]), Tensor.From(new byte[] { 10 }), classes: 10));
    }

    [Fact]
    public void Skip_gives_the_other_examples_and_copies_nothing()
    {
        Tensor features = Tensor.From([1f, 2, 3, 4]);
        DataSet set = new(features, Tensor.From([0, 1, 0, 1]), classes: 3, Tensor.From([0.5f, 1, 2, 4]));

        DataSet rest = set.Skip(1);

        Assert.Equal([2, 3, 4], rest.Features.ToDoubles());
        Assert.Equal(3, rest.Classes);
        Assert.Equal([1, 0, 1], rest.Targets.ToDoubles());
        Assert.Equal([1, 2, 4], rest.Weights!.ToDoubles());
        features.AsSpan<float>()[3] = 9;
        Assert.Equal(9, rest.Features.ToDoubles()[2]);
        Assert.Equal(0, set.Skip(4).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Skip(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Skip(-1));
    }

    [Fact]
    public void Take_gives_the_first_examples_and_copies_nothing()
    {
        DataSet set = Four();

        DataSet two = set.Take(2);

        Assert.Equal([0, 1, 10, 11], two.Features.ToArray<byte>());
        Assert.Equal([0, 1], two.Targets.ToArray<byte>());
        Assert.Equal(4, two.Classes);
        Assert.Same(set.Features.Buffer, two.Features.Buffer);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Take(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Take(-1));
    }

    [Fact]
    public void Select_copies_the_rows_in_the_order_named()
    {
        DataSet set = Four();

        DataSet chosen = set.Select(3, 0, 3);
        set.Features.AsSpan<byte>().Clear();

        Assert.Equal([30, 31, 0, 1, 30, 31], chosen.Features.ToArray<byte>());
        Assert.Equal([3, 0, 3], chosen.Targets.ToArray<byte>());
        Assert.Equal(4, chosen.Classes);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Select(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Select(-1));
    }

    [Fact]
    public void Split_holds_the_end_of_the_shuffle_out()
    {
        int[] order = new Rng(7).Permutation(4);

        (DataSet train, DataSet validation) = Four().SplitEnd(0.25, seed: 7);

        Assert.Equal(order[..3], train.Targets.ToArray<byte>().Select(label => (int)label));
        Assert.Equal(order[3..], validation.Targets.ToArray<byte>().Select(label => (int)label));
        Assert.Equal([(byte)(10 * order[3]), (byte)((10 * order[3]) + 1)], validation.Features.ToArray<byte>());
    }

    [Fact]
    public void Split_depends_on_the_seed_alone()
    {
        DataSet set = Digits.Generate(50);

        byte[] once = set.SplitEnd(0.2, 1).Validation.Features.ToArray<byte>();

        Assert.Equal(once, set.SplitEnd(0.2, 1).Validation.Features.ToArray<byte>());
        Assert.NotEqual(once, set.SplitEnd(0.2, 2).Validation.Features.ToArray<byte>());
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.37, 1)]
    [InlineData(0.375, 2)]
    public void Split_rounds_to_the_nearest_count(double fraction, int expected)
    {
        Assert.Equal(expected, Four().SplitEnd(fraction, 1).Validation.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.5)]
    [InlineData(1.5)]
    [InlineData(0.1)]
    [InlineData(0.9)]
    [InlineData(double.NaN)]
    public void Split_refuses_to_leave_a_part_empty(double fraction)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Four().SplitEnd(fraction, 1));
    }
}
