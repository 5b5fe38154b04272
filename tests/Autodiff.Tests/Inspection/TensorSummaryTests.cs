using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Inspection;

public class TensorSummaryTests
{
    // Mean of 1, 2, 3, 6 is 3; squares of the differences 4, 1, 0, 9, whose mean is 3.5.
    [Fact]
    public void Figures_are_those_of_the_finite_elements()
    {
        TensorSummary summary = TensorSummary.Of(Tensor.From([1, double.NaN, 2, 3, double.PositiveInfinity, 6]));

        Assert.Equal((1, 6, 3), (summary.Minimum, summary.Maximum, summary.Mean));
        Assert.Equal(Math.Sqrt(3.5), summary.Deviation, 1e-15);
        Assert.Equal((1, 1), (summary.NaNs, summary.Infinities));
        Assert.Equal(6, summary.Elements!.Count);
        Assert.Null(summary.Histogram);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(TensorSummary.MostElements + 1)]
    public void Without_a_finite_element_there_are_no_figures(int count)
    {
        TensorSummary summary = TensorSummary.Of(Tensor.Full([count], double.NaN, DType.F64));

        Assert.All([summary.Minimum, summary.Maximum, summary.Mean, summary.Deviation], value => Assert.True(double.IsNaN(value)));
        Assert.Equal(count, summary.NaNs);
        Assert.Null(summary.Histogram);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-7.5)]
    [InlineData(double.MaxValue)]
    public void Equal_elements_are_one_class(double value)
    {
        TensorSummary summary = TensorSummary.Of(Tensor.Full([5000], value, DType.F64));

        Assert.Null(summary.Elements);
        Assert.Equal([value, value], summary.Histogram!.Edges);
        Assert.Equal([5000], summary.Histogram.Counts);
        Assert.Equal(value, summary.Mean, Math.Abs(value) * 1e-12);
    }

    [Fact]
    public void A_range_that_a_double_cannot_hold_still_has_edges_in_order()
    {
        double[] numbers = [.. Enumerable.Repeat(-double.MaxValue, 600), .. Enumerable.Repeat(double.MaxValue, 600)];

        TensorSummary summary = TensorSummary.Of(Tensor.From(numbers));

        Assert.Equal(TensorSummary.HistogramClasses + 1, summary.Histogram!.Edges.Distinct().Count());
        Assert.Equal(summary.Histogram.Edges.Order(), summary.Histogram.Edges);
        Assert.Equal((600, 600), (summary.Histogram.Counts[0], summary.Histogram.Counts[^1]));
    }
}
