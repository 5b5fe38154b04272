namespace Tapestry.Samples.Mlp;

/// <summary>
/// A standard stream whose errors are told by a function: results that are lost are an error, notes are not, and nothing could be said about them anyway. A reader that
/// has gone away, as <c>head</c> does, is no error for either: .NET passes over that, and the work goes on.
/// </summary>
internal sealed class StandardStream(Stream inner, Action<Exception> onError) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onError(error);
        }
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
