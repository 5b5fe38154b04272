using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;

namespace Tapestry.Training.Tests;

public class RateRangeTestTests
{
    [Fact]
    public void A_rate_is_suggested_with_which_the_model_learns_and_the_model_stays_as_it_is()
    {
        DataSet data = Problem.Points(200, seed: 1);
        Sequential model = Problem.Model();
        double[] before = [.. model.Parameters.SelectMany(parameter => parameter.Value.ToDoubles())];

        RateRangeTest test = Run(model, data);

        Assert.Equal(before, model.Parameters.SelectMany(parameter => parameter.Value.ToDoubles()));
        Assert.Equal(test.Rates.Count, test.Losses.Count);
        Assert.True(test.Steepest <= test.Lowest);
        Assert.True(test.Suggestion <= test.Rates[test.Lowest] / 10 && test.Suggestion <= test.Rates[test.Steepest]);
        Assert.InRange(test.Suggestion, 1e-3, 10);
        Trainer trainer = new(model, new Sgd(test.Suggestion) { Momentum = 0.9 }, new SparseCategoricalCrossentropy());
        History history = trainer.Fit(data, epochs: 20);
        Assert.True(history["loss"][^1] < 0.5 * history["loss"][0], history.ToCsv());
    }

    // Of n rates, the i-th is from·(to/from)^(i/(n - 1)).
    [Fact]
    public void Rates_rise_by_a_factor_from_the_first_to_the_last()
    {
        RateRangeTest test = RateRangeTest.Run(Problem.Model(), rates => new Sgd(rates), new SparseCategoricalCrossentropy(), Problem.Points(30, seed: 1), steps: 21, from: 1e-5, to: 1e-3);

        Assert.False(test.Exploded);
        Assert.Equal(21, test.Rates.Count);
        Assert.Equal(1e-5, test.Rates[0], 1e-15);
        Assert.Equal(1e-4, test.Rates[10], 1e-14);
        Assert.Equal(1e-3, test.Rates[20], 1e-13);
    }

    [Fact]
    public void It_ends_when_the_loss_explodes()
    {
        DataSet data = new(Tensors.Tensor.From([1f, 2, 3, 4], [2, 2]), Tensors.Tensor.From([1f, 0], [2, 1]));
        Sequential model = new([2], seed: 1) { new Dense(1) };

        RateRangeTest test = RateRangeTest.Run(model, rates => new Sgd(rates), new MeanSquaredError(), data, to: 1e6);

        Assert.True(test.Exploded);
        Assert.True(test.Rates.Count < 300);
        Assert.All(test.Losses, loss => Assert.True(double.IsFinite(loss)));
        Assert.True(test.Losses[^1] <= 4 * test.Losses.Min());
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        DataSet data = Problem.Points(50, seed: 1);

        Assert.Equal(Run(Problem.Model(), data).Losses, Run(Problem.Model(), data).Losses);
    }

    [Fact]
    public void What_cannot_be_run_is_refused()
    {
        DataSet data = Problem.Points(10, seed: 1);
        RateRangeTest Of(Sequential model, int steps = 300, double from = 1e-7, double to = 10) =>
            RateRangeTest.Run(model, rates => new Sgd(rates), new SparseCategoricalCrossentropy(), data, steps: steps, from: from, to: to);

        Assert.StartsWith("RateRangeTest: expected a model that has been built, got ", Assert.Throws<InvalidOperationException>(() => Of(new Sequential { new Dense(2) })).Message, StringComparison.Ordinal);
        Assert.StartsWith("RateRangeTest: expected 20 steps or more, got 19.", Assert.Throws<ArgumentOutOfRangeException>(() => Of(Problem.Model(), steps: 19)).Message, StringComparison.Ordinal);
        Assert.StartsWith("RateRangeTest: expected rates that rise from above 0, got 1 to 1.", Assert.Throws<ArgumentOutOfRangeException>(() => Of(Problem.Model(), from: 1, to: 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RateRangeTest.Run(Problem.Model(), rates => new Sgd(rates), new SparseCategoricalCrossentropy(), data.Take(0)));
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => RateRangeTest.Run(Problem.Model(), rates => new Sgd(rates), new SparseCategoricalCrossentropy(), data, cancellationToken: source.Token));
    }

    private static RateRangeTest Run(Sequential model, DataSet data) =>
        RateRangeTest.Run(model, rates => new Sgd(rates) { Momentum = 0.9 }, new SparseCategoricalCrossentropy(), data, from: 1e-5, to: 100);
}
