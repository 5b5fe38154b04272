using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace Tapestry.Mlp.Tests;

/// <summary>A small run, trained once.</summary>
public sealed class SmallRun : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Checkpoint => Path.Combine(folder["run"], "checkpoint.safetensors");

    /// <summary>A model of 28 by 28 inputs with few weights, so that headers are most of the checkpoint.</summary>
    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(folder["small.json"], """
            {"class_name": "Sequential", "config": {"layers": [
              {"class_name": "Flatten", "config": {"batch_input_shape": [null, 28, 28]}},
              {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]}}
            """);
        MlpRun run = await MlpRun.Of("train", "--model", folder["small.json"], "--data", "synthetic:20", "--epochs", "1", "--output", folder["run"]);
        Assert.True(run.Status == 0, run.Error);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => folder.Dispose();

    /// <summary>A run's folder with this checkpoint alone.</summary>
    internal static string Put(TemporaryFolder other, byte[] checkpoint)
    {
        Directory.CreateDirectory(other["run"]);
        File.WriteAllBytes(Path.Combine(other["run"], "checkpoint.safetensors"), checkpoint);
        return other["run"];
    }
}

/// <summary>Damaged runs, and damaged images given to a good one.</summary>
public partial class HostileRunTests(SmallRun small) : IClassFixture<SmallRun>
{
    private const int Prefix = 8;

    private byte[] Whole => File.ReadAllBytes(small.Checkpoint);

    [Fact]
    public async Task A_damaged_checkpoint_is_refused_by_whatever_reads_it()
    {
        byte[] whole = Whole;
        int header = Prefix + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        byte[] Edited(string text, string by) => Edit(whole, header, text, by);
        (string Case, byte[] Checkpoint)[] cases =
        [
            ("an empty file", []),
            ("a bit of the last weight changed", [.. whole[..^1], (byte)(whole[^1] ^ 1)]),
            ("cut inside the header's length", whole[..7]),
            ("cut behind the header's length", whole[..8]),
            ("cut inside the header", whole[..(header / 2)]),
            ("cut behind the header", whole[..header]),
            ("cut inside the weights", whole[..((header + whole.Length) / 2)]),
            ("cut by a byte", whole[..^1]),
            ("a byte more", [.. whole, 0]),
            ("a header of 2^64 - 1 bytes", [.. Enumerable.Repeat((byte)255, Prefix), .. whole[Prefix..]]),
            ("a header of no bytes", [.. new byte[Prefix], .. whole[Prefix..]]),
            ("a web page", Encoding.UTF8.GetBytes("<!DOCTYPE html>\n<html></html>\n")),
            ("text", Encoding.UTF8.GetBytes(new string('a', 4096))),
            ("zeros", new byte[4096]),
            ("a header that is a list", WithHeader("[]")),
            ("an empty header", WithHeader("{}")),
            ("another program's weights", WithHeader("""{"__metadata__":{"format":"pt"}}""")),
            ("a tensor described by a number", WithHeader("""{"a":1}""")),
            ("a tensor of a terabyte", WithHeader("""{"a":{"dtype":"F32","shape":[500000,500000],"data_offsets":[0,1000000000000]}}""")),
            ("another format", Edited("tapestry.checkpoint.1", "tapestry.checkpoint.2")),
            ("no model", Edited("\"model\":", "\"modle\":")),
            ("no options", Edited("\"options\":", "\"opsions\":")),
            ("no iterations", Edited("\"iterations\":", "\"itirations\":")),
            ("iterations that are no number", Edited("\"iterations\":\"", "\"iterations\":\"x")),
            ("no weights of a name", Edited("\"weights/dense/kernel\"", "\"weights/danse/kernel\"")),
            ("weights of another type", Edited("\"F32\"", "\"F64\"")),
            ("weights of an unknown type", Edited("\"F32\"", "\"BF1\"")),
            ("an option's name", Edited("\\u0022data\\u0022", "\\u0022date\\u0022")),
            ("a size that is no number", Edited("\\u0022batch_size\\u0022:\\u002232\\u0022", "\\u0022batch_size\\u0022:\\u0022many\\u0022")),
        ];
        List<string> lines = [];
        foreach ((string what, byte[] checkpoint) in cases)
        {
            using TemporaryFolder folder = new();
            string run = SmallRun.Put(folder, checkpoint);

            string message = await HostileRefusal.Expect(what, folder, "evaluate", run);

            // The lengths depend on the length of the temporary folder's name, which the run keeps.
            string told = FileLength().Replace(message, "file's N bytes");
            lines.Add($"{what}:\n  {(what.StartsWith("cut", StringComparison.Ordinal) ? HeaderLength().Replace(told, "one of N bytes") : told)}");
            Assert.Equal(message, await HostileRefusal.Expect(what, folder, "predict", run));
            Assert.Equal(message, await HostileRefusal.Expect(what, folder, "train", "--resume", run));
        }

        await Verifier.Verify(string.Join("\n", lines));
    }

