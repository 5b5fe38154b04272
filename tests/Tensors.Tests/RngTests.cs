using MathNet.Numerics.Distributions;

namespace Tapestry.Tensors.Tests;

public class RngTests
{
    // SplitMix64's published sequence for seed 1234567.
    [Fact]
    public void Draws_are_SplitMix64()
    {
        Rng rng = new(1234567);

        Assert.Equal(6457827717110365317UL, rng.NextBits());
        Assert.Equal(3203168211198807973UL, rng.NextBits());
        Assert.Equal(9817491932198370423UL, rng.NextBits());
        Assert.Equal(4593380528125082431UL, rng.NextBits());
        Assert.Equal(16408922859458223821UL, rng.NextBits());
    }

    // For seed 0 the first draw is 0xE220A8397B1DCDAF. Its highest 53 bits over 2^53: 0xE220A8397B1DCDAF >> 11 = 7956156498559929, / 9007199254740992 = 0.88331080821364.
    // Its highest 24 bits: 0xE220A8 = 14819496, / 16777216. Below n: the high half of 0xE220A8397B1DCDAF · n: 0.8833 · 10 = 8.8;
    // 0.8833 · 9 = 7.9, so -10 + 7.
    [Fact]
    public void Fractions_and_whole_numbers_are_the_high_bits_of_a_draw()
    {
        Assert.Equal(0xE220A8397B1DCDAFUL, new Rng(0).NextBits());
        Assert.Equal(0xE220A8397B1DCDAFUL >> 11, new Rng(0).NextDouble() * 9007199254740992);
        Assert.Equal(14819496f / 16777216, new Rng(0).NextSingle());
        Assert.Equal(8, new Rng(0).Next(10));
        Assert.Equal(-3, new Rng(0).Next(-10, -1));
        Assert.Equal((int)(((UInt128)0xE220A8397B1DCDAFUL * int.MaxValue) >> 64), new Rng(0).Next());
    }

    [Fact]
    public void The_same_seed_gives_the_same_draws_and_another_seed_others()
    {
        Assert.Equal(Draws(new Rng(5)), Draws(new Rng(5)));
        Assert.NotEqual(Draws(new Rng(5)), Draws(new Rng(6)));
    }

    [Fact]
    public void Every_kind_of_draw_depends_on_the_seed_and_moves_the_position()
    {
        (string Name, Func<Rng, object> Draw)[] kinds =
        [
            ("Next()", rng => rng.Next()),
            ("Next(max)", rng => rng.Next(1_000_000_000)),
            ("Next(min, max)", rng => rng.Next(-1_000_000_000, 1_000_000_000)),
            ("Next over all of int", rng => rng.Next(int.MinValue, int.MaxValue)),
            ("NextInt64()", rng => rng.NextInt64()),
            ("NextInt64(max)", rng => rng.NextInt64(1L << 60)),
            ("NextInt64(min, max)", rng => rng.NextInt64(-(1L << 60), 1L << 60)),
            ("NextDouble", rng => rng.NextDouble()),
            ("NextSingle", rng => rng.NextSingle()),
            ("NextBytes(array)", rng => Bytes(rng, span: false)),
            ("NextBytes(span)", rng => Bytes(rng, span: true)),
            ("GetItems", rng => string.Join(",", rng.GetItems(Enumerable.Range(0, 1000).ToArray(), 8))),
        ];

        foreach ((string name, Func<Rng, object> draw) in kinds)
        {
            Rng rng = new(1);
            object first = draw(rng);
            Assert.True(rng.Position > 0, $"{name} did not move the position");
            Assert.True(first.Equals(draw(new Rng(1))), $"{name} is not repeatable");
            Assert.False(first.Equals(draw(new Rng(2))), $"{name} does not depend on the seed");
        }
    }

    [Fact]
    public void Both_ways_to_fill_bytes_agree() => Assert.Equal(Bytes(new Rng(3), span: true), Bytes(new Rng(3), span: false));

    [Fact]
    public void Seed_and_position_restore_the_state()
    {
        Rng rng = new(42);
        for (int i = 0; i < 17; i++) rng.NextDouble();
        rng.Permutation(5);

        Rng restored = new(rng.Seed, rng.Position);

        Assert.Equal(Draws(rng), Draws(restored));
    }

    [Fact]
    public void A_split_depends_on_the_seed_and_the_stream_but_not_on_the_position()
    {
        Rng rng = new(7);
        double[] before = Draws(rng.Split(3));

        rng.NextDouble();

        Assert.Equal(before, Draws(rng.Split(3)));
        Assert.NotEqual(before, Draws(rng.Split(4)));
        Assert.NotEqual(before, Draws(new Rng(8).Split(3)));
        Assert.NotEqual(before, Draws(new Rng(7)));
        Assert.NotEqual(Draws(new Rng(0).Split(0)), Draws(new Rng(0)));
    }

