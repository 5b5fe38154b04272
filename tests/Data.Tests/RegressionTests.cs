using MathNet.Numerics.LinearAlgebra;

namespace Tapestry.Data.Tests;

public sealed class RegressionTests
{
    [Fact]
    public void Least_squares_finds_the_answer_as_closely_as_the_noise_allows()
    {
        const int Count = 2000;
        DataSet regression = Regression.Generate(Count);

        Matrix<double> x = Matrix<double>.Build.Dense(Count, 4, (i, j) => j < 3 ? regression.Features[i, j] : 1);
        Vector<double> y = Vector<double>.Build.Dense(Count, i => regression.Targets[i, 0]);
        Vector<double> solution = x.QR().Solve(y);

        // The features are apart and of variance 1, so each coefficient's standard deviation is noise/√N = 0.0022, and the residual's noise/√(2N) = 0.0016; four of each are allowed.
        double[] answer = [.. Regression.Kernel, Regression.Bias];
        for (int i = 0; i < answer.Length; i++) Assert.Equal(answer[i], solution[i], 4 * Regression.Noise / Math.Sqrt(Count));
        Assert.Equal(Regression.Noise, (y - (x * solution)).L2Norm() / Math.Sqrt(Count), 4 * Regression.Noise / Math.Sqrt(2 * Count));
    }

    [Fact]
    public void There_are_three_features_of_mean_0_and_variance_1_and_one_target_without_classes()
    {
        DataSet regression = Regression.Generate(2000);

        Assert.Equal("DataSet(F32 [2000, 3] -> F32 [2000, 1])", regression.ToString());
        Assert.Null(regression.Classes);
        double[] values = regression.Features.ToDoubles();
        Assert.Equal(0, values.Average(), 4 / Math.Sqrt(6000));
        Assert.Equal(1, values.Average(value => value * value), 4 * Math.Sqrt(2.0 / 6000));
    }

    [Fact]
    public void An_example_depends_on_its_number_and_the_seed_and_not_on_how_many_are_drawn()
    {
        DataSet many = Regression.Generate(35, seed: 3), few = Regression.Generate(4, seed: 3, first: 28);

        Assert.Equal(many.Features.Rows(28, 4).ToArray<float>(), few.Features.ToArray<float>());
        Assert.Equal(many.Targets.Rows(28, 4).ToArray<float>(), few.Targets.ToArray<float>());
        Assert.NotEqual(many.Features.ToArray<float>(), Regression.Generate(35, seed: 4).Features.ToArray<float>());
    }

    [Fact]
    public void Numbers_out_of_their_ranges_are_refused()
    {
        Refusal.Expect<ArgumentOutOfRangeException>(() => Regression.Generate(-1), "Regression", "a count of 0 or more, got -1.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Regression.Generate(1, first: -1), "Regression", "a first number of 0 or more, got -1.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Regression.Generate(2, first: int.MaxValue - 1), "Regression", "at most 1 examples from number 2147483646 on, got 2.");
    }
}
