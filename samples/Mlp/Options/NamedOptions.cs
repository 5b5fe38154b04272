namespace Tapestry.Samples.Mlp.Options;

/// <summary>A choice as the command line writes it: <c>name[:key=value,...]</c>.</summary>
internal static class NamedOptions
{
    /// <summary>Takes it apart.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="text">What it was given.</param>
    /// <param name="names">The names that there are.</param>
    /// <param name="keysOf">The keys that a name has.</param>
    /// <exception cref="UsageException">The text has another form, another name or another key.</exception>
    public static (string Name, Dictionary<string, string> Given) Parse(string option, string text, IReadOnlyCollection<string> names, Func<string, IReadOnlyCollection<string>> keysOf)
    {
        string[] parts = text.Split(':', 2);
        if (!names.Contains(parts[0])) throw new UsageException($"{option}: expected {string.Join(", ", names)}, got '{parts[0]}'.{Suggestion.For(parts[0], names)}");
        IReadOnlyCollection<string> keys = keysOf(parts[0]);
        Dictionary<string, string> given = [];
        foreach (string pair in parts.Length == 1 ? [] : parts[1].Split(','))
        {
            string[] sides = pair.Split('=', 2);
            if (sides.Length != 2 && keys.Contains(sides[0])) throw new UsageException($"{option}: expected {parts[0]}:{sides[0]}=value, got '{pair}' without a value.");
            if (sides.Length != 2 || !keys.Contains(sides[0])) throw new UsageException($"{option}: expected {parts[0]}:key=value with keys {string.Join(", ", keys)}, got '{pair}'.{Suggestion.For(sides[0], keys)}");
            if (!given.TryAdd(sides[0], sides[1])) throw new UsageException($"{option}: expected each key once, got '{sides[0]}' twice.");
        }

        return (parts[0], given);
    }
}
