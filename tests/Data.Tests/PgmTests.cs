using System.Text;
using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class PgmTests : IDisposable
{
    private readonly TestFolder folder = new();

    // Each with what the refusal must contain. "P2 2 1 255 7 9" is whole.
    public static TheoryData<string, string> Damaged => new()
    {
        { "P", "P2 or P5 at the start of a PGM image, got 'P'" },
        { "P3 2 1 255 7 9", "got 'P3'" },
        { "P22 1 255 7 9", "got 'P22'" },
        { "P2", "a width from 1 to 16384, got the end of the file" },
        { "P2 # 2 1 255 7 9", "a width from 1 to 16384, got the end of the file" },
        { "P2 two 1 255 7 9", "a width from 1 to 16384, got 'two'" },
        { "P2 0 1 255", "a width from 1 to 16384, got '0'" },
        { "P2 -2 1 255 7 9", "got '-2'" },
        { "P2 2.0 1 255 7 9", "got '2.0'" },
        { "P2 16385 1 255 7 9", "got '16385'" },
        { "P2 4294967298 1 255 7 9", "got '4294967298'" },
        { "P2 2", "a height from 1 to 16384, got the end of the file" },
        { "P2 2 0 255", "a height from 1 to 16384, got '0'" },
        { "P2 2 1", "a largest value from 1 to 255, got the end of the file" },
        { "P2 2 1 0 0 0", "a largest value from 1 to 255, got '0'" },
        { "P2 2 1 65535 7 9", "got '65535'. Save the image with 8 bits a pixel." },
        { "P2 2 1 255", "2 pixels, got 0 bytes to hold them" },
        { "P2 2 1 255 7", "2 pixels, got 2 bytes to hold them" },
        { "P2 2 1 255 77 ", "a pixel from 0 to 255, got the end of the file" },
        { "P2 2 1 255 7 256", "a pixel from 0 to 255, got '256'" },
        { "P2 2 1 15 7 16", "a pixel from 0 to 15, got '16'" },
        { "P2 2 1 255 7 nine", "got 'nine'" },
        { "P2 2 1 255 7 9 11", "the end of the file after the last pixel, got '11'" },
        { "P2 2 1 255 7 000000000000000000009", "a pixel from 0 to 255, got '00000000000000000000...'" },
        { "P2 2 1 255 7 \u001b[31m", "got '?[31m'" },
        { "P2 16384 16384 255 7 9", "268435456 pixels, got 4 bytes to hold them" },
        { "P5", "a width" },
        { "P5 2 1 255", "2 pixels, got 0 bytes" },
        { "P5 2 1 255\n", "2 pixels, got 0 bytes" },
        { "P5 2 1 255\na", "2 pixels, got 1 bytes" },
        { "P5 2 1 255\nabc", "2 pixels, got 3 bytes" },
        { "P5 2 1 96\nab", "pixels up to 96, the largest value that the header names, got 97" },
        { "P5 16384 16384 255\nab", "268435456 pixels, got 2 bytes" },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("P2 2 2 255 0 255 7 9")]
    [InlineData("P2\n2\n2\n255\n0 255\n7 9\n")]
    [InlineData("P2 # drawn by hand\n2 2#two\n#255\n 255 0 255 7 9", "#two")]
    [InlineData("P2\t2\r\n2\v255\f0 255 7 9 # the end")]
    public void A_plain_image_is_read_over_blanks_and_comments(string text, string inTheWord = "")
    {
        // A comment begins where a word could begin: inside a word # is part of it.
        text = text.Replace(inTheWord.Length == 0 ? "\0" : inTheWord, " " + inTheWord, StringComparison.Ordinal);

        Tensor image = Pgm.Read(Put(text));

        Assert.Equal([2, 2], image.Shape);
        Assert.Equal([0, 255, 7, 9], image.ToArray<byte>());
    }

    [Theory]
    [InlineData("P5 3 2 255\n")]
    [InlineData("P5\n# drawn by hand\n3 2\n255 ")]
    [InlineData("P5 3 2 255#")]
    public void A_binary_images_pixels_begin_one_blank_behind_its_header_whatever_they_are(string header)
    {
        // Pixels that look like blanks, comments and digits. A # right behind the last number is no blank: the header's third form is refused.
        byte[] pixels = [10, 35, 32, 49, 0, 255];
        string path = folder.Put("image.pgm", [.. Encoding.ASCII.GetBytes(header), .. pixels]);

        if (header.EndsWith('#'))
        {
            Refuse(path, "a largest value from 1 to 255, got '255#'");
            return;
        }

        Tensor image = Pgm.Read(path);
        Assert.Equal([2, 3], image.Shape);
        Assert.Equal(pixels, image.ToArray<byte>());
    }

    [Fact]
    public void Pixels_are_scaled_so_that_white_is_255()
    {
        // v · 255 / 15 = 17 v;  v · 255 / 100, cut: 1 -> 2.55, 50 -> 127.5.
        Assert.Equal([0, 17, 119, 255], Pgm.Read(Put("P2 4 1 15 0 1 7 15")).ToArray<byte>());
        Assert.Equal([0, 2, 127, 255], Pgm.Read(Put("P2 4 1 100 0 1 50 100")).ToArray<byte>());
        Assert.Equal([0, 255], Pgm.Read(Put("P2 2 1 1 0 1")).ToArray<byte>());
        Assert.Equal([0, 17, 255], Pgm.Read(folder.Put("binary.pgm", [.. "P5 3 1 15\n"u8, 0, 1, 15])).ToArray<byte>());
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_image_is_refused_and_nothing_is_allocated_for_what_it_declares(string text, string fragment)
    {
        string path = Put(text);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refuse(path, fragment);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void What_is_no_file_is_refused_like_other_data()
    {
        Directory.CreateDirectory(folder["inner"]);

        Refusal.Expect<DataFormatException>(() => Pgm.Read(folder["inner"]), "inner", "got a folder");
        Refusal.Expect<DataFormatException>(() => Pgm.Read(folder.Put("empty.pgm")), "empty.pgm", "expected a PGM image, got an empty file or a device");
        Refusal.Expect<FileNotFoundException>(() => Pgm.Read(folder["none.pgm"]), "none.pgm", "got nothing at");
    }

    [Theory]
    [InlineData("P2 1 1 1 1", true)]
    [InlineData("P5", true)]
    [InlineData("P6 1 1 255 abc", false)]
    [InlineData("Q5", false)]
    [InlineData("P", false)]
    [InlineData("", false)]
    public void A_PGM_image_is_told_by_its_first_bytes(string text, bool expected) => Assert.Equal(expected, Pgm.IsPgm(Put(text)));

    [Fact]
    public void A_folder_or_nothing_is_no_PGM_image()
    {
        Assert.False(Pgm.IsPgm(folder.Path));
        Assert.False(Pgm.IsPgm(folder["none"]));
    }

    private static void Refuse(string path, string fragment) => Refusal.Expect<DataFormatException>(() => Pgm.Read(path), "image.pgm", fragment);

    private string Put(string text) => folder.Put("image.pgm", Encoding.Latin1.GetBytes(text));
}
