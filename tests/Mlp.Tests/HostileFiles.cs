using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Tapestry.Mlp.Tests;

/// <summary>A folder of four good files with one thing wrong.</summary>
/// <param name="Case">What is wrong, in words.</param>
/// <param name="File">The file that a message must name.</param>
/// <param name="Put">Does it to a folder of good files.</param>
internal sealed record Hostile(string Case, string File, Action<TemporaryFolder> Put);

/// <summary>Makes damaged and hostile files out of good ones: tiny sets of digits in MNIST's form, twenty to train on and five to test with.</summary>
internal static class HostileFiles
{
    public const string TrainImages = "train-images-idx3-ubyte", TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";

    private const int TrainCount = 20, TestCount = 5, Side = 28;
    private const int ImageHeader = 16, LabelHeader = 8;
    private const int GzipHeader = 10, GzipTrailer = 8;
    private const int Megabyte = 1 << 20;

    private const string Page = "<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n";

    private static readonly Dictionary<string, byte[]> Good = new()
    {
        [TrainImages] = Images(TrainCount),
        [TrainLabels] = Labels(TrainCount),
        [TestImages] = Images(TestCount),
        [TestLabels] = Labels(TestCount),
    };

    /// <summary>What can lie on any system's disk.</summary>
    public static IEnumerable<Hostile> Portable => [.. Headers, .. Products, .. Truncations, .. Compressed, .. Bombs, .. OtherKinds, .. Contents];

    /// <summary>What only Unix has: links, devices, pipes.</summary>
    public static IEnumerable<Hostile> Unix =>
    [
        Linked("a link to an endless device", TrainImages, "/dev/zero"),
        Linked("a link to an endless device under the packed name", TestLabels + ".gz", "/dev/zero"),
        Linked("a link to an empty device", TrainLabels, "/dev/null"),
        Linked("a link that leads nowhere", TestImages, "nowhere"),
        Linked("a link that leads nowhere under the packed name", TrainLabels + ".gz", "nowhere"),
        Linked("a link to itself", TestLabels, TestLabels),
        Linked("a link to a folder", TrainImages, "."),
        new("a pipe that nobody writes into", TrainLabels, folder => MakePipe(Emptied(folder, TrainLabels))),
    ];

    /// <summary>What looks unusual and is right.</summary>
    public static IEnumerable<Hostile> Valid =>
    [
        Replaced("two members, cut inside the header", TrainImages + ".gz", good => [.. Pack(good.AsSpan(0, 7)), .. Pack(good.AsSpan(7))]),
        Replaced("two members, cut inside the data", TestLabels + ".gz", good => [.. Pack(good.AsSpan(0, 10)), .. Pack(good.AsSpan(10))]),
        Replaced("three members, the middle one empty and stored", TestImages + ".gz", good => [.. Pack(good.AsSpan(0, 99)), .. Store(), .. Pack(good.AsSpan(99))]),
        Replaced("a member without compression", TrainLabels + ".gz", good => Store(good)),
        Replaced("a member with its file's name", TrainLabels + ".gz", good => [.. Store(good)[..3], 8, .. new byte[6], (byte)'a', 0, .. Store(good)[GzipHeader..]]),
        Replaced("packed without the name's ending", TrainImages, good => Pack(good)),
        Replaced("plain under the packed name", TestImages + ".gz", good => good),
    ];

