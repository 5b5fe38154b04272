namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>A way to differentiate.</summary>
internal enum Family
{
    ByHand,
    Differences,
    Symbolic,
    Forward,
    Reverse,
    Elimination,
}

/// <summary>What one way to differentiate gave.</summary>
/// <param name="Name">The method, as the table has it.</param>
/// <param name="Family">Which way it is one of.</param>
/// <param name="Derivatives">One for each of the problem's elements.</param>
/// <param name="Error">Its worst error; see <see cref="Differentiate.Error"/>.</param>
/// <param name="Operations">How many operations of the tape ran, the function's own included where it must be computed; null where other things are counted.</param>
/// <param name="Multiplications">How many multiplications of partial derivatives there were; null where other things are counted.</param>
/// <param name="Microseconds">How long it took.</param>
internal sealed record Outcome(string Name, Family Family, IReadOnlyList<double> Derivatives, double Error, int? Operations, long? Multiplications, double Microseconds);

/// <summary>How far derivatives are from others.</summary>
internal static class Error
{
    /// <summary>The largest difference, relative to the largest derivative of the reference; absolute where all of these are 0. NaN where a derivative is no number.</summary>
    public static double Of(IReadOnlyList<double> derivatives, IReadOnlyList<double> reference) =>
        derivatives.Zip(reference).Select(pair => Math.Abs(pair.First - pair.Second)).Aggregate(0.0, Math.Max) / Scale(reference);

    /// <summary>What errors are relative to: the largest magnitude, or 1 where that is 0.</summary>
    public static double Scale(IReadOnlyList<double> reference) => reference.Max(Math.Abs) is > 0 and double largest ? largest : 1;
}
