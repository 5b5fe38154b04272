using System.Collections;
using System.Globalization;
using System.Text;

namespace Tapestry.Layers;

/// <summary>
/// Counts layers' names as Keras does: the first has no number, then <c>dense_1</c>, <c>dense_2</c>. Chosen starts reproduce a name that a longer program has counted up to:
/// <c>new Names { ["dense"] = 50 }</c> begins with <c>dense_50</c>.
/// </summary>
public sealed class Names : IEnumerable<KeyValuePair<string, int>>
{
    private readonly Dictionary<string, int> next = [];

    /// <summary>The number that the next layer of a stem gets; 0 means none.</summary>
    public int this[string stem]
    {
        get => next.GetValueOrDefault(stem);
        set => next[stem] = value;
    }

    /// <summary>The next name of a stem.</summary>
    public string Next(string stem)
    {
        int number = this[stem];
        next[stem] = number + 1;
        return number == 0 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}_{number}");
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, int>> GetEnumerator() => next.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A name in snake case, as Keras splits it: <c>batch_normalization</c>, <c>p_re_lu</c>, <c>rms_normalization</c>.</summary>
    internal static string Snake(string name)
    {
        StringBuilder stem = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = char.IsUpper(name[i]) && i > 0 && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins) stem.Append('_');
            stem.Append(char.ToLowerInvariant(name[i]));
        }

        return stem.ToString();
    }
}
