using System.Globalization;

namespace Tapestry.Optimizers;

/// <summary>What options may be; the message names the class and the option.</summary>
internal static class OptionCheck
{
    /// <summary>The weight of an old average: from 0 up to, not including, 1.</summary>
    public static double Share(object owner, string option, double value) =>
        value is >= 0 and < 1 ? value : throw Error(owner, option, "a number from 0 up to, not including, 1", value);

    /// <summary>From 0 to 1, both included.</summary>
    public static double Fraction(object owner, string option, double value) => value is >= 0 and <= 1 ? value : throw Error(owner, option, "a number from 0 to 1", value);

    /// <summary>Finite, and 0 or more.</summary>
    public static double NotNegative(object owner, string option, double value) =>
        value is >= 0 and < double.PositiveInfinity ? value : throw Error(owner, option, "a finite number of 0 or more", value);

    /// <summary>Finite, and above 0.</summary>
    public static double Positive(object owner, string option, double value) =>
        value is > 0 and < double.PositiveInfinity ? value : throw Error(owner, option, "a finite number above 0", value);

    /// <summary>A whole number of 1 or more.</summary>
    public static T AtLeastOne<T>(object owner, string option, T value)
        where T : System.Numerics.IBinaryInteger<T> => value >= T.One ? value : throw Error(owner, option, "1 or more", value);

    private static ArgumentOutOfRangeException Error(object owner, string option, string expected, object got) =>
        new(option, string.Create(CultureInfo.InvariantCulture, $"{owner.GetType().Name}: expected {option} to be {expected}, got {got}."));
}
