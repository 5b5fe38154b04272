using System.Globalization;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Downloads;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>Where the examples come from: a generated set, <c>NAME[:COUNT[:SEED]]</c>, a folder of IDX files, or the name of a published set that has been downloaded.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Load">Makes or reads the training and the test part.</param>
internal sealed record DataSource(string Text, Func<(DataSet Train, DataSet Test)> Load)
{
    /// <summary>The share of the training part that is held out unless told otherwise.</summary>
    public const double DefaultValidationSplit = 0.1;

    /// <summary>How many training examples of a generated set there are to a test example, as in the default of 10,000 and 2,000.</summary>
    private const int TrainPerTest = 5;

    public static DataSource Default { get; } = Parse(GeneratedSet.All[0].Name);

    /// <summary>Whether the targets are classes; yes unless told otherwise, and else numbers.</summary>
    public bool HasClasses { get; init; } = true;

    /// <summary>A model for it that stands in the repository, for messages; null where the models of the program are for it.</summary>
    public string? Fitting { get; init; }

    /// <summary>The share of the training part to hold out unless told otherwise; 0 where every example is needed.</summary>
    public double ValidationSplit { get; init; } = DefaultValidationSplit;

    /// <summary>As it was written: help prints the default so.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text is none of these.</exception>
    public static DataSource Parse(string text)
    {
        string[] parts = text.Split(':');
        if (GeneratedSet.All.FirstOrDefault(set => set.Name == parts[0]) is { } generated) return Generated(generated, text, parts[1..]);
        if (Directory.Exists(text)) return new DataSource(text, () => CommonOptions.Readable(() => Mnist.Load(text)));
        if (PublishedSet.All.FirstOrDefault(set => set.Name == text) is { } published) return Downloaded(published);
        IEnumerable<string> names = GeneratedSet.All.Select(set => set.Name);
        if (!text.Contains(Path.DirectorySeparatorChar)) names = names.Concat(PublishedSet.All.Select(set => set.Name));
        string hint = File.Exists(text) ? " It is a file: name the folder that it lies in." : Suggestion.For(parts[0], names);
        throw new UsageException($"--data: expected {string.Join(", ", GeneratedSet.All.Select(set => set.Usage).Concat(PublishedSet.All.Select(set => set.Name)))} or a folder with MNIST's files, got '{text}'.{hint}");
    }

    private static DataSource Generated(GeneratedSet set, string text, string[] options)
    {
        if (set.Count is not { } count)
        {
            return options.Length == 0
                ? new DataSource(text, () => (set.Generate(0, 0, 0), set.Generate(0, 0, 0))) { HasClasses = set.HasClasses, Fitting = set.Fitting, ValidationSplit = 0 }
                : throw new UsageException($"--data: expected {set.Usage} without a count or a seed, got '{text}': it is {set.Description}.");
        }

        bool isCount = options.Length == 0 || (int.TryParse(options[0], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= TrainPerTest and <= 1_000_000);
        if (options.Length > 2 || !isCount) throw new UsageException($"--data: expected {set.Usage} with a count from {TrainPerTest} to 1000000, got '{text}'.");
        ulong seed = options.Length == 2 ? Numbers.SeedOf(options[1], $"--data {set.Name}:COUNT:SEED") : 1;
        return new DataSource(text, () => (set.Generate(count, seed, 0), set.Generate(count / TrainPerTest, seed, count))) { HasClasses = set.HasClasses, Fitting = set.Fitting };
    }

    private static DataSource Downloaded(PublishedSet set)
    {
        string folder = DataFolder.Of(set);
        return DataFolder.HasAll(set, folder)
            ? new DataSource(set.Name, () => CommonOptions.Readable(() => Mnist.Load(folder)))
            : throw new UsageException($"--data: expected the files of {set.Name} in {folder}, got none or not all. Fetch them with 'mlp data download {set.Name}', or name the folder that they lie in.");
    }
}