    private static IEnumerable<Hostile> Headers =>
    [
        Replaced("first byte 1", TrainImages, good => With(good, 0, 1)),
        Replaced("second byte 1", TestLabels, good => With(good, 1, 1)),
        Replaced("type 00", TrainImages, good => With(good, 2, 0)),
        Replaced("type 07", TrainLabels, good => With(good, 2, 7)),
        Replaced("type 09, signed bytes", TestImages, good => With(good, 2, 9)),
        Replaced("type 0b, 16-bit integers", TestLabels, good => With(good, 2, 0x0B)),
        Replaced("type 0c, 32-bit integers, which would be four times as long", TrainImages, good => With(good, 2, 0x0C)),
        Replaced("type 0d, as long as it says", TrainLabels, _ => [0, 0, 0x0D, 1, .. Word(TrainCount), .. new byte[4 * TrainCount]]),
        Replaced("type 0e, eight times as long", TestImages, good => With(good, 2, 0x0E)),
        Replaced("type ff", TestLabels, good => With(good, 2, 0xFF)),
        Replaced("no axes", TrainImages, good => With(good, 3, 0)),
        Replaced("one axis of images", TrainImages, good => With(good, 3, 1)),
        Replaced("two axes of images", TestImages, good => With(good, 3, 2)),
        Replaced("four axes of images", TrainImages, good => With(good, 3, 4)),
        Replaced("255 axes", TestLabels, good => With(good, 3, 255)),
        Replaced("three axes of labels", TrainLabels, good => With(good, 3, 3)),
        Replaced("a header in the wrong byte order", TrainImages, good => [3, 8, 0, 0, TrainCount, 0, 0, 0, Side, 0, 0, 0, Side, 0, 0, 0, .. good[ImageHeader..]]),
        Replaced("one image fewer declared", TestImages, good => WithSize(good, 0, TestCount - 1), named: TestLabels),
        Replaced("one image more declared", TestImages, good => WithSize(good, 0, TestCount + 1)),
        Replaced("no images declared", TrainImages, good => WithSize(good, 0, 0)),
        Replaced("a count of 2^31", TrainImages, good => WithSize(good, 0, 1u << 31)),
        Replaced("a count of 2^32 - 1", TrainLabels, good => WithSize(good, 0, uint.MaxValue)),
        Replaced("a height of 0", TrainImages, good => WithSize(good, 1, 0)),
        Replaced("a height of 27", TestImages, good => WithSize(good, 1, 27)),
        Replaced("a height of 29", TrainImages, good => WithSize(good, 1, 29)),
        Replaced("a width of 0", TestImages, good => WithSize(good, 2, 0)),
        Replaced("a width of 1", TrainImages, good => WithSize(good, 2, 1)),
        Replaced("a width of 2^32 - 1", TestImages, good => WithSize(good, 2, uint.MaxValue)),
        Replaced("one label fewer declared", TrainLabels, good => WithSize(good, 0, TrainCount - 1)),
        Replaced("no labels declared", TestLabels, good => WithSize(good, 0, 0)),
    ];

    // 784 images' bytes are 16 · 49, so 2²⁸ more images leave the product the same in 32 bits.
    private static IEnumerable<Hostile> Products =>
    [
        Replaced("a product that is right in 32 bits", TrainImages, good => WithSize(good, 0, TrainCount + (1 << 28))),
        Replaced("a product that is 0 in 32 bits", TestImages, good => WithSizes(good, 65536, 65536, 1)),
        Replaced("a product that is 0 in 64 bits", TrainImages, good => WithSizes(good, 1 << 22, 1 << 21, 1 << 21)),
        Replaced("a product of four axes that is 0 in 64 bits", TrainImages, _ => [0, 0, 8, 4, .. Word(65536), .. Word(65536), .. Word(65536), .. Word(65536)]),
        Replaced("a product beyond 64 bits", TestImages, good => WithSizes(good, int.MaxValue, int.MaxValue, int.MaxValue)),
        Replaced("a product just above what an array holds", TrainImages, good => WithSizes(good, 2, 1 << 15, 1 << 15)),
        Replaced("a gigabyte declared", TrainImages, good => WithSizes(good, 1 << 20, 32, 32)),
        Replaced("a hundred megabytes of labels declared", TrainLabels, good => WithSize(good, 0, 100_000_000)),
        Replaced("two gigabytes of labels declared", TestLabels, good => WithSize(good, 0, int.MaxValue)),
        Replaced("a product that is 0 in 32 bits, packed", TestImages + ".gz", good => Store(WithSizes(good, 65536, 65536, 1))),
        Replaced("a product beyond 64 bits, packed", TrainImages + ".gz", good => Store(WithSizes(good, int.MaxValue, int.MaxValue, int.MaxValue))),
        Replaced("a gigabyte of labels declared, packed", TestLabels + ".gz", good => Store(WithSize(good, 0, 1_000_000_000))),
        Replaced("sixty thousand images declared, packed", TrainImages + ".gz", good => Store(WithSize(good, 0, 60_000))),
    ];

