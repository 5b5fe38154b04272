namespace Tapestry.Tensors;

/// <summary>
/// Keeps the arrays that disposed tapes give back, so that a training step in steady state allocates next to nothing, and for each thread a few that it has just used. Thread-safe.
/// An array that is rented and never returned is ordinary garbage: forgetting to return one costs speed, never correctness.
/// </summary>
internal sealed class BufferPool
{
    /// <summary>What the pool keeps at most; what is returned beyond it is left to the garbage collector.</summary>
    public const long MaxRetainedBytes = 512L << 20;

    /// <summary>How many arrays a thread keeps, and how large they are at most.</summary>
    private const int MostOfThread = 4, LargestOfThread = 1 << 20;

    [ThreadStatic]
    private static byte[]?[]? ofThread;

    private readonly Lock gate = new();
    private readonly Dictionary<int, Stack<byte[]>> free = [];
    private long retainedBytes;

    /// <summary>The one pool of the process: with <see cref="Workers"/> the only static mutable state in <c>src</c>.</summary>
    public static BufferPool Shared { get; } = new();

    /// <summary>An array of at least <paramref name="bytes"/> bytes with unspecified contents.</summary>
    public byte[] Rent(int bytes)
    {
        int size = SizeClass(bytes);
        lock (gate)
        {
            if (free.TryGetValue(size, out Stack<byte[]>? stack) && stack.TryPop(out byte[]? array))
            {
                retainedBytes -= size;
                return array;
            }
        }

        return AlignedArray.Uninitialized(size);
    }

    /// <summary>Gives an array of <see cref="Rent"/> back. The caller must not touch it afterwards.</summary>
    public void Return(byte[] array)
    {
        lock (gate)
        {
            if (retainedBytes + array.Length > MaxRetainedBytes) return;
            retainedBytes += array.Length;
            if (!free.TryGetValue(array.Length, out Stack<byte[]>? stack))
            {
                free[array.Length] = stack = new Stack<byte[]>();
            }

            stack.Push(array);
        }
    }

    /// <summary>The same for what a thread needs for a moment: an array that it has used before, where there is one. Its core's caches hold that; of one that another core has used they hold nothing.</summary>
    public byte[] RentForThread(int bytes)
    {
        foreach (ref byte[]? place in ofThread.AsSpan())
        {
            if (place is not { } array || array.Length < bytes || array.Length / 2 > bytes) continue;
            place = null;
            return array;
        }

        return Rent(bytes);
    }

    /// <summary>Gives an array of <see cref="RentForThread"/> back.</summary>
    public void ReturnToThread(byte[] array)
    {
        if (array.Length <= LargestOfThread)
        {
            foreach (ref byte[]? place in (ofThread ??= new byte[]?[MostOfThread]).AsSpan())
            {
                if (place is not null) continue;
                place = array;
                return;
            }
        }

        Return(array);
    }

    /// <summary>Rounds up to a sixteenth of a power of two, so that near sizes share arrays and at most a sixteenth is wasted.</summary>
    private static int SizeClass(int bytes)
    {
        const int Smallest = 64;
        if (bytes <= Smallest) return Smallest;
        int step = 1 << Math.Max(6, int.Log2(bytes - 1) - 4);
        long rounded = ((long)bytes + step - 1) / step * step;
        return (int)Math.Min(rounded, Array.MaxLength);
    }
}