    [Fact]
    public void Splits_of_small_seeds_and_streams_are_all_different()
    {
        HashSet<ulong> seeds = [];
        for (ulong seed = 0; seed < 50; seed++)
        {
            for (ulong stream = 0; stream < 50; stream++) Assert.True(seeds.Add(new Rng(seed).Split(stream).Seed));
        }
    }

    // 70,000 draws below 7 are 10,000 ± 93 for each number; five standard deviations are 463.
    [Fact]
    public void Draws_below_a_bound_are_uniform()
    {
        Rng rng = new(1);
        int[] counts = new int[7];

        for (int i = 0; i < 70_000; i++) counts[rng.Next(7)]++;

        Assert.All(counts, count => Assert.InRange(count, 9_537, 10_463));
    }

    // 100,000 uniform numbers have a mean of 0.5 ± 0.00091 and a mean square of 1/3 ± 0.00094.
    [Fact]
    public void Fractions_are_uniform_from_0_to_below_1()
    {
        Rng rng = new(2);
        double[] doubles = [.. Enumerable.Range(0, 100_000).Select(_ => rng.NextDouble())];
        float[] singles = [.. Enumerable.Range(0, 100_000).Select(_ => rng.NextSingle())];

        Assert.All(doubles, x => Assert.True(x is >= 0 and < 1));
        Assert.All(singles, x => Assert.True(x is >= 0 and < 1));
        Assert.Equal(0.5, doubles.Average(), 0.005);
        Assert.Equal(1.0 / 3, doubles.Average(x => x * x), 0.005);
        Assert.Equal(0.5, singles.Average(), 0.005);
    }

    [Fact]
    public void Bounds_at_their_limits()
    {
        Rng rng = new(1);

        Assert.Equal(0, rng.Next(0));
        Assert.Equal(0, rng.Next(1));
        Assert.Equal(5, rng.Next(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => rng.Next(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rng.Next(2, 1));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(rng.Next(int.MinValue, int.MaxValue), int.MinValue, int.MaxValue - 1));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(rng.Next(-3, 3), -3, 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void A_permutation_holds_every_number_once(int count) => Assert.Equal(Enumerable.Range(0, count), new Rng(9).Permutation(count).Order());

    // 6,000 permutations of three are 1,000 ± 29 of each of six.
    [Fact]
    public void Permutations_are_uniform()
    {
        Rng rng = new(4);

        var counts = Enumerable.Range(0, 6_000).Select(_ => string.Concat(rng.Permutation(3))).CountBy(order => order).ToArray();

        Assert.Equal(6, counts.Length);
        Assert.All(counts, count => Assert.InRange(count.Value, 855, 1_145));
    }

    [Fact]
    public void MathNet_draws_normal_numbers_from_it_and_repeats_them_from_a_restored_state()
    {
        Rng rng = new(11);
        // An odd number of draws: a cached second Gaussian would show.
        double[] first = [.. Enumerable.Range(0, 3).Select(_ => Normal.Sample(rng, 0, 1))];
        Rng restored = new(rng.Seed, rng.Position);

        Assert.Equal(Normals(rng), Normals(restored));
        Assert.Equal(first, Enumerable.Range(0, 3).Select(_ => 0.0).Zip(Normals(new Rng(11)), (_, x) => x));
    }

    // The mean of 20,000 is 0 ± 0.0071 and the mean square 1 ± 0.01.
    [Fact]
    public void MathNets_normal_numbers_have_mean_0_and_variance_1()
    {
        Rng rng = new(12);

        double[] x = [.. Enumerable.Range(0, 20_000).Select(_ => Normal.Sample(rng, 0, 1))];

        Assert.Equal(0, x.Average(), 0.036);
        Assert.Equal(1, x.Average(value => value * value), 0.05);
    }

    private static double[] Draws(Rng rng) => [.. Enumerable.Range(0, 20).Select(_ => rng.NextDouble())];

    private static double[] Normals(Rng rng) => [.. Enumerable.Range(0, 5).Select(_ => Normal.Sample(rng, 0, 1))];

    private static string Bytes(Rng rng, bool span)
    {
        byte[] bytes = new byte[9];
        if (span) rng.NextBytes(bytes.AsSpan());
        else rng.NextBytes(bytes);
        return System.Convert.ToHexString(bytes);
    }
}
