using System.Globalization;

namespace Tapestry.Data;

/// <summary>What generated sets have in common: examples are numbered, and each follows from a seed and its number.</summary>
internal static class Sequence
{
    /// <summary>Refuses counts and numbers that cannot be.</summary>
    /// <param name="self">The set, for messages.</param>
    /// <param name="count">How many examples are wanted.</param>
    /// <param name="first">The number of the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is negative, or both together exceed <see cref="int.MaxValue"/>.</exception>
    public static void Refuse(string self, int count, int first)
    {
        if (count < 0) throw Error(nameof(count), "a count of 0 or more", count);
        if (first < 0) throw Error(nameof(first), "a first number of 0 or more", first);
        if (count > int.MaxValue - first) throw Error(nameof(count), string.Create(CultureInfo.InvariantCulture, $"at most {int.MaxValue - first} examples from number {first} on"), count);

        ArgumentOutOfRangeException Error(string parameter, string expected, int got) => new(parameter, string.Create(CultureInfo.InvariantCulture, $"{self}: expected {expected}, got {got}."));
    }
}