    private static IEnumerable<Hostile> Truncations =>
    [
        Replaced("an empty file", TrainImages, _ => []),
        Replaced("an empty file under the packed name", TestImages + ".gz", _ => []),
        .. ((int[])[1, 2, 3, 4, 7, 8, 12, 15, 16, 17, 16 + (TrainCount * Side * Side / 2), 15 + (TrainCount * Side * Side)])
            .Select(length => Replaced($"images cut after {length} bytes", TrainImages, good => good[..length])),
        .. ((int[])[3, 4, 7, 8, 12]).Select(length => Replaced($"labels cut after {length} bytes", TestLabels, good => good[..length])),
        Replaced("one byte more", TrainImages, good => [.. good, 0]),
        Replaced("one label more", TestLabels, good => [.. good, 1]),
        Replaced("a second file behind the first", TrainLabels, good => [.. good, .. good]),
    ];

    private static IEnumerable<Hostile> Compressed =>
    [
        // The labels' gzip in full is 10 bytes of header, 1 + 4 of block, 28 of data and 8 of trailer: 51.
        .. ((int[])[1, 2, 3, 4, 8, 9, 10, 11, 13, 14, 15, 16, 23, 42, 43, 46, 47, 50])
            .Select(length => Replaced($"packed labels cut after {length} of 51 bytes", TrainLabels + ".gz", good => Store(good)[..length])),
        .. ((int[])[1, 25, 50, 75, 99])
            .Select(percent => Replaced($"packed images cut after {percent}% of their bytes", TrainImages + ".gz", good => Pack(good)[..(Pack(good).Length * percent / 100)])),
        Replaced("the trailer cut off", TestImages + ".gz", good => Pack(good)[..^GzipTrailer]),
        Replaced("the second of two members cut off", TestImages + ".gz", good => [.. Store(good.AsSpan(0, 100)), .. Store(good.AsSpan(100))[..^1]]),
        Replaced("the second of two members missing", TestImages + ".gz", good => Store(good.AsSpan(0, 100))),
        Replaced("a check sum's first bit", TrainLabels + ".gz", good => Flip(Store(good), ^8)),
        Replaced("a check sum's last byte", TestLabels + ".gz", good => Flip(Store(good), ^5)),
        Replaced("a length's first bit", TrainImages + ".gz", good => Flip(Store(good), ^4)),
        Replaced("a length's last byte", TestImages + ".gz", good => Flip(Store(good), ^1)),
        Replaced("a pixel", TrainImages + ".gz", good => Flip(Store(good), 1000)),
        Replaced("a label", TrainLabels + ".gz", good => Flip(Store(good), 30)),
        Replaced("the packed header's type", TestLabels + ".gz", good => Flip(Store(good), GzipHeader + 5 + 2)),
        Replaced("a block of a kind that does not exist", TestLabels + ".gz", good => With(Store(good), GzipHeader, 7)),
        Replaced("a block's length", TestLabels + ".gz", good => Flip(Store(good), GzipHeader + 1)),
        Replaced("a block that is not the last", TestLabels + ".gz", good => With(Store(good), GzipHeader, 0)),
        Replaced("gzip's second byte", TrainLabels + ".gz", good => With(Store(good), 1, 0x8C)),
        Replaced("method 7", TrainLabels + ".gz", good => With(Store(good), 2, 7)),
        Replaced("a reserved flag", TrainImages + ".gz", good => With(Store(good), 3, 0x80)),
        Replaced("a name that never ends", TestLabels + ".gz", good => [.. With(Store(good), 3, 8)[..GzipHeader], .. Encoding.ASCII.GetBytes(new string('a', 1000))]),
        Replaced("an extra field longer than the file", TestLabels + ".gz", good => [.. With(Store(good), 3, 4)[..GzipHeader], 0xFF, 0xFF, .. Store(good)[GzipHeader..]]),
        Replaced("a zero behind the member", TrainLabels + ".gz", good => [.. Store(good), 0]),
        Replaced("text behind the member", TrainImages + ".gz", good => [.. Pack(good), .. "<!-- cached -->"u8]),
        Replaced("half a signature behind the member", TestImages + ".gz", good => [.. Store(good), 0x1F]),
        Replaced("a member too many", TestLabels + ".gz", good => [.. Store(good), .. Store(good)]),
        Replaced("packed twice", TrainImages + ".gz", good => Store(Store(good))),
        Replaced("an empty member alone", TrainImages + ".gz", _ => Store()),
        Replaced("zlib instead of gzip", TrainLabels + ".gz", good => [0x78, 0x9C, .. Store(good)[GzipHeader..]]),
    ];

