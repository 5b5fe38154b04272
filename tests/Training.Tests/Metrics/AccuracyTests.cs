using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class AccuracyTests
{
    private static readonly Tensor Rows = Tensor.From(new[,] { { 0.1f, 0.7f, 0.2f }, { 0.5f, 0.3f, 0.2f }, { 0.2f, 0.2f, 0.6f }, { 0.3f, 0.4f, 0.3f } });

    // The largest stand at 1, 0, 2, 1.
    [Theory]
    [InlineData(new[] { 1, 0, 2, 1 }, 1)]
    [InlineData(new[] { 1, 0, 0, 0 }, 0.5)]
    [InlineData(new[] { 0, 1, 1, 0 }, 0)]
    public void Class_numbers_are_compared_with_the_largest_prediction(int[] labels, double expected)
    {
        Assert.Equal(expected, Of(Tensor.From(labels), Rows));
        Assert.Equal(expected, Of(Tensor.From(labels).Cast(DType.U8), Rows));
    }

    [Fact]
    public void One_hot_targets_are_compared_by_their_largest() =>
        Assert.Equal(0.75, Of(Indexing.OneHot(Tensor.From([1, 0, 2, 2]), 3), Rows));

    [Fact]
    public void Of_equal_predictions_the_first_counts()
    {
        Tensor tied = Tensor.From(new[,] { { 0.4f, 0.4f, 0.2f } });

        Assert.Equal(1, Of(Tensor.From([0]), tied));
        Assert.Equal(0, Of(Tensor.From([1]), tied));
    }

    // Above one half means 1; exactly one half does not.
    [Theory]
    [InlineData(DType.I32)]
    [InlineData(DType.U8)]
    [InlineData(DType.F32)]
    public void A_single_prediction_is_compared_with_one_half(DType dtype)
    {
        Tensor predictions = Tensor.From([0.9f, 0.2f, 0.5f, 0.6f], [4, 1]);

        Assert.Equal(0.75, Of(Tensor.From([1, 0, 0, 0]).Cast(dtype), predictions));
        Assert.Equal(0.75, Of(Tensor.From([1, 0, 0, 0], [4, 1]).Cast(dtype), predictions));
    }

    // 1 of 1 and 1 of 3 are 2 of 4, not the mean of 1 and 1/3.
    [Fact]
    public void Batches_are_gathered_by_examples_until_a_reset()
    {
        Accuracy accuracy = new();

        accuracy.Update(Tensor.From([1]), Rows.Rows(0, 1));
        accuracy.Update(Tensor.From([0, 0, 0]), Rows.Rows(1, 3));
        Assert.Equal(0.5, accuracy.Result);

        accuracy.Reset();
        Assert.Equal(double.NaN, accuracy.Result);
        Assert.Equal("accuracy", accuracy.Name);
    }

    [Fact]
    public void Its_state_goes_on_elsewhere()
    {
        Accuracy first = new(), second = new();
        first.Update(Tensor.From([1, 1]), Rows.Rows(0, 2));

        second.State = first.State;
        second.Update(Tensor.From([2, 1]), Rows.Rows(2, 2));

        Assert.Equal(0.75, second.Result);
        Assert.Equal([3, 4], second.State);
    }

    [Fact]
    public void Targets_that_do_not_belong_to_the_predictions_are_refused()
    {
        string message = Assert.Throws<ArgumentException>(() => Of(Tensor.From([1, 0]), Rows)).Message;

        Assert.Equal("Accuracy: expected one target for each row of predictions [4, 3], got targets [2].", message);
        Assert.Throws<ArgumentException>(() => Of(Tensor.From([1]), Tensor.Scalar(1)));
    }

    private static double Of(Tensor targets, Tensor predictions)
    {
        Accuracy accuracy = new();
        accuracy.Update(targets, predictions);
        return accuracy.Result;
    }
}
