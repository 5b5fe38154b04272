using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class IdxDamageTests : IDisposable
{
    private readonly TestFolder folder = new();

    public static TheoryData<byte[], string> Headers => new()
    {
        { [0, 0, 0x08], "header of 4 bytes, got 3" },
        { [1, 0, 0x08, 1, 0, 0, 0, 0], "got 01000801" },
        { [0, 1, 0x08, 1, 0, 0, 0, 0], "got 00010801" },
        { [0, 0, 0x00, 1, 0, 0, 0, 0], "got 00" },
        { [0, 0, 0x0A, 1, 0, 0, 0, 0], "got 0a" },
        { [0, 0, 0x0F, 1, 0, 0, 0, 0], "got 0f" },
        { [0, 0, 0x09, 1, 0, 0, 0, 1, 0], "got 09 (signed bytes)" },
        { [0, 0, 0x0B, 1, 0, 0, 0, 1, 0, 0], "got 0b (16-bit integers)" },
        { [0, 0, 0x08, 2, 0, 0, 0, 1, 0, 0], "header of 12 bytes, got 10" },
        { [0, 0, 0x08, 255, 0, 0, 0, 1], "header of 1024 bytes, got 8" },
        { [0, 0, 0x08, 1, 0x80, 0, 0, 0], "axis 0 to have a size below 2147483648, got 2147483648" },
        { [0, 0, 0x08, 2, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF], "got 4294967295" },
        { "<!DOCTYPE html>\n<html></html>"u8.ToArray(), "web page" },
        { "<a>"u8.ToArray(), "web page" },
    };

    // Each declares far more than its file holds: products that are 0 in 32 and in 64 bits, others beyond 64 bits, what no array can hold, what one could.
    public static TheoryData<byte[], string> Sizes => new()
    {
        { [0, 0, 0x08, 2, 0, 1, 0, 0, 0, 1, 0, 0], "U8 [65536, 65536]" },
        { [0, 0, 0x08, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0], "U8 [65536, 65536, 65536, 65536]" },
        { [0, 0, 0x08, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF], "U8 [2147483647, 2147483647]" },
        { [0, 0, 0x08, 1, 0x7F, 0xFF, 0xFF, 0xFF], "U8 [2147483647]" },
        { [0, 0, 0x08, 3, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF], "U8 [2147483647, 2147483647, 2147483647]" },
        { [0, 0, 0x0E, 1, 0x20, 0, 0, 0], "F64 [536870912]" },
        { [0, 0, 0x0E, 1, 5, 0xF5, 0xE1, 0], "F64 [100000000]" },
        { [0, 0, 0x08, 1, 0x3B, 0x9A, 0xCA, 0], "U8 [1000000000]" },
        { [0, 0, 0x0C, 1, 0x40, 0, 0, 0, 7, 7, 7, 7], "I32 [1073741824]" },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_wrong_header_is_refused(byte[] bytes, string fragment)
    {
        Refusal.Expect(folder.Put("plain", bytes), fragment);
        Refusal.Expect(folder.Put("packed.gz", Gzip.Pack(bytes)), fragment);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sizes_beyond_the_file_are_refused_and_nothing_is_allocated_for_them(byte[] bytes, string fragment)
    {
        string plain = folder.Put("plain", bytes), packed = folder.Put("packed.gz", Gzip.Pack(bytes));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refusal.Expect(plain, fragment);
        Refusal.Expect(packed, fragment);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_compressed_file_is_believed_as_far_as_compression_can_reach()
    {
        // 100,000 zeros shrink about a thousandfold, which is near the most that DEFLATE can do.
        Idx.Write(folder["zeros.gz"], Tensor.Zeros([100_000], DType.U8), compress: true);

        Assert.Equal(100_000, Idx.Read(folder["zeros.gz"]).Length);
    }

    [Theory]
    [InlineData(3, "4 bytes of data for U8 [2, 2], got 3")]
    [InlineData(0, "4 bytes of data for U8 [2, 2], got 0")]
    public void Missing_data_are_refused_in_a_compressed_file(int present, string fragment)
    {
        byte[] bytes = [0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4];

        Refusal.Expect(folder.Put("packed.gz", Gzip.Pack(bytes.AsSpan(0, 12 + present))), fragment);
    }

    [Fact]
    public void Every_truncation_of_a_plain_file_is_refused()
    {
        byte[] whole = [0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4];

        for (int length = 0; length < whole.Length; length++) Refusal.Expect(folder.Put("cut", whole.AsSpan(0, length)), "expected");

        Assert.Equal(4, Idx.Read(folder.Put("whole", whole)).Length);
    }

    [Fact]
    public void A_byte_too_many_is_refused()
    {
        byte[] bytes = [0, 0, 0x08, 1, 0, 0, 0, 2, 1, 2, 3];

        Refusal.Expect(folder.Put("plain", bytes), "2 bytes of data for U8 [2], got more");
        Refusal.Expect(folder.Put("packed.gz", Gzip.Pack(bytes)), "2 bytes of data for U8 [2], got more");
    }

    [Fact]
    public void A_folder_is_refused()
    {
        Directory.CreateDirectory(folder["inner"]);

        Refusal.Expect(folder["inner"], "got a folder");
        Refusal.Expect<DataFormatException>(() => Idx.Read(folder["inner"] + Path.DirectorySeparatorChar), "inner", "got a folder");
    }

    [Fact]
    public void A_missing_file_is_an_IO_failure_that_says_where_it_was_looked_for()
    {
        Refusal.Expect<FileNotFoundException>(() => Idx.Read(folder["none"]), "none", folder["none"]);
    }

    [Fact]
    public void A_link_is_followed_and_a_broken_one_is_missing()
    {
        string target = folder.Put("target", 0, 0, 0x08, 1, 0, 0, 0, 1, 42);
        File.CreateSymbolicLink(folder["link"], target);
        Assert.Equal([42], Idx.Read(folder["link"]).ToArray<byte>());

        File.Delete(target);
        Refusal.Expect<FileNotFoundException>(() => Idx.Read(folder["link"]), "link", "got nothing");
    }

    [Fact]
    public void An_empty_file_is_refused() => Refusal.Expect(folder.Put("empty"), "an empty file or a device");
}
