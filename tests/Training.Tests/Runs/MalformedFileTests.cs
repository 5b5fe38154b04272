using System.Buffers.Binary;
using System.Text;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>
/// A thousand malformed files of each kind, made of good ones by a seed: each is refused in one line by the file's name, or reads as something that is valid by itself, and nobody
/// believes a header: no more is allocated than a megabyte and ten times the bytes that are there.
/// </summary>
public class MalformedFileTests
{
    private const int Count = 1000;
    private const long Room = 1 << 20;
    private const int PerByte = 10;
    private const string FileName = "a.safetensors";

    [Fact]
    public void A_thousand_malformed_safetensors_are_refused_or_read_as_what_they_say()
    {
        byte[] good = Written(
            [
                KeyValuePair.Create("dense/kernel", Tensor.Zeros([3, 4])), KeyValuePair.Create("dense/bias", Tensor.Zeros([4], DType.F64)), KeyValuePair.Create("empty", Tensor.Zeros([0, 2])),
                KeyValuePair.Create("labels", Tensor.Zeros([5], DType.U8)), KeyValuePair.Create("step", Tensor.Scalar(3, DType.I32)),
            ],
            [KeyValuePair.Create("format", "pt"), KeyValuePair.Create("note", "a <b>")]);

        int refused = Damage(good, isSealed: false, path =>
        {
            (var tensors, var metadata) = SafeTensors.Read(path);
            return () =>
            {
                // What was read is what the file says, as writing it and reading that gives the same, and not a byte of the file's data is left over.
                byte[] again = Written(tensors, metadata);
                File.WriteAllBytes(path + ".again", again);
                (var tensorsAgain, var metadataAgain) = SafeTensors.Read(path + ".again");
                Assert.Equal(metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), metadataAgain.OrderBy(pair => pair.Key, StringComparer.Ordinal));
                foreach ((var expected, var actual) in tensors.Zip(tensorsAgain, (a, b) => (a, b)))
                {
                    Assert.Equal(expected.Key, actual.Key);
                    Expect.SameBits(expected.Value, actual.Value);
                }

                byte[] file = File.ReadAllBytes(path);
                Assert.Equal(file.Length - 8 - BinaryPrimitives.ReadInt64LittleEndian(file), tensors.Sum(pair => (long)pair.Value.ByteLength));
            };
        });

        Assert.InRange(refused, Count / 2, Count - 1);
    }

    [Fact]
    public void A_thousand_malformed_checkpoints_are_refused()
    {
        int refused = Damage(GoodCheckpoint(), isSealed: false, path => Checkpoint.Load(path) is { } ? () => Assert.Equal(GoodCheckpoint(), File.ReadAllBytes(path)) : null!);

        // Only what ends up as it was, such as two equal numbers swapped, is loaded.
        Assert.True(refused > Count * 9 / 10, $"{refused}");
    }

    // As somebody would send them who knows how to compute a checksum.
    [Fact]
    public void A_thousand_malformed_checkpoints_with_the_right_checksum_are_refused_or_can_be_trained_on()
    {
        int refused = Damage(GoodCheckpoint(), isSealed: true, path =>
        {
            Checkpoint loaded = Checkpoint.Load(path);
            Trainer trainer = new(loaded.Model, Problem.Optimizer("adam"), Losses.SparseCategoricalCrossentropy);
            try
            {
                loaded.RestoreTo(trainer);
            }
            catch (FormatException error)
            {
                // It has no file's name to tell.
                throw new FormatException($"{Path.GetFileName(path)}: expected a whole checkpoint, got a damaged one: {error.Message}", error);
            }

            return () => Written([.. loaded.Model.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value))], []);
        });

        Assert.InRange(refused, Count / 2, Count - 1);
    }

    // Many tensors make the header most of the file.
    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("x", false)]
    public void A_header_of_thousands_of_tensors_takes_no_more_than_ten_times_its_length(string behind, bool isInMetadata)
    {
        KeyValuePair<string, Tensor>[] tensors = [.. Enumerable.Range(0, isInMetadata ? 0 : 20_000).Select(i => KeyValuePair.Create($"layer_{i}/kernel", Tensor.Zeros([1], DType.U8)))];
        KeyValuePair<string, string>[] metadata = [.. Enumerable.Range(0, isInMetadata ? 20_000 : 0).Select(i => KeyValuePair.Create($"key_{i}", "a text of some length"))];
        using TestFolder folder = new();
        File.WriteAllBytes(folder[FileName], [.. Written(tensors, metadata), .. Encoding.ASCII.GetBytes(behind)]);
        long length = new FileInfo(folder[FileName]).Length, before = GC.GetAllocatedBytesForCurrentThread();

        Exception? error = Record.Exception(() => SafeTensors.Read(folder[FileName]));

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(behind.Length > 0, error is FormatException);
        Assert.True(allocated <= Room + (PerByte * length), $"{allocated} for {length}");
    }

    /// <summary>Reads a thousand damaged files, and gives how many were refused.</summary>
    /// <param name="good">A good one.</param>
    /// <param name="isSealed">Whether checkpoints get the checksum that they should have.</param>
    /// <param name="read">Reads one, and gives what to check where that succeeds.</param>
    private static int Damage(byte[] good, bool isSealed, Func<string, Action> read)
    {
        using TestFolder folder = new();
        Random random = new(20_261);
        int refused = 0;
        File.WriteAllBytes(folder[FileName], good);
        read(folder[FileName])();
        for (int i = 0; i < Count; i++)
        {
            string kind = Mutator.Kinds[i % Mutator.Kinds.Count];
            byte[] bad = Damaged(good, kind, random);
            if (isSealed) bad = CheckpointSeal.Seal(bad);
            File.WriteAllBytes(folder[FileName], bad);
            Action? check = null;
            long before = GC.GetAllocatedBytesForCurrentThread();

            Exception? error = Record.Exception(() => check = read(folder[FileName]));

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            string told = $"{i}, {kind}: {allocated} bytes allocated for {bad.Length}, {error}";
            Assert.True(allocated <= Room + (PerByte * (long)bad.Length), told);
            if (error is null)
            {
                check!();
                continue;
            }

            refused++;
            Assert.True(error is FormatException, told);
            Assert.True(error.Message.StartsWith($"{FileName}: expected ", StringComparison.Ordinal) && error.Message.Contains(", got ", StringComparison.Ordinal), told);
            Assert.False(error.Message.Any(char.IsControl), told);
        }

        return refused;
    }

    /// <summary>Damage anywhere; or in the header, whose length is put right, so that what is wrong is not only that.</summary>
    private static byte[] Damaged(byte[] good, string kind, Random random)
    {
        if (random.Next(3) == 0) return Mutator.Mutate(good, kind, random);
        int end = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        byte[] header = Mutator.Mutate(good[8..end], kind, random), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. good[end..]];
    }

    private static byte[] GoodCheckpoint()
    {
        Trainer trainer = Problem.Trainer();
        trainer.Fit(Problem.Points(20, seed: 1), epochs: 1);
        using MemoryStream stream = new();
        Checkpoint.Save(stream, trainer, new Dictionary<string, string> { ["epochs"] = "5" });
        return stream.ToArray();
    }

    private static byte[] Written(IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        using MemoryStream stream = new();
        SafeTensors.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
