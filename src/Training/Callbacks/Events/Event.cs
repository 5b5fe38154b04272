using System.Buffers.Binary;
using System.Text;

namespace Tapestry.Training.Events;

/// <summary>
/// An event as TensorBoard reads it, in the wire format of Protocol Buffers: TensorFlow's <c>event.proto</c> and <c>summary.proto</c>. Each field is a key, its number times 8 plus its
/// wire type, and a value.
/// </summary>
internal sealed class Event
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;
    private const int WallTimeField = 1, StepField = 2, FileVersionField = 3, SummaryField = 5, SessionLogField = 7;
    private const int ValueField = 1, TagField = 1, SimpleValueField = 2, StatusField = 1;
    private const int Start = 1;

    private readonly List<byte> bytes = [];

    private Event(DateTimeOffset time, long step)
    {
        Key(WallTimeField, Fixed64);
        Span<byte> seconds = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(seconds, time.ToUnixTimeMilliseconds() / 1000.0);
        bytes.AddRange(seconds);
        if (step == 0) return;
        Key(StepField, Varint);
        Number((ulong)step);
    }

    private Event()
    {
    }

    /// <summary>What a file begins with.</summary>
    public static byte[] FileVersion(DateTimeOffset time)
    {
        Event made = new(time, step: 0);
        made.Text(FileVersionField, "brain.Event:2");
        return [.. made.bytes];
    }

    /// <summary>Says that a run starts, or goes on: TensorBoard then forgets what earlier files have from this step on.</summary>
    public static byte[] SessionStart(DateTimeOffset time, long step)
    {
        Event made = new(time, step), log = new();
        log.Key(StatusField, Varint);
        log.Number(Start);
        made.Nested(SessionLogField, log);
        return [.. made.bytes];
    }

    /// <summary>A number at a step, which TensorBoard draws as a point of a curve.</summary>
    public static byte[] Scalar(DateTimeOffset time, long step, string tag, double value)
    {
        Event made = new(time, step), summary = new(), entry = new();
        entry.Text(TagField, tag);
        entry.Key(SimpleValueField, Fixed32);
        Span<byte> single = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(single, (float)value);
        entry.bytes.AddRange(single);
        summary.Nested(ValueField, entry);
        made.Nested(SummaryField, summary);
        return [.. made.bytes];
    }

    private void Key(int field, int wireType) => Number((ulong)((field << 3) | wireType));

    /// <summary>Seven bits a byte, the lowest first; the eighth bit says that more follow.</summary>
    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }

    private void Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private void Nested(int field, Event message) => Bytes(field, [.. message.bytes]);

    private void Bytes(int field, byte[] content)
    {
        Key(field, Delimited);
        Number((ulong)content.Length);
        bytes.AddRange(content);
    }
}
