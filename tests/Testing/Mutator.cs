using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tapestry.Testing;

/// <summary>Damages texts and files in the ways that disks, editors and attackers do. The same seed damages in the same way.</summary>
public static partial class Mutator
{
    private static readonly string[] Numbers =
    [
        "-1", "0", "1e308", "1e-400", "0.5", "2147483648", "4294967296", "4294967297", "9223372036854775807", "9223372036854775808", "18446744073709551616", "-9223372036854775808",
        "99999999999999999999999999999999999999999", "1E5", "-0", "007", "NaN", "null", "\"1\"", "[1]", "{}",
    ];

    /// <summary>The kinds of damage.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["a bit flipped", "cut off", "bytes inserted", "bytes left out", "a piece there twice", "a key there twice", "another number", "two numbers swapped", "nested deeply", "wrong UTF-8", "a byte replaced", "a key renamed"];

    /// <summary>One kind of damage, somewhere.</summary>
    public static byte[] Mutate(byte[] good, string kind, Random random)
    {
        ArgumentNullException.ThrowIfNull(good);
        ArgumentNullException.ThrowIfNull(random);
        int at = random.Next(good.Length), length = random.Next(1, Math.Min(40, good.Length - at + 1));
        byte[] changed;
        switch (kind)
        {
            case "a bit flipped":
                changed = [.. good];
                changed[at] ^= (byte)(1 << random.Next(8));
                return changed;
            case "a byte replaced":
                changed = [.. good];
                changed[at] = "\"{}[],:\\0-e\0"u8[random.Next(12)];
                return changed;
            case "cut off":
                return good[..at];
            case "bytes inserted":
                changed = new byte[length];
                random.NextBytes(changed);
                return [.. good[..at], .. changed, .. good[at..]];
            case "bytes left out":
                return [.. good[..at], .. good[(at + length)..]];
            case "a piece there twice":
                return [.. good[..(at + length)], .. good[at..]];
            case "wrong UTF-8":
                byte[][] wrong = [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [.. "\\ud800"u8], [.. "\\udc00x"u8], [0xEF, 0xBB, 0xBF]];
                return [.. good[..at], .. wrong[random.Next(wrong.Length)], .. good[at..]];
            case "nested deeply":
                byte[] brackets = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? "[" : "{\"a\":", random.Next(1, 20_000))));
                return [.. good[..at], .. brackets, .. good[at..]];
            default:
                return Encoding.Latin1.GetBytes(MutateText(Encoding.Latin1.GetString(good), kind, random));
        }
    }

    private static string MutateText(string good, string kind, Random random)
    {
        MatchCollection numbers = Number().Matches(good), keys = Member().Matches(good);
        Match number = numbers[random.Next(numbers.Count)], other = numbers[random.Next(numbers.Count)], key = keys[random.Next(keys.Count)];
        switch (kind)
        {
            case "another number":
                return string.Concat(good.AsSpan(0, number.Index), Numbers[random.Next(Numbers.Length)], good.AsSpan(number.Index + number.Length));
            case "two numbers swapped":
                (Match first, Match second) = number.Index <= other.Index ? (number, other) : (other, number);
                return first == second ? good + " " : string.Concat(good[..first.Index], second.Value, good[(first.Index + first.Length)..second.Index], first.Value + good[(second.Index + second.Length)..]);
            case "a key there twice":
                string member = string.Create(CultureInfo.InvariantCulture, $"{key.Value}{(random.Next(2) == 0 ? "null" : "1")},");
                return good.Insert(key.Index, member);
            default:
                return good.Insert(key.Index + 1, "x");
        }
    }

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"\\?""\w+\\?""\s*:\s*|\\u0022\w+\\u0022:")]
    private static partial Regex Member();
}
