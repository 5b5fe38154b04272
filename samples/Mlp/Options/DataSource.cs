using System.Globalization;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Downloads;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>Where the examples come from: <c>synthetic[:COUNT[:SEED]]</c>, a folder of IDX files, or the name of a published set that has been downloaded.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Load">Makes or reads the training and the test part.</param>
internal sealed record DataSource(string Text, Func<(DataSet Train, DataSet Test)> Load)
{
    private const string Synthetic = "synthetic";

    /// <summary>A generated test part has this share of the training part's count, as in the default of 10,000 and 2,000.</summary>
    private const int TrainPerTest = 5;

    public static DataSource Default { get; } = new(Synthetic, Digits.Default);

    /// <summary>As it was written: help prints the default so.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text is neither.</exception>
    public static DataSource Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts[0] != Synthetic)
        {
            if (Directory.Exists(text)) return new DataSource(text, () => CommonOptions.Readable(() => Mnist.Load(text)));
            if (PublishedSet.All.FirstOrDefault(set => set.Name == text) is { } set) return Downloaded(set);
            string hint = File.Exists(text) ? " It is a file: name the folder that it lies in." : Suggestion.For(parts[0], text.Contains(Path.DirectorySeparatorChar) ? [Synthetic] : [Synthetic, .. PublishedSet.All.Select(set => set.Name)]);
            throw new UsageException($"--data: expected synthetic[:COUNT[:SEED]], {string.Join(", ", PublishedSet.All.Select(set => set.Name))} or a folder with MNIST's files, got '{text}'.{hint}");
        }

        if (parts.Length == 1) return Default;
        int count = 0;
        if (parts.Length > 3 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < TrainPerTest or > 1_000_000)
        {
            throw new UsageException($"--data: expected synthetic[:COUNT[:SEED]] with a count from {TrainPerTest} to 1000000, got '{text}'.");
        }

        ulong seed = parts.Length == 3 ? Numbers.SeedOf(parts[2], "--data synthetic:COUNT:SEED") : 1;
        return new DataSource(text, () => (Digits.Generate(count, seed), Digits.Generate(count / TrainPerTest, seed, first: count)));
    }

    private static DataSource Downloaded(PublishedSet set)
    {
        string folder = DataFolder.Of(set);
        return DataFolder.HasAll(set, folder)
            ? new DataSource(set.Name, () => CommonOptions.Readable(() => Mnist.Load(folder)))
            : throw new UsageException($"--data: expected the files of {set.Name} in {folder}, got none or not all. Fetch them with 'mlp data download {set.Name}', or name the folder that they lie in.");
    }
}