    // Each trailer is damaged: a message about anything else shows that not all was inflated to get to it.
    private static IEnumerable<Hostile> Bombs =>
    [
        Replaced("a gigabyte of zeros behind the data", TrainImages + ".gz", good => [.. Pack(good), .. Zeros(1024)]),
        Replaced("a gigabyte of zeros behind the labels", TestLabels + ".gz", good => [.. Pack(good), .. Zeros(1024)]),
        Replaced("64 megabytes of zeros in one member", TestImages + ".gz", good => Flip(Pack([.. good, .. new byte[64 * Megabyte]]), ^1)),
        Replaced("a gigabyte of zeros, declared, without labels", TrainImages + ".gz", good => [.. Pack(WithSizes(good, 1 << 20, 32, 32).AsSpan(0, ImageHeader)), .. Zeros(1024)], named: TrainLabels),
        Replaced("a gigabyte of labels, declared, without images", TestLabels + ".gz", good => [.. Pack(WithSize(good, 0, 1 << 30).AsSpan(0, LabelHeader)), .. Zeros(1024)]),
        Replaced("a third of a gigabyte declared and a third of a megabyte there", TrainImages + ".gz", _ => Store([0, 0, 8, 3, .. Word(TrainCount), .. Word(4096), .. Word(4096), .. new byte[Megabyte / 3]])),
    ];

