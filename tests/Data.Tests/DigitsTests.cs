using System.Security.Cryptography;

namespace Tapestry.Data.Tests;

public sealed class DigitsTests
{
    [Fact]
    public void The_bytes_are_the_same_on_every_machine()
    {
        // No derivation: these are what the generator drew first, in .NET 10 on x64. A change here is another data set, with other accuracies.
        DataSet digits = Digits.Generate(200);

        Assert.Equal("0902000605040108070304060200070108030509", Convert.ToHexStringLower(digits.Targets.Rows(0, 20).AsBytes()));
        Assert.Equal("8566e9fd760a44a076c4ea1028b5f7dd77edbbfcd0b8330b15e09a5ba854a02b", Convert.ToHexStringLower(SHA256.HashData(digits.Features.AsBytes())));
    }

    [Fact]
    public void An_image_depends_on_its_number_and_not_on_how_many_are_drawn()
    {
        DataSet many = Digits.Generate(35, seed: 3), few = Digits.Generate(4, seed: 3, first: 28);

        Assert.Equal(many.Features.Rows(28, 4).ToArray<byte>(), few.Features.ToArray<byte>());
        Assert.Equal(many.Targets.Rows(28, 4).ToArray<byte>(), few.Targets.ToArray<byte>());
    }

    [Fact]
    public void Another_seed_draws_other_images()
    {
        Assert.NotEqual(Digits.Generate(10, seed: 1).Features.ToArray<byte>(), Digits.Generate(10, seed: 2).Features.ToArray<byte>());
        Assert.NotEqual(Digits.Generate(10, seed: 1).Targets.ToArray<byte>(), Digits.Generate(10, seed: 2).Targets.ToArray<byte>());
    }

    [Fact]
    public void Every_ten_images_hold_each_digit_once_in_changing_order()
    {
        byte[] labels = Digits.Generate(200).Targets.ToArray<byte>();

        Assert.All(labels.Chunk(10), ten => Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], (byte[])[.. ten.Order()]));
        Assert.NotEqual(labels[..10], labels[10..20]);
    }

    [Fact]
    public void The_standard_set_is_ten_thousand_and_the_next_two_thousand()
    {
        (DataSet train, DataSet test) = Digits.Default();

        Assert.Equal("DataSet(U8 [10000, 28, 28] -> 10 classes)", train.ToString());
        Assert.Equal("DataSet(U8 [2000, 28, 28] -> 10 classes)", test.ToString());
        Assert.Equal(Digits.Generate(1, first: 10_000).Features.ToArray<byte>(), test.Features.Rows(0, 1).ToArray<byte>());
    }

    [Fact]
    public void Digits_are_white_on_black_and_all_of_them_differ()
    {
        DataSet digits = Digits.Generate(500);

        HashSet<string> seen = [];
        for (int i = 0; i < digits.Count; i++)
        {
            byte[] image = digits.Features.Rows(i, 1).ToArray<byte>();
            Assert.InRange(image.Count(pixel => pixel > 127), 15, 784 / 3);
            Assert.True(seen.Add(Convert.ToHexString(image)));
        }
    }

    [Fact]
    public void Nearly_every_image_is_nearest_to_one_of_its_own_digit()
    {
        // The label names what is drawn: of 200 images, the nearest of 2,000 others (by squared distance) has the same label for far more than a tenth.
        DataSet known = Digits.Generate(2000), asked = Digits.Generate(200, first: 2000);
        int right = 0;
        for (int i = 0; i < asked.Count; i++)
        {
            byte[] image = asked.Features.Rows(i, 1).ToArray<byte>();
            int nearest = Enumerable.Range(0, known.Count).MinBy(k => Distance(image, known.Features.Rows(k, 1).AsSpan<byte>()));
            if (known.Targets.AsSpan<byte>()[nearest] == asked.Targets.AsSpan<byte>()[i]) right++;
        }

        Assert.InRange(right, 160, 200);
    }

    [Fact]
    public void Counts_out_of_range_are_refused()
    {
        Refusal.Expect<ArgumentOutOfRangeException>(() => Digits.Generate(-1), "Digits", "a count of 0 or more, got -1.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Digits.Generate(1, first: -1), "Digits", "a first number of 0 or more, got -1.");
        Refusal.Expect<ArgumentOutOfRangeException>(() => Digits.Generate(2, first: int.MaxValue - 1), "Digits", "at most 1 examples from number 2147483646 on, got 2.");
        Assert.Equal(0, Digits.Generate(0).Count);
    }

    private static int Distance(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
