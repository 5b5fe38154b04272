using System.Buffers.Binary;
using System.Text;

namespace Tapestry.Training.Tests;

/// <summary>Event files by the format's own rules: a reader of records and of the wire format that shares nothing with the writer, and bytes put together by hand.</summary>
public class TensorBoardTests
{
    // wall_time (field 1, 8 bytes): 0x09 and the double 2.0, 0x4000000000000000. file_version (field 3, text): 0x1a, 13 bytes. In all 9 + 15 = 24 = 0x18 bytes.
    private const string FirstEvent = "09" + "0000000000000040" + "1a0d" + "627261696e2e4576656e743a32";

    [Fact]
    public void A_file_begins_with_its_version_byte_for_byte()
    {
        using TestFolder folder = new();
        new TensorBoard(folder["board"]) { Clock = new Stopped(2) }.OnEpochEnd(Epoch(1, ("loss", 0.5)));

        byte[] bytes = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder["board/train"])));

        Assert.Equal("1800000000000000", Convert.ToHexStringLower(bytes[..8]));
        Assert.Equal(FirstEvent, Convert.ToHexStringLower(bytes[12..36]));
    }

    // The check value of CRC-32C, which every description of it gives: 0xe3069283 for "123456789"; 0x8a9136aa for 32 zeros (RFC 3720, B.4).
    [Fact]
    public void The_readers_checksum_is_crc_32c()
    {
        Assert.Equal(0xe3069283, Crc32C("123456789"u8));
        Assert.Equal(0x8a9136aa, Crc32C(new byte[32]));
    }

    [Fact]
    public void Curves_read_back_with_Keras_names_and_steps()
    {
        using TestFolder folder = new();
        TensorBoard board = new(folder["board"]) { Clock = new Stopped(1_700_000_000) };
        board.OnTrainBegin();
        board.OnEpochEnd(Epoch(1, ("loss", 0.5), ("accuracy", 0.75), ("val_loss", 0.625), ("learning_rate", 0.001)));
        board.OnEpochEnd(Epoch(300, ("loss", 0.25), ("accuracy", 1), ("val_loss", double.NaN), ("learning_rate", 0.0005)));

        string train = Assert.Single(Directory.GetFiles(folder["board/train"])), validation = Assert.Single(Directory.GetFiles(folder["board/validation"]));

        Assert.Equal("events.out.tfevents.1700000000.tapestry.000", Path.GetFileName(train));
        Assert.Equal(
            [
                "1700000000 0 version brain.Event:2", "1700000000 0 start",
                "1700000000 0 epoch_loss 0.5", "1700000000 0 epoch_accuracy 0.75", "1700000000 0 epoch_learning_rate 0.001",
                "1700000000 299 epoch_loss 0.25", "1700000000 299 epoch_accuracy 1", "1700000000 299 epoch_learning_rate 0.0005",
            ],
            Read(train));
        Assert.Equal(["1700000000 0 version brain.Event:2", "1700000000 0 start", "1700000000 0 epoch_loss 0.625", "1700000000 299 epoch_loss NaN"], Read(validation));
    }

    // TensorBoard drops what the files before have from the step of the start on: an epoch that is trained again is drawn once.
    [Fact]
    public void A_training_that_goes_on_writes_a_file_of_its_own_that_starts_at_its_first_step()
    {
        using TestFolder folder = new();
        foreach (int epoch in (int[])[1, 200])
        {
            TensorBoard board = new(folder["board"]) { Clock = new Stopped(5) };
            board.OnTrainBegin();
            board.OnEpochEnd(Epoch(epoch, ("loss", epoch)));
        }

        string[] files = [.. Directory.GetFiles(folder["board/train"]).Order(StringComparer.Ordinal)];

        Assert.Equal(2, files.Length);
        Assert.Equal(["5 0 version brain.Event:2", "5 199 start", "5 199 epoch_loss 200"], Read(files[1]));
    }

    [Fact]
    public void One_that_sees_a_second_training_begins_a_file_for_it_too()
    {
        using TestFolder folder = new();
        TensorBoard board = new(folder["board"]) { Clock = new Stopped(5) };

        foreach (int epoch in (int[])[1, 3])
        {
            board.OnTrainBegin();
            board.OnEpochEnd(Epoch(epoch, ("loss", epoch)));
        }

        string[] files = [.. Directory.GetFiles(folder["board/train"]).Order(StringComparer.Ordinal)];
        Assert.Equal(["5 0 version brain.Event:2", "5 0 start", "5 0 epoch_loss 1"], Read(files[0]));
        Assert.Equal(["5 0 version brain.Event:2", "5 2 start", "5 2 epoch_loss 3"], Read(Assert.Single(files[1..])));
    }

    [Fact]
    public void A_training_writes_what_its_history_has()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();

        trainer.Fit(Problem.Points(30, seed: 1), epochs: 3, validationSplit: 0.2, callbacks: [new TensorBoard(folder["board"])]);

        string[] lines = Read(Assert.Single(Directory.GetFiles(folder["board/validation"])));
        Assert.Equal(2 + (3 * 2), lines.Length);
        Assert.EndsWith(FormattableString.Invariant($" 2 epoch_accuracy {(float)trainer.History["val_accuracy"][2]}"), lines[^1], StringComparison.Ordinal);
    }

    private static EpochRecord Epoch(int number, params (string Name, double Value)[] values) => new(number, [.. values.Select(value => KeyValuePair.Create(value.Name, value.Value))], Seconds: 1);

    /// <summary>The events of a file, one a text: time, step, and what they say. Fails where a length or a checksum is wrong.</summary>
    private static string[] Read(string path)
    {
        List<string> events = [];
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        while (rest.Length > 0)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            Assert.Equal(Masked(Crc32C(rest[..8])), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            ReadOnlySpan<byte> payload = rest.Slice(12, length);
            Assert.Equal(Masked(Crc32C(payload)), BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]));
            rest = rest[(16 + length)..];
            events.Add(Describe(Fields(payload.ToArray())));
        }

        return [.. events];
    }

    private static string Describe(Dictionary<int, byte[]> fields)
    {
        long step = fields.TryGetValue(2, out byte[]? varint) ? (long)BinaryPrimitives.ReadUInt64LittleEndian(varint) : 0;
        string what = fields.TryGetValue(3, out byte[]? version) ? $"version {Encoding.UTF8.GetString(version)}"
            : fields.TryGetValue(7, out byte[]? log) ? BinaryPrimitives.ReadUInt64LittleEndian(Fields(log)[1]) == 1 ? "start" : "another session"
            : Scalar(Fields(Fields(fields[5])[1]));
        return FormattableString.Invariant($"{BinaryPrimitives.ReadDoubleLittleEndian(fields[1])} {step} {what}");
    }

    private static string Scalar(Dictionary<int, byte[]> value) => FormattableString.Invariant($"{Encoding.UTF8.GetString(value[1])} {BinaryPrimitives.ReadSingleLittleEndian(value[2])}");

    /// <summary>A message's fields by number; a varint as 8 bytes.</summary>
    private static Dictionary<int, byte[]> Fields(byte[] message)
    {
        Dictionary<int, byte[]> fields = [];
        int at = 0;
        while (at < message.Length)
        {
            ulong key = Varint();
            byte[] content;
            switch (key & 7)
            {
                case 0: content = BitConverter.GetBytes(Varint()); break;
                case 1: content = message[at..(at += 8)]; break;
                case 2: int length = (int)Varint(); content = message[at..(at += length)]; break;
                case 5: content = message[at..(at += 4)]; break;
                default: throw new InvalidDataException($"wire type {key & 7}");
            }

            fields.Add((int)(key >> 3), content);
        }

        return fields;

        ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte one = message[at++];
                value |= (ulong)(one & 0x7f) << shift;
                if (one < 0x80) return value;
            }
        }
    }

    private static uint Masked(uint crc) => unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);

    /// <summary>Bit by bit, by the reversed polynomial 0x82f63b78.</summary>
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xffffffff;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
        }

        return ~crc;
    }

    private sealed class Stopped(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
