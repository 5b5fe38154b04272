namespace Tapestry.Data.Tests;

public sealed class SpiralsTests
{
    [Fact]
    public void Without_noise_each_point_lies_on_its_arm()
    {
        DataSet spirals = Spirals.Generate(60, classes: 4, turns: 1.5, noise: 0);

        Assert.Equal("DataSet(F32 [60, 2] -> 4 classes)", spirals.ToString());
        for (int i = 0; i < spirals.Count; i++)
        {
            // φ = 2π(c/4 + 1.5·r): turned back by that, the point lies on the x axis, r from the origin.
            double x = spirals.Features[i, 0], y = spirals.Features[i, 1], r = Math.Sqrt((x * x) + (y * y)), back = -2 * Math.PI * ((spirals.Targets[i] / 4) + (1.5 * r));
            Assert.Equal(i % 4, spirals.Targets[i]);
            Assert.InRange(r, 0, 1);
            Assert.Equal(r, (x * Math.Cos(back)) - (y * Math.Sin(back)), 1e-6);
            Assert.Equal(0, (x * Math.Sin(back)) + (y * Math.Cos(back)), 1e-5);
        }
    }

    [Fact]
    public void The_angles_have_the_noise_that_was_asked_for_and_the_radii_are_uniform()
    {
        DataSet straight = Spirals.Generate(3000, turns: 0, noise: 0.3);

        double squares = 0, radii = 0;
        for (int i = 0; i < straight.Count; i++)
        {
            double x = straight.Features[i, 0], y = straight.Features[i, 1];
            radii += Math.Sqrt((x * x) + (y * y));
            squares += Math.Pow(Math.IEEERemainder(Math.Atan2(y, x) - (2 * Math.PI * straight.Targets[i] / 3), 2 * Math.PI), 2);
        }

        // Over 3000 points a standard deviation σ is known to σ/√6000, and the mean of what is uniform from 0 to 1 to 1/√(12·3000); four of each are allowed.
        Assert.Equal(0.3, Math.Sqrt(squares / 3000), 4 * 0.3 / Math.Sqrt(6000));
        Assert.Equal(0.5, radii / 3000, 4 / Math.Sqrt(12 * 3000));
    }

    [Fact]
    public void A_point_depends_on_its_number_and_the_seed_and_not_on_how_many_are_drawn()
    {
        DataSet many = Spirals.Generate(35, seed: 3), few = Spirals.Generate(4, seed: 3, first: 28);

        Assert.Equal(many.Features.Rows(28, 4).ToArray<float>(), few.Features.ToArray<float>());
        Assert.Equal(many.Targets.Rows(28, 4).ToArray<int>(), few.Targets.ToArray<int>());
        Assert.NotEqual(many.Features.ToArray<float>(), Spirals.Generate(35, seed: 4).Features.ToArray<float>());
    }

    [Fact]
    public void Numbers_out_of_their_ranges_are_refused()
    {
        Refusal.Expect<ArgumentOutOfRangeException>(() => Spirals.Generate(-1), "Spirals", "a count of 0 or more, got -1.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Spirals.Generate(1, first: -1), "Spirals", "a first number of 0 or more, got -1.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Spirals.Generate(2, first: int.MaxValue - 1), "Spirals", "at most 1 examples from number 2147483646 on, got 2.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Spirals.Generate(1, classes: 1), "Spirals", "2 classes or more, got 1.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Spirals.Generate(1, turns: -0.5), "Spirals", "turns to be a finite number of 0 or more, got -0.5.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Spirals.Generate(1, noise: double.NaN), "Spirals", "noise to be a finite number of 0 or more, got NaN.");
    }
}
