using Tapestry.Data;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Compare;

/// <summary>Several runs side by side.</summary>
internal sealed class Comparison
{
    private Comparison(IReadOnlyList<ComparedRun> runs)
    {
        Runs = runs;
        Settings = [.. runs.SelectMany(run => run.Settings.Keys).Distinct()];
        Measures = [.. runs.SelectMany(run => run.Measures).Distinct()];
        Tested = [.. runs.SelectMany(run => run.Tested).Select(value => value.Key).Distinct()];
        Best = runs.All(run => Result(run, "accuracy") is not null) ? runs.MaxBy(run => Result(run, "accuracy"))! : runs.MinBy(Loss)!;
        Against = [.. runs.Select(run => (run, Test: AgainstBest(run)!)).Where(pair => pair.Test is not null)];
    }

    /// <summary>The runs, in the order in which they were named.</summary>
    public IReadOnlyList<ComparedRun> Runs { get; }

    /// <summary>The names of what any run was told.</summary>
    public IReadOnlyList<string> Settings { get; }

    /// <summary>The names of what any run measured, epoch by epoch.</summary>
    public IReadOnlyList<string> Measures { get; }

    /// <summary>The names of what was measured of any run on the test examples.</summary>
    public IReadOnlyList<string> Tested { get; }

    /// <summary>The run with the highest accuracy on the test examples, or the lowest loss where not all have an accuracy; of equals the first.</summary>
    public ComparedRun Best { get; }

    /// <summary>The best run's answers against each other run's, example by example; without those that have not answered the same examples with classes.</summary>
    public IReadOnlyList<(ComparedRun Run, McNemar Test)> Against { get; }

    /// <summary>Reads runs, each data set once.</summary>
    /// <param name="paths">The runs' folders.</param>
    /// <param name="note">Is told of a damaged checkpoint, where the one before it is used.</param>
    /// <exception cref="UsageException">One is named twice, or its data is not where it was or not what it was trained on.</exception>
    public static Comparison Of(IReadOnlyList<string> paths, Action<string> note)
    {
        string[] full = [.. paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))];
        if (full.GroupBy(path => path).FirstOrDefault(group => group.Count() > 1) is { } twice) throw new UsageException($"compare: expected each run once, got {paths[Array.IndexOf(full, twice.Key)]} twice.");
        string[] last = [.. full.Select(path => Path.GetFileName(path))];
        bool areDistinct = last.Distinct().Count() == last.Length;

        Dictionary<string, (DataSet, DataSet)> loaded = [];
        (DataSet, DataSet) Load(DataSource source) => loaded.TryGetValue(source.Text, out (DataSet, DataSet) data) ? data : loaded[source.Text] = source.Load();
        return new Comparison([.. paths.Select((path, i) => ComparedRun.Load(path, areDistinct ? last[i] : Path.TrimEndingDirectorySeparator(path), Load, note))]);
    }

    /// <summary>Whether the runs were told a setting alike.</summary>
    public bool IsSame(string setting) => Runs.Select(run => run.Settings.GetValueOrDefault(setting)).Distinct().Count() == 1;

    /// <summary>What a run reached on the test examples; null where it was not measured.</summary>
    public static double? Result(ComparedRun run, string name) => run.Tested.Where(value => value.Key == name).Select(value => (double?)value.Value).FirstOrDefault();

    /// <summary>A run's value at the end of its last epoch; null where it was not measured, or there is no epoch.</summary>
    public static double? Last(ComparedRun run, string measure) => run.History.Epochs.Count == 0 ? null : run.History.Epochs[^1].Find(measure);

    /// <summary>The best of the runs' values of a measure: the smallest of losses and errors, the largest of accuracies and scores; null where it is not known which is better, or there is only one run.</summary>
    public double? BestOf(string measure, Func<ComparedRun, double?> value)
    {
        double?[] finite = [.. Runs.Select(value).Where(number => number is { } known && double.IsFinite(known))];
        return Runs.Count == 1 ? null
            : Ends("loss", "error") ? finite.Min()
            : Ends("accuracy", "score") ? finite.Max()
            : null;
        bool Ends(params string[] names) => names.Any(name => measure.EndsWith(name, StringComparison.Ordinal));
    }

    private McNemar? AgainstBest(ComparedRun run)
    {
        if (run == Best || run.Test != Best.Test || run.Test.Classes is null) return null;
        return McNemar.Of(Right(Best), Right(run));
    }

    /// <summary>The loss, to be ordered by: NaN, which .NET puts before every number, comes last.</summary>
    private static double Loss(ComparedRun run) => Result(run, "loss") is { } loss && !double.IsNaN(loss) ? loss : double.PositiveInfinity;

    private static bool[] Right(ComparedRun run) => [.. run.Answers().Zip(run.Labels(), (answer, label) => answer == label)];
}
