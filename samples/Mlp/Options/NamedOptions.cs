namespace Tapestry.Samples.Mlp.Options;

/// <summary>
/// A name with its options as the command line has them, <c>name:key=value</c>. What makes something of them asks for the keys it knows; what nobody asked for is refused.
/// </summary>
internal sealed class NamedOptions
{
    private readonly string option;
    private readonly string name;
    private readonly Dictionary<string, string> given = [];
    private readonly List<string> known = [];

    /// <param name="option">Which option of the command it belongs to, for messages.</param>
    /// <param name="text">As it was written.</param>
    /// <param name="separator">What stands between one <c>key=value</c> and the next.</param>
    /// <param name="names">The names that there are.</param>
    /// <exception cref="UsageException">The name is none of them, or an option is not <c>key=value</c>.</exception>
    public NamedOptions(string option, string text, char separator, IReadOnlyCollection<string> names)
    {
        this.option = option;
        string[] parts = text.Split(':', 2);
        name = names.FirstOrDefault(known => LooseName.Of(known) == LooseName.Of(parts[0]))
            ?? throw new UsageException($"{option}: expected one of {string.Join(", ", names)}, got '{parts[0]}'.{Suggestion.For(parts[0], names)}");
        foreach (string pair in parts.Length == 1 ? [] : parts[1].Split(separator))
        {
            string[] sides = pair.Split('=', 2);
            if (sides.Length != 2) throw new UsageException($"{option}: expected {name}:key=value, got '{pair}' without a value.");
            if (!given.TryAdd(sides[0], sides[1])) throw new UsageException($"{option}: expected each key once, got '{sides[0]}' twice.");
        }
    }

    /// <summary>The name, as the catalogue has it.</summary>
    public string Name => name;

    /// <summary>A number.</summary>
    public double Number(string key, double otherwise) => Take(key) is { } text ? Numbers.RealOf(text, $"{option} {name}:{key}", "a number", double.IsFinite) : otherwise;

    /// <summary>A whole number, from 1 up unless told otherwise.</summary>
    public int Count(string key, int otherwise, int smallest = 1) =>
        Take(key) is { } text ? (int)Numbers.RealOf(text, $"{option} {name}:{key}", $"a whole number of {smallest} or more", value => value >= smallest && value <= int.MaxValue && value == Math.Floor(value)) : otherwise;

    /// <summary>One of some words, the first unless told otherwise.</summary>
    public string Word(string key, params IReadOnlyList<string> words)
    {
        if (Take(key) is not { } text) return words[0];
        return words.Contains(text) ? text : throw new UsageException($"{option} {name}:{key}: expected {string.Join(" or ", words)}, got '{text}'.{Suggestion.For(text, words)}");
    }

    /// <summary>Makes something of the options.</summary>
    /// <exception cref="UsageException">An option is none that was asked for, or its value is refused.</exception>
    public T Make<T>(Func<NamedOptions, T> create)
    {
        try
        {
            T made = create(this);
            RefuseUnknown();
            return made;
        }
        catch (ArgumentException refusal)
        {
            throw new UsageException($"{option}: {CommonOptions.Text(refusal)}");
        }
    }

    /// <summary>The options as they were written, of a choice that knows its keys beforehand.</summary>
    /// <exception cref="UsageException">A key is none of them.</exception>
    public IReadOnlyDictionary<string, string> Texts(IReadOnlyCollection<string> keys)
    {
        known.AddRange(keys);
        RefuseUnknown();
        return given;
    }

    private void RefuseUnknown()
    {
        string? unknown = given.Keys.FirstOrDefault(key => !known.Contains(key));
        if (unknown is null) return;
        throw new UsageException(known.Count == 0
            ? $"{option}: expected {name} without options, got '{unknown}'."
            : $"{option}: expected {name}:key=value with keys {string.Join(", ", known)}, got '{unknown}'.{Suggestion.For(unknown, known)}");
    }

    private string? Take(string key)
    {
        known.Add(key);
        return given.GetValueOrDefault(key);
    }
}
