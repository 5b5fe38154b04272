using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class BatchesTests
{
    // Five examples of one pixel, 0, 51, 102, 153 and 204, which are 0, 0.2, 0.4, 0.6 and 0.8 of 255; their labels count down.
    private static DataSet Five() => new(Tensor.From(new byte[] { 0, 51, 102, 153, 204 }, [5, 1]), Tensor.From(new byte[] { 4, 3, 2, 1, 0 }));

    [Fact]
    public void Bytes_become_parts_of_255_and_labels_integers()
    {
        Batch batch = new Batches(Five(), 5).Iterate().Single();

        Assert.Equal([5, 1], batch.Features.Shape);
        Assert.Equal([0f, 0.2f, 0.4f, 0.6f, 0.8f], batch.Features.ToArray<float>());
        Assert.Equal([5], batch.Targets.Shape);
        Assert.Equal([4, 3, 2, 1, 0], batch.Targets.ToArray<int>());
    }

    [Fact]
    public void Every_byte_becomes_the_nearest_number_to_a_255th()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        DataSet set = new(Tensor.From(bytes, [1, 256]), Tensor.Zeros([1], DType.I32));

        Assert.Equal(bytes.Select(value => value / 255f), new Batches(set, 1).Iterate().Single().Features.ToArray<float>());
        Assert.Equal(bytes.Select(value => value / 255.0), new Batches(set, 1, DType.F64).Iterate().Single().Features.ToArray<double>());
    }

    [Fact]
    public void Float_features_keep_their_values_and_float_targets_follow_the_type()
    {
        DataSet set = new(Tensor.From([1.5f, 300f], [2, 1]), Tensor.From([0.25, -7], [2, 1]));

        Batch single = new Batches(set, 2).Iterate().Single();
        Batch doubles = new Batches(set, 2, DType.F64).Iterate().Single();

        Assert.Equal([1.5f, 300f], single.Features.ToArray<float>());
        Assert.Equal([0.25f, -7f], single.Targets.ToArray<float>());
        Assert.Equal([1.5, 300], doubles.Features.ToArray<double>());
        Assert.Equal([0.25, -7], doubles.Targets.ToArray<double>());
        Assert.Equal([2, 1], doubles.Targets.Shape);
    }

    [Fact]
    public void The_order_given_is_followed()
    {
        List<int> labels = [];
        foreach (Batch batch in new Batches(Five(), 2).Iterate([4, 0, 3, 1, 2]))
        {
            // label = 4 - pixel / 51: features and targets stay together.
            Assert.Equal(batch.Targets.ToArray<int>().Select(label => (4 - label) * 51 / 255f), batch.Features.ToArray<float>());
            labels.AddRange(batch.Targets.ToArray<int>());
        }

        Assert.Equal([0, 4, 1, 3, 2], labels);
    }

    [Fact]
    public void The_last_batch_may_be_short()
    {
        Batches batches = new(Five(), 2);

        Assert.Equal(3, batches.Count);
        Assert.Equal([2, 2, 1], batches.Iterate().Select(batch => batch.Count));
        Assert.Equal([0], batches.Iterate().Last().Targets.ToArray<int>());
    }

    [Fact]
    public void The_last_batch_may_be_dropped()
    {
        Batches batches = new(Five(), 2) { DropLast = true };

        Assert.Equal(2, batches.Count);
        Assert.Equal([2, 2], batches.Iterate().Select(batch => batch.Count));
    }

    [Fact]
    public void A_full_last_batch_is_not_dropped()
    {
        Assert.Equal(1, new Batches(Five(), 5) { DropLast = true }.Count);
        Assert.Equal(0, new Batches(Five(), 6) { DropLast = true }.Count);
        Assert.Equal(1, new Batches(Five(), int.MaxValue).Count);
    }

    [Fact]
    public void Every_batch_lies_in_the_same_memory()
    {
        Batches batches = new(Five(), 2);

        List<Batch> kept = [.. batches.Iterate(), .. batches.Iterate()];

        Assert.All(kept, batch => Assert.Same(kept[0].Features.Buffer, batch.Features.Buffer));
        Assert.All(kept, batch => Assert.Same(kept[0].Targets.Buffer, batch.Targets.Buffer));
        Assert.Equal([0.8f, 0.6f], kept[0].Features.ToArray<float>());
    }

    [Fact]
    public void A_pass_allocates_next_to_nothing()
    {
        DataSet set = Digits.Generate(100);
        Batches batches = new(set, 10);
        int[] order = [.. Enumerable.Range(0, 100)];
        foreach (Batch batch in batches.Iterate(order)) Assert.Equal(10, batch.Count);
        long before = GC.GetAllocatedBytesForCurrentThread();

        int examples = 0;
        foreach (Batch batch in batches.Iterate(order)) examples += batch.Count;

        // One batch's pixels would be 31,360 bytes.
        Assert.Equal(100, examples);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4000);
    }

    [Fact]
    public void A_pass_can_be_resumed()
    {
        int[] order = [4, 3, 2, 1, 0];
        Batches batches = new(Five(), 2);

        Assert.Equal([2, 3, 4], batches.Iterate(order, firstBatch: 1).SelectMany(batch => batch.Targets.ToArray<int>()));
        Assert.Empty(batches.Iterate(order, firstBatch: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Iterate(order, firstBatch: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Iterate(order, firstBatch: -1));
    }

    [Fact]
    public void An_order_may_leave_examples_out()
    {
        Assert.Equal([1, 2], new Batches(Five(), 3).Iterate([3, 2]).Single().Targets.ToArray<int>());
    }

    [Fact]
    public void Wrong_arguments_are_refused_before_the_pass_begins()
    {
        Batches batches = new(Five(), 2);

        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Iterate([5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Iterate([-1]));
        Assert.Throws<ArgumentException>(() => batches.Iterate([0, 1, 2, 3, 4, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batches(Five(), 0));
        Assert.Throws<ArgumentException>(() => new Batches(Five(), 2, DType.I32));
    }
}
