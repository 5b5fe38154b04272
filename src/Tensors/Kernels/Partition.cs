namespace Tapestry.Tensors;

/// <summary>How work is cut: into parts that begin at multiples of 16 elements, a cache line of F32, so that no two threads write to one line; and rows, which are longer, at multiples of 8, a tile of the product.</summary>
internal static class Partition
{
    /// <summary>The rows of a tile.</summary>
    public const int RowGrain = 8;

    private const int Grain = 16;

    /// <summary>Where a part begins; the end of the last one for <paramref name="part"/> = <paramref name="parts"/>.</summary>
    public static int Start(int length, int parts, int part) => Start(length, parts, part, Grain);

    /// <summary>The same for rows, or what becomes rows of something else.</summary>
    public static int RowStart(int length, int parts, int part) => Start(length, parts, part, RowGrain);

    /// <summary>How many parts are worth a thread each: as many as there are threads, if each has that much to do and gets a grain at least.</summary>
    public static int Count(int length, long work, long leastWork)
    {
        long most = Math.Min(work / leastWork, (length + Grain - 1) / Grain);
        return (int)Math.Clamp(most, 1, Workers.Count);
    }

    private static int Start(int length, int parts, int part, int grain) =>
        part >= parts ? length : Math.Min(length, (int)(((long)length * part / parts) + (grain / 2)) / grain * grain);
}
