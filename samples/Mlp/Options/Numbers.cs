using System.CommandLine;
using System.Globalization;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>Options that are numbers, read invariantly and checked for their range while the line is parsed.</summary>
internal static class Numbers
{
    /// <summary>A whole number from a smallest one up.</summary>
    public static Option<T> Whole<T>(string name, string description, T defaultValue, int smallest) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => CommonOptions.Parse(result, text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= smallest
                ? (T)(object)value
                : throw new UsageException($"{name}: expected a whole number of {smallest} or more, got '{text}'.")),
    };

    /// <summary>A seed: any whole number from 0 up.</summary>
    public static Option<ulong> Seed(string name, string description, ulong defaultValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => CommonOptions.Parse(result, text => SeedOf(text, name)),
    };

    /// <summary>A number for which a condition holds.</summary>
    public static Option<T> Real<T>(string name, string description, string helpName, T defaultValue, string expected, Func<double, bool> isValid) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => CommonOptions.Parse(result, text => (T)(object)RealOf(text, name, expected, isValid)),
    };

    public static ulong SeedOf(string text, string name) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
        ? value
        : throw new UsageException($"{name}: expected a whole number of 0 or more, got '{text}'.");

    public static double RealOf(string text, string name, string expected, Func<double, bool> isValid) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && isValid(value)
            ? value
            : throw new UsageException($"{name}: expected {expected}, got '{text}'.");
}
