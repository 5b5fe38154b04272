namespace Tapestry.Tensors;

/// <summary>How work is cut: into parts that begin at multiples of 16 elements, a cache line of F32, so that no two threads write to one line.</summary>
internal static class Partition
{
    private const int Grain = 16;

    /// <summary>Where a part begins; the end of the last one for <paramref name="part"/> = <paramref name="parts"/>.</summary>
    public static int Start(int length, int parts, int part) =>
        part >= parts ? length : Math.Min(length, (int)(((long)length * part / parts) + Grain - 1) / Grain * Grain);

    /// <summary>How many parts are worth a thread each: as many as there are threads, if each has that much to do and gets a grain at least.</summary>
    public static int Count(int length, long work, long leastWork)
    {
        long most = Math.Min(work / leastWork, (length + Grain - 1) / Grain);
        return (int)Math.Clamp(most, 1, Workers.Count);
    }
}
