using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class GzipDamageTests : IDisposable
{
    private static readonly byte[] Plain = [0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_truncated_gzip_is_refused_wherever_it_is_cut()
    {
        byte[] packed = Gzip.Pack(Plain);

        for (int length = 1; length < packed.Length; length++) Refusal.Expect(folder.Put("cut.gz", packed.AsSpan(0, length)), "cut off");

        Assert.Equal(6, Idx.Read(folder.Put("whole.gz", packed)).Length);
    }

    [Fact]
    public void A_second_member_is_refused_wherever_it_is_cut()
    {
        byte[] first = Gzip.Pack(Plain.AsSpan(0, 14)), second = Gzip.Pack(Plain.AsSpan(14));

        for (int length = 0; length < second.Length; length++) Refusal.Expect(folder.Put("cut.gz", [.. first, .. second.AsSpan(0, length)]), "cut off");
    }

    [Fact]
    public void A_changed_bit_is_refused_or_changes_nothing()
    {
        byte[] packed = Gzip.Pack(Plain);
        for (int bit = 0; bit < 8 * packed.Length; bit++)
        {
            byte[] changed = [.. packed];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            string path = folder.Put("changed.gz", changed);

            // Not every bit matters: the header holds a time, a system and flags that are notes only, and the last byte of data has bits to spare.
            bool mayNotMatter = bit / 8 is >= 3 and < 10 || bit / 8 == packed.Length - 9;
            if (!mayNotMatter) Refusal.Expect(path, "expected");
            else if (Record.Exception(() => Assert.Equal([1, 2, 3, 4, 5, 6], Idx.Read(path).ToArray<byte>())) is { } e) Assert.IsType<DataFormatException>(e);
        }
    }

    [Fact]
    public void A_wrong_check_sum_and_a_wrong_size_are_told()
    {
        byte[] wrongSum = Gzip.Pack(Plain), wrongSize = Gzip.Pack(Plain);
        wrongSum[^8] ^= 1;
        wrongSize[^4] ^= 1;

        // 18 bytes ^ 1 = 19.
        Refusal.Expect(folder.Put("sum.gz", wrongSum), "18 bytes with check sum");
        Refusal.Expect(folder.Put("size.gz", wrongSize), "expected gzip data of 19 bytes");
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0x1F })]
    [InlineData(new byte[] { 0x1F, 0x8B })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { (byte)'j', (byte)'u', (byte)'n', (byte)'k' })]
    public void What_follows_the_last_member_is_refused(byte[] garbage)
    {
        Refusal.Expect(folder.Put("one.gz", [.. Gzip.Pack(Plain), .. garbage]), "expected");
        Refusal.Expect(folder.Put("two.gz", [.. Gzip.Pack(Plain.AsSpan(0, 9)), .. Gzip.Pack(Plain.AsSpan(9)), .. garbage]), "expected");
    }

    [Fact]
    public void A_byte_between_data_and_check_sum_is_refused()
    {
        byte[] packed = Gzip.Pack(Plain);

        Refusal.Expect(folder.Put("wedge.gz", [.. packed[..^8], 0, .. packed[^8..]]), "check sum");
    }

    [Fact]
    public void Members_are_joined_wherever_the_data_were_cut()
    {
        for (int cut = 0; cut <= Plain.Length; cut++)
        {
            string path = folder.Put("two.gz", [.. Gzip.Pack(Plain.AsSpan(0, cut)), .. Gzip.Pack(Plain.AsSpan(cut))]);

            Assert.Equal([1, 2, 3, 4, 5, 6], Idx.Read(path).ToArray<byte>());
        }
    }

    [Fact]
    public void Members_longer_than_the_inflaters_blocks_are_joined()
    {
        byte[] noise = new byte[3 * 50_000];
        new Rng(1).NextBytes(noise);
        byte[] header = [0, 0, 0x08, 1, 0, 2, 0x49, 0xF0];
        byte[] file = [.. Gzip.Pack(header), .. Gzip.Pack(noise.AsSpan(0, 50_000)), .. Gzip.Pack(), .. Gzip.Pack(noise.AsSpan(50_000))];

        Assert.Equal(noise, Idx.Read(folder.Put("four.gz", file)).ToArray<byte>());
    }

    [Fact]
    public void Every_optional_field_of_the_header_is_passed_over()
    {
        // Flags 31: text, header check, extra field of 2 bytes, name "a", comment "b".
        byte[] packed = Gzip.Pack(Plain);
        byte[] file = [0x1F, 0x8B, 8, 31, .. packed[4..10], 2, 0, 0xFF, 0xFF, (byte)'a', 0, (byte)'b', 0, 0x12, 0x34, .. packed[10..]];

        Assert.Equal([1, 2, 3, 4, 5, 6], Idx.Read(folder.Put("fields.gz", file)).ToArray<byte>());
        for (int length = 1; length < file.Length; length++) Refusal.Expect(folder.Put("cut.gz", file.AsSpan(0, length)), "cut off");
    }

    [Theory]
    [InlineData(2, 7, "got method 7 and flags 0")]
    [InlineData(3, 32, "got method 8 and flags 32")]
    [InlineData(3, 128, "got method 8 and flags 128")]
    public void An_unknown_method_or_flag_is_refused(int position, byte value, string fragment)
    {
        byte[] packed = Gzip.Pack(Plain);
        packed[position] = value;

        Refusal.Expect(folder.Put("unknown.gz", packed), fragment);
    }
}