    private static IEnumerable<Hostile> OtherKinds =>
    [
        Replaced("a web page", TrainImages, _ => Encoding.UTF8.GetBytes(Page)),
        Replaced("a web page under the packed name", TestLabels + ".gz", _ => Encoding.UTF8.GetBytes(Page)),
        Replaced("a packed web page", TrainLabels + ".gz", _ => Store(Encoding.UTF8.GetBytes(Page))),
        Replaced("a web page with a byte order mark", TestImages, _ => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Page)]),
        Replaced("a message of a service", TrainLabels, _ => "{\"error\": \"quota exceeded\"}\n"u8.ToArray()),
        Replaced("a pointer to a large file", TrainImages, _ => "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 47040016\n"u8.ToArray()),
        Replaced("a zip archive", TrainImages, _ => [(byte)'P', (byte)'K', 3, 4, 20, 0, 0, 0, 8, 0]),
        Replaced("a NumPy array", TestImages, _ => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]),
        Replaced("zeros alone", TestLabels, _ => new byte[4096]),
        Replaced("ones alone", TestLabels, _ => [.. Enumerable.Repeat((byte)0xFF, 4096)]),
        new("a folder", TrainImages, folder => Directory.CreateDirectory(Emptied(folder, TrainImages))),
        new("a folder under the packed name", TestLabels + ".gz", folder => Directory.CreateDirectory(Emptied(folder, TestLabels + ".gz"))),
        new("no training images", TrainImages, folder => File.Delete(folder[TrainImages])),
        new("no training labels", TrainLabels, folder => File.Delete(folder[TrainLabels])),
        new("no test images", TestImages, folder => File.Delete(folder[TestImages])),
        new("no test labels", TestLabels, folder => File.Delete(folder[TestLabels])),
        new("no files at all", TrainImages, folder => { foreach (string name in Good.Keys) File.Delete(folder[name]); }),
        new("a damaged plain file beside a good packed one", TrainImages, folder =>
        {
            File.WriteAllBytes(folder[TrainImages + ".gz"], Pack(Good[TrainImages]));
            File.WriteAllBytes(folder[TrainImages], Good[TrainImages][..100]);
        }),
    ];

    private static IEnumerable<Hostile> Contents =>
    [
        Replaced("a label of 10", TrainLabels, good => With(good, LabelHeader, 10)),
        Replaced("a last label of 255", TestLabels, good => With(good, good.Length - 1, 255)),
        Replaced("fewer labels than images", TrainLabels, _ => Labels(TrainCount - 1)),
        Replaced("more labels than images", TestLabels, _ => Labels(TestCount + 1)),
        Replaced("fewer images than labels", TrainImages, _ => Images(TrainCount - 1), named: TrainLabels),
        Replaced("no labels, as declared", TestLabels, _ => Labels(0)),
        Replaced("no images, as declared", TestImages, _ => Images(0)),
        Replaced("training images among the test images", TestImages, _ => Images(TrainCount), named: TestLabels),
        Replaced("images in place of labels", TrainLabels, _ => Images(TrainCount)),
        Replaced("labels in place of images", TestImages, _ => Labels(TestCount)),
        new("images and labels in each other's place", TrainLabels, folder => Swap(folder, TrainImages, TrainLabels)),
        new("training and test labels in each other's place", TrainLabels, folder => Swap(folder, TrainLabels, TestLabels)),
        new("test images narrower than the training images", TestImages, folder => File.WriteAllBytes(folder[TestImages], [0, 0, 8, 3, .. Word(TestCount), .. Word(Side), .. Word(14), .. new byte[TestCount * Side * 14]])),
    ];

    /// <summary>Writes the four good files.</summary>
    public static void PutGood(TemporaryFolder folder)
    {
        foreach ((string name, byte[] content) in Good) File.WriteAllBytes(folder[name], content);
    }

    /// <summary>A good file's place taken by what is made of it; under the packed name the plain file is gone.</summary>
    private static Hostile Replaced(string what, string file, Func<byte[], byte[]> make, string? named = null) =>
        new(what, named ?? file, folder => File.WriteAllBytes(Emptied(folder, file), make(Good[Plain(file)])));

    private static Hostile Linked(string what, string file, string target) => new(what, file, folder => File.CreateSymbolicLink(Emptied(folder, file), target));

    private static string Emptied(TemporaryFolder folder, string file)
    {
        File.Delete(folder[Plain(file)]);
        return folder[file];
    }

    private static string Plain(string file) => Path.ChangeExtension(file, null);

    private static void Swap(TemporaryFolder folder, string first, string second)
    {
        File.WriteAllBytes(folder[first], Good[second]);
        File.WriteAllBytes(folder[second], Good[first]);
    }

    public static void MakePipe(string path)
    {
        using Process process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
    }

    private static byte[] Images(int count) => [0, 0, 8, 3, .. Word((uint)count), .. Word(Side), .. Word(Side), .. Enumerable.Range(0, count * Side * Side).Select(i => (byte)(i % 7 == 0 ? i * 31 : 0))];

    private static byte[] Labels(int count) => [0, 0, 8, 1, .. Word((uint)count), .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] With(byte[] bytes, int position, byte value)
    {
        byte[] changed = [.. bytes];
        changed[position] = value;
        return changed;
    }

    private static byte[] WithSize(byte[] idx, int axis, uint size) => [.. idx[..(4 + (4 * axis))], .. Word(size), .. idx[(8 + (4 * axis))..]];

    private static byte[] WithSizes(byte[] idx, uint count, uint height, uint width) => WithSize(WithSize(WithSize(idx, 0, count), 1, height), 2, width);

    private static byte[] Flip(byte[] bytes, Index position)
    {
        bytes[position] ^= 1;
        return bytes;
    }

    /// <summary>A gzip member as the platform compresses it.</summary>
    private static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>A gzip member without compression, the same bytes on every platform: header, blocks of at most 65535 bytes, check sum, length.</summary>
    private static byte[] Store(params ReadOnlySpan<byte> bytes)
    {
        List<byte> member = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
        int start = 0;
        do
        {
            int length = Math.Min(bytes.Length - start, ushort.MaxValue);
            bool isLast = start + length == bytes.Length;
            member.AddRange([(byte)(isLast ? 1 : 0), (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8)]);
            member.AddRange(bytes.Slice(start, length));
            start += length;
        }
        while (start < bytes.Length);

        byte[] trailer = new byte[GzipTrailer];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, CheckSum(bytes));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), (uint)bytes.Length);
        return [.. member, .. trailer];
    }

    /// <summary>So many megabytes of zeros as members of one each, the last one's length damaged.</summary>
    private static byte[] Zeros(int megabytes)
    {
        byte[] one = Pack(new byte[Megabyte]);
        return Flip([.. Enumerable.Repeat(one, megabytes).SelectMany(member => member)], ^1);
    }

    /// <summary>CRC-32, bit by bit.</summary>
    private static uint CheckSum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
