using Tapestry.Data;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>A data set that is made by rule instead of read, as the command line names it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Count">How many examples the training part has unless told otherwise; null where there are only these.</param>
/// <param name="Generate">Makes some of its examples: how many, by which seed, and the number of the first.</param>
internal sealed record GeneratedSet(string Name, string Description, int? Count, Func<int, ulong, int, DataSet> Generate)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<GeneratedSet> All { get; } =
    [
        new("synthetic", "10,000 and 2,000 digits drawn by rule, 28 by 28", 10_000, Digits.Generate),
        new("xor", "the four points of exclusive or, to train on and to test with", null, (_, _, _) => Xor.Points()) { Fitting = "samples/models/xor.json" },
        new("spirals", "1,000 and 200 points of the plane on three spiral arms, a class an arm", 1_000, (count, seed, first) => Spirals.Generate(count, seed, first)) { Fitting = "samples/models/spirals.json" },
        new("regression", "1,000 and 200 numbers y = 2·x1 - 3·x2 + 0.5·x3 + 1, with noise of 0.1", 1_000, Regression.Generate) { HasClasses = false, Fitting = "samples/models/regression.json" },
    ];

    /// <summary>Whether its targets are classes; yes unless told otherwise, and else numbers.</summary>
    public bool HasClasses { get; init; } = true;

    /// <summary>A model for it that stands in the repository; null where the models of the program are for it.</summary>
    public string? Fitting { get; init; }

    /// <summary>What may be written to name it.</summary>
    public string Usage => Count is null ? Name : $"{Name}[:COUNT[:SEED]]";
}
