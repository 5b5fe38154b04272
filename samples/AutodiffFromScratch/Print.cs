namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>Lines on standard output, with the same numbers in every culture.</summary>
internal static class Print
{
    /// <summary>Begins what a section prints.</summary>
    public static void Section(string name) => Console.WriteLine($"# {name}");

    /// <summary>A line of text with numbers in it.</summary>
    public static void Line(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
