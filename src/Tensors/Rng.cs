namespace Tapestry.Tensors;

/// <summary>
/// A seeded generator whose whole state is two numbers. It is SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014) read as a
/// counter: draw number n is <c>mix(seed + n · 0x9E3779B97F4A7C15)</c>, so a state can be saved, restored, and split into independent streams without drawing.
/// Derives from <see cref="Random"/> so that MathNet's distributions can draw from it. Not thread-safe; give each thread a split of its own.
/// </summary>
public sealed class Rng : Random
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    /// <summary>Starts the generator that a seed names.</summary>
    /// <param name="seed">Any number; equal seeds give equal draws.</param>
    /// <param name="position">How many numbers have been drawn already: 0 for a new generator.</param>
    public Rng(ulong seed, ulong position = 0)
        : base(0)
    {
        Seed = seed;
        Position = position;
    }

    /// <summary>What names the stream. With <see cref="Position"/> this is the state to save.</summary>
    public ulong Seed { get; }

    /// <summary>How many 64-bit numbers have been drawn.</summary>
    public ulong Position { get; private set; }

    /// <summary>
    /// A generator for a purpose of its own: it depends on this one's seed and on <paramref name="stream"/> alone, not on what has been drawn.
    /// </summary>
    public Rng Split(ulong stream) => new(Mix(Seed ^ Mix(stream + GoldenGamma)));

    /// <summary>The next 64 uniformly distributed bits.</summary>
    public ulong NextBits()
    {
        Position++;
        return Mix(Seed + (Position * GoldenGamma));
    }

    /// <inheritdoc/>
    public override double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc/>
    public override float NextSingle() => (NextBits() >> 40) * (1.0f / (1U << 24));

    /// <inheritdoc/>
    public override int Next() => (int)Below(int.MaxValue);

    /// <inheritdoc/>
    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue == 0 ? 0 : (int)Below((ulong)maxValue);
    }

    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : (int)(minValue + (long)Below((ulong)((long)maxValue - minValue)));
    }

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        for (int i = 0; i < buffer.Length; i++) buffer[i] = (byte)NextBits();
    }

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer)
    {
        // Random would fill arrays from a generator of its own, whatever the seed.
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in random order (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = Next(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    /// <inheritdoc/>
    protected override double Sample() => NextDouble();

    /// <summary>A number below a bound without bias: the high half of a 128-bit product, redrawn in the rare short interval (Lemire, 2019).</summary>
    private ulong Below(ulong bound)
    {
        while (true)
        {
            ulong high = Math.BigMul(NextBits(), bound, out ulong low);
            if (low >= bound || low >= (0 - bound) % bound) return high;
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
