using System.Globalization;
using System.Text;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>Grey images in the plain (P2) or binary (P5) PGM format: a header of words, with comments from # to the end of a line, then the pixels.</summary>
public static class Pgm
{
    /// <summary>No image that a person draws is larger; a header that declares more is damaged.</summary>
    private const int LargestSide = 1 << 14;

    private const int LargestFile = 1 << 30;

    /// <summary>Whether a file begins like a PGM image. False where there is no such file, or no file but a device or a pipe.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsPgm(string path)
    {
        if (!DataFile.HasContent(path)) return false;
        using FileStream file = DataFile.Open(path, "an image");
        Span<byte> start = stackalloc byte[2];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[0] == 'P' && start[1] is (byte)'2' or (byte)'5';
    }

    /// <summary>Reads an image.</summary>
    /// <param name="path">The file.</param>
    /// <returns>U8 [height, width], scaled so that the file's white is 255.</returns>
    /// <exception cref="DataFormatException">The file is no whole PGM image of 8 bits.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tensor Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Reader reader = new(DataFile.NameOf(path), ReadContent(path));
        bool binary = reader.Word() switch
        {
            "P5" => true,
            "P2" => false,
            string magic => throw reader.Error("P2 or P5 at the start of a PGM image", $"'{Reader.Printed(magic)}'", "Is it a file of another kind?"),
        };
        int width = reader.Number("a width", 1, LargestSide), height = reader.Number("a height", 1, LargestSide);
        int white = reader.Number("a largest value", 1, byte.MaxValue, "Save the image with 8 bits a pixel.");
        ReadOnlySpan<byte> content = binary ? reader.Rest(width * height) : default;
        if (!binary) reader.Require(width * height);

        Tensor image = Tensor.Zeros([height, width], DType.U8);
        Span<byte> pixels = image.AsSpan<byte>();
        for (int i = 0; i < pixels.Length; i++)
        {
            int value = binary ? content[i] : reader.Number("a pixel", 0, white);
            if (value > white) throw reader.Error($"pixels up to {white}, the largest value that the header names", value.ToString(CultureInfo.InvariantCulture));
            pixels[i] = (byte)((value * byte.MaxValue) / white);
        }

        if (!binary && reader.Word() is { Length: > 0 } more) throw reader.Error("the end of the file after the last pixel", $"'{Reader.Printed(more)}'", "Is the size in the header right?");
        return image;
    }

    private static byte[] ReadContent(string path)
    {
        using FileStream file = DataFile.Open(path, "a PGM image");
        if (file.Length > LargestFile)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture, $"{DataFile.NameOf(path)}: expected a PGM image of at most {LargestFile} bytes, got {file.Length}. Is it a file of another kind?"));
        }

        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    private sealed class Reader(string file, byte[] content)
    {
        private const string DamagedHint = "The image is damaged: save it again.";
        private const int LongestWord = 20;

        private int position;

        /// <summary>The next word, over blanks and comments; empty at the end. One too long to mean anything ends in dots, which no number does.</summary>
        public string Word()
        {
            while (position < content.Length && (IsBlank(content[position]) || content[position] == '#'))
            {
                if (content[position] == '#') position = Array.IndexOf(content, (byte)'\n', position) is >= 0 and var end ? end : content.Length;
                else position++;
            }

            int start = position;
            while (position < content.Length && !IsBlank(content[position])) position++;
            string word = Encoding.Latin1.GetString(content, start, Math.Min(position - start, LongestWord));
            return position - start > LongestWord ? word + "..." : word;
        }

        /// <summary>A word for messages, without what a terminal would take for a command.</summary>
        public static string Printed(string word) => string.Concat(word.Select(letter => char.IsAscii(letter) && !char.IsControl(letter) ? letter : '?'));

        public int Number(string what, int smallest, int largest, string hint = DamagedHint)
        {
            string word = Word();
            return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= smallest && value <= largest
                ? value
                : throw Error(string.Create(CultureInfo.InvariantCulture, $"{what} from {smallest} to {largest}"), word.Length == 0 ? "the end of the file" : $"'{Printed(word)}'", hint);
        }

        /// <summary>What stands behind the one blank after the header: exactly that many bytes.</summary>
        public ReadOnlySpan<byte> Rest(int count)
        {
            int present = content.Length - position - 1;
            return present == count
                ? content.AsSpan(position + 1)
                : throw Error(string.Create(CultureInfo.InvariantCulture, $"{count} pixels"), string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, present)} bytes"));
        }

        /// <summary>Refuses a plain image too large for the file to hold, before room is made for it: each pixel takes a digit and a blank.</summary>
        public void Require(int count)
        {
            if (count > (content.Length - position + 1) / 2) throw Error(string.Create(CultureInfo.InvariantCulture, $"{count} pixels"), string.Create(CultureInfo.InvariantCulture, $"{content.Length - position} bytes to hold them"));
        }

        public DataFormatException Error(string expected, string got, string hint = DamagedHint) => new($"{file}: expected {expected}, got {got}. {hint}");

        private static bool IsBlank(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');
    }
}