    [Fact]
    public async Task A_flipped_bit_in_the_header_is_refused_or_gives_an_answer_but_never_an_error_of_the_programs_own()
    {
        byte[] whole = Whole;
        int header = Prefix + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        using TemporaryFolder folder = new();
        int refused = 0;
        List<string> wrong = [];
        for (int i = 0; i < header; i += 3)
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= (byte)(1 << (i % 7));
            flipped = CheckpointSeal.Seal(flipped);

            MlpRun run = await MlpRun.Of("evaluate", SmallRun.Put(folder, flipped), "--data", "synthetic:5");

            bool answered = run.Status == 0 && run.Error.Length == 0;
            bool isRefused = run.Status == 2 && run.Output.Length == 0 && run.Error.StartsWith("mlp: ", StringComparison.Ordinal) && run.Error.Count(letter => letter == '\n') <= HostileRefusal.MostLines;
            if (isRefused) refused++;
            else if (!answered) wrong.Add($"bit {i % 7} of byte {i}: status {run.Status}, {run.Error}");
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(refused > header / 9, $"{refused} refused of {header / 3}");
    }

    [Fact]
    public async Task A_run_without_a_checkpoint_and_one_whose_checkpoint_is_a_folder_are_told()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder["run"], "checkpoint.safetensors"));

        Assert.Equal("mlp: DIR/run: expected a run with checkpoint.safetensors, got a folder without one.", (await HostileRefusal.Expect("a folder", folder, "evaluate", folder["run"])).Replace('\\', '/'));
        Assert.Contains("DIR", await HostileRefusal.Expect("nothing", folder, "predict", folder.Path), StringComparison.Ordinal);
        Assert.Contains("got no folder of that name", await HostileRefusal.Expect("no run", folder, "train", "--resume", folder["none"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_new_total_of_epochs_of_a_run_that_goes_on_is_checked_like_the_first()
    {
        using TemporaryFolder folder = new();
        string run = SmallRun.Put(folder, Whole);

        await HostileRefusal.Expect("no epochs", folder, "train", "--resume", run, "--epochs", "0");
        await HostileRefusal.Expect("half an epoch", folder, "train", "--resume", run, "--epochs", "0.5");
    }

    [Fact]
    public async Task Data_of_another_size_than_the_runs_are_refused()
    {
        using TemporaryFolder folder = new();
        string run = SmallRun.Put(folder, Whole);
        Directory.CreateDirectory(folder["data"]);
        foreach ((string part, byte count) in (ReadOnlySpan<(string, byte)>)[("train", 2), ("t10k", 1)])
        {
            File.WriteAllBytes(Path.Combine(folder["data"], $"{part}-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, 1, .. new byte[count]]);
            File.WriteAllBytes(Path.Combine(folder["data"], $"{part}-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, count, .. new byte[count]]);
        }

        Assert.EndsWith("expected examples of shape [28, 28], which the run was trained on, got [1, 1].", await HostileRefusal.Expect("evaluate", folder, "evaluate", run, "--data", folder["data"]), StringComparison.Ordinal);
        Assert.StartsWith("mlp: --model bn-after: expected a model for examples of shape [1, 1]", await HostileRefusal.Expect("train", folder, "train", "--data", folder["data"], "--output", folder["other"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_is_none_or_not_of_the_runs_size_is_refused()
    {
        byte[] pixels = new byte[28 * 28];
        byte[] idx = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28, .. pixels];
        (string Case, byte[]? Image, string Index)[] cases =
        [
            ("no file", null, "0"),
            ("an empty file", [], "0"),
            ("text", "not an image"u8.ToArray(), "0"),
            ("a PNG image", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], "0"),
            ("a PPM image", "P6 1 1 255\nabc"u8.ToArray(), "0"),
            ("PGM: the signature alone", "P5"u8.ToArray(), "0"),
            ("PGM: no height", "P2 28"u8.ToArray(), "0"),
            ("PGM: a width of 0", "P2 0 28 255"u8.ToArray(), "0"),
            ("PGM: a width far beyond the file", "P5 16384 16384 255\n"u8.ToArray(), "0"),
            ("PGM: a width beyond 32 bits", "P5 4294967324 28 255\n"u8.ToArray(), "0"),
            ("PGM: 16 bits", "P5 28 28 65535\n"u8.ToArray(), "0"),
            ("PGM: too few pixels", [.. "P5 28 28 255\n"u8, .. pixels[1..]], "0"),
            ("PGM: too many pixels", [.. "P5 28 28 255\n"u8, .. pixels, 0], "0"),
            ("PGM: a pixel above white", [.. "P5 28 28 100\n"u8, .. pixels[1..], 101], "0"),
            ("PGM: a pixel that is no number", Encoding.ASCII.GetBytes($"P2 28 28 255 {string.Join(' ', pixels[1..])} white"), "0"),
            ("PGM: an image of 2 by 2", [.. "P5 2 2 255\n"u8, 1, 2, 3, 4], "0"),
            ("PGM: a second image", [.. "P5 28 28 255\n"u8, .. pixels], "1"),
            ("IDX: labels", [0, 0, 8, 1, 0, 0, 0, 1, 7], "0"),
            ("IDX: one image without a count", [0, 0, 8, 2, 0, 0, 0, 28, 0, 0, 0, 28, .. pixels], "0"),
            ("IDX: of numbers that are no pixels", [0, 0, 0x0C, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9], "0"),
            ("IDX: no images", [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28], "0"),
            ("IDX: an image behind the last", idx, "1"),
            ("IDX: cut off", idx[..100], "0"),
            ("IDX: of 14 by 56", [.. idx[..11], 14, .. idx[12..15], 56, .. pixels], "0"),
        ];
        List<string> lines = [];
        foreach ((string what, byte[]? image, string index) in cases)
        {
            using TemporaryFolder folder = new();
            string run = SmallRun.Put(folder, Whole);
            if (image is not null) await File.WriteAllBytesAsync(folder["image"], image);

            lines.Add($"{what}:\n  {await HostileRefusal.Expect(what, folder, "predict", run, "--image", folder["image"], "--index", index)}");
        }

        using TemporaryFolder last = new();
        lines.Add($"a test example behind the last:\n  {await HostileRefusal.Expect("an index", last, "predict", SmallRun.Put(last, Whole), "--index", "4")}");
        lines.Add($"a folder:\n  {await HostileRefusal.Expect("a folder", last, "predict", last["run"], "--image", last["run"])}");
        await Verifier.Verify(string.Join("\n", lines));
    }

    [UnixFact]
    public async Task A_device_and_a_pipe_under_an_images_name_are_not_waited_for()
    {
        using TemporaryFolder folder = new();
        string run = SmallRun.Put(folder, Whole);
        File.CreateSymbolicLink(folder["endless"], "/dev/zero");
        HostileFiles.MakePipe(folder["pipe"]);

        foreach (string name in (string[])["endless", "pipe"])
        {
            Assert.StartsWith($"mlp: --image: {name}: expected an IDX file, got an empty file or a device.", await HostileRefusal.Expect(name, folder, "predict", run, "--image", folder[name]), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"file's \d+ bytes")]
    private static partial Regex FileLength();

    [GeneratedRegex(@"one of \d+ bytes")]
    private static partial Regex HeaderLength();

    private static byte[] WithHeader(string json) => [(byte)json.Length, .. new byte[Prefix - 1], .. Encoding.UTF8.GetBytes(json)];

    /// <summary>A checkpoint with its header's text changed where it occurs first, and its length set right.</summary>
    private static byte[] Edit(byte[] whole, int header, string text, string by)
    {
        string json = Encoding.UTF8.GetString(whole, Prefix, header - Prefix);
        int at = json.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{text} in {json}");
        byte[] edited = Encoding.UTF8.GetBytes(json[..at] + by + json[(at + text.Length)..]);
        byte[] length = new byte[Prefix];
        BinaryPrimitives.WriteInt64LittleEndian(length, edited.Length);

        // Sealed anew, so that what is wrong is looked at, and not only that something has changed.
        return CheckpointSeal.Seal([.. length, .. edited, .. whole[header..]]);
    }
}
