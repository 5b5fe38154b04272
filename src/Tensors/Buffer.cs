namespace Tapestry.Tensors;

/// <summary>
/// The storage that a tensor and its views share. Kernels write into pooled buffers; a tape that owns one gives it back when the tape is disposed,
/// and whoever touches it afterwards is told so.
/// </summary>
public sealed class Buffer
{
    /// <summary>The bytes behind every tensor that belong to its buffer: a kernel that reads whole registers may read that far beyond the last element.</summary>
    internal const int Spare = 64;

    private readonly bool pooled;
    private byte[]? bytes;

    private Buffer(byte[] array, int bytes, bool pooled)
    {
        this.bytes = array;
        this.pooled = pooled;
        Start = AlignedArray.StartOf(array, bytes);
    }

    /// <summary>Whether the buffer has been given back.</summary>
    public bool IsReleased => bytes is null;

    /// <summary>The storage. Its length may exceed what was asked for.</summary>
    /// <exception cref="ObjectDisposedException">The tape that owned the buffer has been disposed.</exception>
    internal Span<byte> Bytes => Array.AsSpan(Start);

    /// <summary>Where in the array the storage begins.</summary>
    internal int Start { get; }

    /// <summary>The array that holds the storage.</summary>
    /// <exception cref="ObjectDisposedException">The tape that owned the buffer has been disposed.</exception>
    internal byte[] Array => bytes ?? throw new ObjectDisposedException(
        nameof(Tensor),
        "Tensor: expected a tensor whose tape is alive, got one whose tape has been disposed. Call variable.Detach() before the tape ends, or use the tensor inside its using block.");

    /// <summary>A buffer from the pool, contents unspecified: for results, which a tape may own.</summary>
    internal static Buffer Rent(int bytes) => new(BufferPool.Shared.Rent(AlignedArray.LengthFor(bytes + Spare)), bytes + Spare, pooled: true);

    /// <summary>A zeroed buffer that no tape ever takes: for what the user and the layers hold.</summary>
    internal static Buffer Allocate(int bytes) => new(AlignedArray.Zeroed(AlignedArray.LengthFor(bytes + Spare)), bytes + Spare, pooled: false);

    /// <summary>Gives pooled storage back to the pool. Other storage stays as it is: it belongs to whoever made it.</summary>
    public void Release()
    {
        if (pooled && Interlocked.Exchange(ref bytes, null) is { } array) BufferPool.Shared.Return(array);
    }
}
