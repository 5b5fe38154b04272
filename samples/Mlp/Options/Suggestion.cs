namespace Tapestry.Samples.Mlp.Options;

/// <summary>"Did you mean": the nearest of some names, where one is near.</summary>
internal static class Suggestion
{
    /// <summary>A question to append to an error, or nothing.</summary>
    public static string For(string given, IEnumerable<string> names)
    {
        string? nearest = names.MinBy(name => Distance(given, name));
        return nearest is not null && Distance(given, nearest) <= Math.Max(1, nearest.Length / 3) ? $" Did you mean {nearest}?" : "";
    }

    /// <summary>How many letters must be inserted, removed, replaced or swapped with their neighbour (Damerau and Levenshtein's distance, without overlaps).</summary>
    private static int Distance(string a, string b)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) distance[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) distance[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                distance[i, j] = Math.Min(Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1, distance[i - 1, j - 1] + replaced);
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if (swapped) distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }

        return distance[a.Length, b.Length];
    }
}
