using System.Buffers.Binary;
using System.Text;

namespace Tapestry.Training.Tests;

public class CheckpointChecksumTests
{
    private static readonly Dictionary<string, string> Options = new() { ["note"] = "two\nlines & a <sign>" };

    [Fact]
    public void It_is_the_digest_of_the_file_with_zeros_in_its_place()
    {
        byte[] whole = Bytes(epochs: 1), zeros = [.. whole];
        zeros.AsSpan(CheckpointSeal.DigitsAt, 64).Fill((byte)'0');

        Assert.Equal(whole, CheckpointSeal.Seal(zeros));
        Load(whole);
    }

    // One bit of every byte, so of every kind of place: the length, the opening, the digits, keys, texts, escapes, offsets, blanks, weights, the optimizer's state.
    [Fact]
    public void A_changed_bit_anywhere_is_noticed()
    {
        byte[] whole = Bytes(epochs: 1);
        List<int> unnoticed = [];
        using TestFolder folder = new();

        for (int position = 0; position < whole.Length; position++)
        {
            whole[position] ^= (byte)(1 << (position % 8));
            File.WriteAllBytes(folder["checkpoint.safetensors"], whole);
            Exception? error = Record.Exception(() => Checkpoint.Load(folder["checkpoint.safetensors"]));
            whole[position] ^= (byte)(1 << (position % 8));
            if (error is not FormatException || error.Message.Contains('\n') || !error.Message.StartsWith("checkpoint.safetensors: expected ", StringComparison.Ordinal)) unnoticed.Add(position);
        }

        Assert.Empty(unnoticed);
    }

    // A small letter of an escape made large is the same text to whoever reads JSON, a changed weight is a number as good as any: only the checksum tells.
    [Fact]
    public void What_reads_as_well_as_before_is_noticed_too()
    {
        byte[] whole = Bytes(epochs: 1), escape = [.. whole], weight = [.. whole];
        escape[escape.AsSpan().IndexOf("\\u003C"u8) + 5] ^= 0x20;
        weight[^1] ^= 1;

        foreach (byte[] changed in (byte[][])[escape, weight])
        {
            Assert.Equal(
                "checkpoint.safetensors: expected a checkpoint as it was written, got one that has changed since: its checksum is another's.",
                Assert.Throws<FormatException>(() => Load(changed)).Message);
            Load(CheckpointSeal.Seal(changed));
        }
    }

    [Fact]
    public void A_checkpoint_without_a_checksum_where_it_belongs_is_refused()
    {
        using TestFolder folder = new();
        string path = folder["checkpoint.safetensors"];
        File.WriteAllBytes(path, Bytes(epochs: 1));
        (var tensors, var metadata) = SafeTensors.Read(path);
        foreach (var texts in (IEnumerable<KeyValuePair<string, string>>[])[metadata.Where(pair => pair.Key != "checksum"), metadata.Reverse()])
        {
            using (FileStream stream = File.Create(path)) SafeTensors.Write(stream, tensors, texts);
            Assert.Contains("expected a header that begins with a checksum, got one that does not", Assert.Throws<FormatException>(() => Checkpoint.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_checkpoint_before_is_gone_on_from_and_that_is_said_wherever_the_last_one_has_changed()
    {
        using TestFolder folder = new();
        RunFolder run = new(folder.Path);
        Trainer trainer = Problem.Trainer();
        trainer.Fit(Problem.Points(20, seed: 1));
        run.Save(trainer, Options);
        trainer.Fit(Problem.Points(20, seed: 1));
        run.Save(trainer, Options);
        byte[] whole = File.ReadAllBytes(folder["checkpoint.safetensors"]);
        int data = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        int[] places = [0, 3, 8, 12, CheckpointSeal.DigitsAt, CheckpointSeal.DigitsAt + 63, Find("format"), Find("Dense"), Find("loss"), Find("F32"), Find("data_offsets"), Find("weights/"), Find("optimizer/"), data - 1, data, (data + whole.Length) / 2, whole.Length - 1];

        foreach (int place in places)
        {
            byte[] changed = [.. whole];
            changed[place] ^= 1;
            File.WriteAllBytes(folder["checkpoint.safetensors"], changed);
            List<string> notes = [];

            Checkpoint loaded = new RunFolder(folder.Path).Load(notes.Add);

            Assert.Single(loaded.History.Epochs);
            string note = Assert.Single(notes);
            Assert.StartsWith("checkpoint.safetensors: expected ", note, StringComparison.Ordinal);
            Assert.EndsWith("Going on from the one before, checkpoint.previous.safetensors, with 1 epochs done.", note, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', note);
        }

        int Find(string text) => whole.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) is >= 0 and int at ? at : throw new InvalidOperationException(text);
    }

    private static byte[] Bytes(int epochs)
    {
        Trainer trainer = Problem.Trainer();
        trainer.Fit(Problem.Points(20, seed: 1), epochs);
        using MemoryStream stream = new();
        Checkpoint.Save(stream, trainer, Options);
        return stream.ToArray();
    }

    private static void Load(byte[] bytes)
    {
        using TestFolder folder = new();
        File.WriteAllBytes(folder["checkpoint.safetensors"], bytes);
        Checkpoint.Load(folder["checkpoint.safetensors"]);
    }
}
