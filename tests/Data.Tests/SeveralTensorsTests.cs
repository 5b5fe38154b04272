using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

/// <summary>Data sets for models of several inputs and outputs.</summary>
public sealed class SeveralTensorsTests
{
    // Example i has the pixels 51·i, the numbers i and -i, the label i and the target i/2.
    private static DataSet Five(Tensor? weights = null) => new(
        [Tensor.From(new byte[] { 0, 51, 102, 153, 204 }, [5, 1]), Tensor.From([0f, 0, 1, -1, 2, -2, 3, -3, 4, -4], [5, 2])],
        [Tensor.From(new byte[] { 0, 1, 2, 3, 4 }), Tensor.From([0.0, 0.5, 1, 1.5, 2], [5, 1])],
        [7, null],
        weights);

    [Fact]
    public void A_set_says_what_it_holds()
    {
        DataSet set = Five();

        Assert.Equal(5, set.Count);
        Assert.Equal([7, null], set.AllClasses);
        Assert.Equal("DataSet(U8 [5, 1], F32 [5, 2] -> 7 classes, F64 [5, 1])", set.ToString());
        Assert.Equal([5, null], new DataSet(set.AllFeatures, set.AllTargets).AllClasses);
    }

    [Fact]
    public void One_of_each_in_lists_is_a_set_of_one()
    {
        DataSet set = new([Tensor.Zeros([3, 2])], [Tensor.From([0, 1, 1])]);

        Assert.Equal((2, "DataSet(F32 [3, 2] -> 2 classes)"), (set.Classes, set.ToString()));
        Assert.Equal([2], set.FeatureShape);
        Assert.Same(set.AllFeatures[0], set.Features);
        Assert.Same(set.AllTargets[0], set.Targets);
    }

    [Fact]
    public void Every_tensor_goes_with_its_examples()
    {
        DataSet set = Five(Tensor.From([1.0, 2, 3, 4, 5]));
        (DataSet train, DataSet validation) = set.SplitEnd(0.4, seed: 1);

        foreach (DataSet part in (DataSet[])[set, set.Take(2), set.Skip(2), set.Select(4, 0, 4), train, validation])
        {
            double[] labels = part.AllTargets[0].ToDoubles();
            Assert.Equal(labels.Select(label => 51 * label), part.AllFeatures[0].ToDoubles());
            Assert.Equal(labels.SelectMany(label => (double[])[label, -label]), part.AllFeatures[1].ToDoubles());
            Assert.Equal(labels.Select(label => label / 2), part.AllTargets[1].ToDoubles());
            Assert.Equal(labels.Select(label => label + 1), part.Weights!.ToDoubles());
            Assert.Equal([7, null], part.AllClasses);
        }

        Assert.Equal([0, 1], set.Take(2).AllTargets[0].ToDoubles());
        Assert.Equal([4, 0, 4], set.Select(4, 0, 4).AllTargets[0].ToDoubles());
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Batches_hold_each_as_a_model_takes_it_always_in_the_same_memory(DType dtype)
    {
        List<Batch> batches = [];
        List<double> labels = [];
        foreach (Batch batch in new Batches(Five(), 2, dtype).Iterate([4, 3, 2, 1, 0]))
        {
            double[] taken = batch.AllTargets[0].ToDoubles();
            Expect.Near([.. taken.Select(label => 0.2 * label)], batch.AllFeatures[0], 1e-6);
            Assert.Equal(taken.SelectMany(label => (double[])[label, -label]), batch.AllFeatures[1].ToDoubles());
            Assert.Equal(taken.Select(label => label / 2), batch.AllTargets[1].ToDoubles());
            Assert.Equal([dtype, dtype, DType.I32, dtype], batch.AllFeatures.Concat(batch.AllTargets).Select(tensor => tensor.DType));
            labels.AddRange(taken);
            batches.Add(batch);
        }

        Assert.Equal([4, 3, 2, 1, 0], labels);
        Assert.Equal([2, 2, 1], batches.Select(batch => batch.Count));
        for (int i = 0; i < 2; i++) Assert.Same(batches[0].AllFeatures[i].Buffer, batches[^1].AllFeatures[i].Buffer);
    }

    [Fact]
    public void What_is_asked_of_one_is_refused_of_several()
    {
        DataSet set = Five();
        Batch batch = new Batches(set, 2).Iterate().First();

        Assert.Equal("DataSet: expected one input, got 2. Take AllFeatures.", Refusal(() => set.Features));
        Assert.Equal("DataSet: expected one input, got 2. Take AllFeatures.", Refusal(() => set.FeatureShape));
        Assert.Equal("DataSet: expected one output, got 2. Take AllTargets.", Refusal(() => set.Targets));
        Assert.Equal("DataSet: expected one output, got 2. Take AllClasses.", Refusal(() => set.Classes));
        Assert.Equal("Batch: expected one input, got 2. Take AllFeatures.", Refusal(() => batch.Features));
        Assert.Equal("Batch: expected one output, got 2. Take AllTargets.", Refusal(() => batch.Targets));

        static string Refusal(Func<object?> act) => Assert.Throws<InvalidOperationException>(() => act()).Message;
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        Tensor three = Tensor.Zeros([3, 2]), four = Tensor.Zeros([4, 1]), labels = Tensor.From([0, 1, 2]);

        Assert.Equal("DataSet: expected features for an input and targets for an output at least, got 0 and 1.", Refusal(() => new([], [labels])));
        Assert.Equal("DataSet: expected features for an input and targets for an output at least, got 1 and 0.", Refusal(() => new([three], [])));
        Assert.Equal("DataSet: expected as many examples in all features and targets, got features [3, 2], [4, 1] and targets [3]. Do they belong together?", Refusal(() => new([three, four], [labels])));
        Assert.Equal("DataSet: expected as many examples in all features and targets, got features [3, 2] and targets [3], [4, 1]. Do they belong together?", Refusal(() => new([three], [labels, four])));
        Assert.Equal("DataSet: expected features [N, ...] of U8, F32 or F64, got I32 [3] for input 2.", Refusal(() => new([three, labels], [labels])));
        Assert.Equal("DataSet: expected labels [N] of U8 or I32, or targets [N, ...] of F32 or F64, got I32 [3, 1] for output 2.", Refusal(() => new([three], [labels, Tensor.Zeros([3, 1], DType.I32)])));
        Assert.Equal("DataSet: expected a number of classes, or null, for each of 2 targets, got 1.", Refusal(() => new([three], [labels, labels], [3])));
        Assert.Equal("DataSet: expected labels from 0 to 1, got 2.", Refusal(() => new([three], [labels, labels], [3, 2])));
        Assert.Throws<ArgumentNullException>(() => new DataSet([three, null!], [labels]));

        static string Refusal(Func<DataSet> act) => Assert.Throws<ArgumentException>(act).Message.Split(" (Parameter")[0];
    }
}
