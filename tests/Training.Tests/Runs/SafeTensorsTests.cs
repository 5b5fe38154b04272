using System.Buffers.Binary;
using System.Text;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class SafeTensorsTests
{
    [Fact]
    public void Every_type_reads_back_empty_and_scalar_tensors_too()
    {
        KeyValuePair<string, Tensor>[] written =
        [
            KeyValuePair.Create("floats", Tensor.From(new[,] { { 1.5f, -0f }, { float.NaN, float.Epsilon } })),
            KeyValuePair.Create("empty/first", Tensor.Zeros([0, 3])),
            KeyValuePair.Create("doubles", Tensor.From([Math.PI, double.NegativeInfinity])),
            KeyValuePair.Create("integers", Tensor.From([int.MinValue, 7])),
            KeyValuePair.Create("bytes", Tensor.From([(byte)0, (byte)255, (byte)3])),
            KeyValuePair.Create("a scalar \"ä\"", Tensor.Scalar(0.1, DType.F64)),
            KeyValuePair.Create("empty/last", Tensor.Zeros([2, 0], DType.U8)),
        ];

        (IReadOnlyList<KeyValuePair<string, Tensor>> read, IReadOnlyDictionary<string, string> metadata) = RoundTrip(
            written, KeyValuePair.Create("who", "us"), KeyValuePair.Create("text", "two\nlines and \"quotes\""));

        Assert.Equal(written.Select(pair => pair.Key).Order(), read.Select(pair => pair.Key).Order());
        foreach ((string name, Tensor tensor) in written) Expect.SameBits(tensor, read.Single(pair => pair.Key == name).Value);
        Assert.Equal(2, metadata.Count);
        Assert.Equal("us", metadata["who"]);
        Assert.Equal("two\nlines and \"quotes\"", metadata["text"]);
    }

    // The header has 56 bytes, so its length is 38 hexadecimal; it needs no blanks, since 56 is a multiple of 8. Then 1.0f = 3F800000 and -2.0f = C0000000, low byte first.
    [Fact]
    public void A_tiny_file_is_as_the_format_says_to_the_byte()
    {
        const string Header = """{"ab":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} """;
        byte[] expected = [0x38, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(Header), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0];

        Assert.Equal(expected, Bytes([KeyValuePair.Create("ab", Tensor.From([1f, -2f]))]));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abcdefg")]
    [InlineData("ä")]
    public void Data_begins_at_a_multiple_of_8(string name)
    {
        byte[] bytes = Bytes([KeyValuePair.Create(name, Tensor.Zeros([3], DType.U8))]);

        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(bytes.Length, 8 + length + 3);
        Assert.Equal((byte)'{', bytes[8]);
    }

    // Written by Fixtures/safetensors.py, which lays files out as the Python package does.
    [Fact]
    public void A_file_that_Python_wrote_is_read()
    {
        (IReadOnlyList<KeyValuePair<string, Tensor>> read, IReadOnlyDictionary<string, string> metadata) = SafeTensors.Read(Path.Combine(AppContext.BaseDirectory, "Fixtures", "python.safetensors"));

        Assert.Equal(["fc1.bias", "fc1.weight", "none", "pixels", "stats.mean", "step"], read.Select(pair => pair.Key).Order(StringComparer.Ordinal));
        Expect.SameBits(Tensor.From([0.1, 1e-300, -2.5]), Named("stats.mean"));
        Expect.SameBits(Tensor.From([7f, -8f]), Named("fc1.bias"));
        Expect.SameBits(Tensor.From(new[,] { { 0.1f, -1.5f, 3.25f }, { float.Epsilon, float.PositiveInfinity, -0f } }), Named("fc1.weight"));
        Expect.SameBits(Tensor.Zeros([0, 4]), Named("none"));
        Expect.SameBits(Tensor.Scalar(-123456789, DType.I32), Named("step"));
        Expect.SameBits(Tensor.From([(byte)0, (byte)1, (byte)128, (byte)255]).Reshape(2, 2), Named("pixels"));
        Assert.Equal(("pt", "Zoë \U0001F600", 2), (metadata["format"], metadata["author"], metadata.Count));

        Tensor Named(string name) => read.Single(pair => pair.Key == name).Value;
    }

    // Half precision is not converted on the way: what was read would no longer be what the file says.
    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("I64")]
    public void A_type_that_there_is_elsewhere_is_named_with_what_to_do(string dtype)
    {
        FormatException error = Assert.Throws<FormatException>(() => Read(File($$$"""{"a":{"dtype":"{{{dtype}}}","shape":[0],"data_offsets":[0,0]}}""")));

        Assert.Equal($"tensors.safetensors: expected tensor 'a' of F32, F64, I32 or U8, got {dtype}. Was it saved in another precision? Convert it to F32 first.", error.Message);
    }

    [Fact]
    public void Nothing_but_a_header_is_a_file_too()
    {
        (IReadOnlyList<KeyValuePair<string, Tensor>> read, IReadOnlyDictionary<string, string> metadata) = RoundTrip([]);

        Assert.Empty(read);
        Assert.Empty(metadata);
    }

    [Fact]
    public void The_same_tensors_make_the_same_bytes()
    {
        KeyValuePair<string, Tensor>[] tensors = [KeyValuePair.Create("a", Tensor.From([1f])), KeyValuePair.Create("b", Tensor.From([2.0]))];

        Assert.Equal(Bytes(tensors, KeyValuePair.Create("k", "v")), Bytes(tensors, KeyValuePair.Create("k", "v")));
    }

    // Other programs sort the header's keys by name, and put blanks wherever JSON allows; an empty tensor may begin where another does.
    [Fact]
    public void The_headers_order_does_not_matter()
    {
        (IReadOnlyList<KeyValuePair<string, Tensor>> read, _) = Read(File(
            """{ "b" : {"shape":[2],"dtype":"U8","data_offsets":[1,3]}, "a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}, "z":{"dtype":"F32","shape":[0],"data_offsets":[1,1]} }  """, 7, 8, 9));

        Assert.Equal(["a", "z", "b"], read.Select(pair => pair.Key));
        Assert.Equal([7, 8, 9], read.SelectMany(pair => pair.Value.ToDoubles()));
    }

    public static TheoryData<string, string, byte[]> DamagedHeaders() => new()
    {
        { "no object", "[1, 2]", [] },
        { "blanks before the brace", """ {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", [1] },
        { "no JSON", """{"a":""", [] },
        { "a key twice", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", [1] },
        { "an inner key twice", """{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", [1] },
        { "a tensor that is null", """{"a":null}""", [] },
        { "a tensor that is a list", """{"a":[]}""", [] },
        { "an unknown type", """{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}""", [1, 2] },
        { "a type by number", """{"a":{"dtype":"0","shape":[1],"data_offsets":[0,4]}}""", [1, 2, 3, 4] },
        { "a type in small letters", """{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", [1, 2, 3, 4] },
        { "no type", """{"a":{"shape":[1],"data_offsets":[0,1]}}""", [1] },
        { "no shape", """{"a":{"dtype":"U8","data_offsets":[0,1]}}""", [1] },
        { "no offsets", """{"a":{"dtype":"U8","shape":[1]}}""", [1] },
        { "three offsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", [1] },
        { "offsets that are texts", """{"a":{"dtype":"U8","shape":[1],"data_offsets":["0","1"]}}""", [1] },
        { "a size with a fraction", """{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", [1] },
        { "a negative size", """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", [1] },
        { "two negative sizes", """{"a":{"dtype":"U8","shape":[-1,-1],"data_offsets":[0,1]}}""", [1] },
        { "a size beyond 32 bits", """{"a":{"dtype":"U8","shape":[4294967297],"data_offsets":[0,1]}}""", [1] },
        { "a product that wraps to 0", """{"a":{"dtype":"U8","shape":[65536,65536],"data_offsets":[0,0]}}""", [] },
        { "a product beyond 64 bits", """{"a":{"dtype":"U8","shape":[2000000000,2000000000,2000000000],"data_offsets":[0,0]}}""", [] },
        { "a product that is too large", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", [1, 2, 3, 4] },
        { "a product that is too small", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,4]}}""", [1, 2, 3, 4] },
        { "an end beyond the file", """{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""", [1, 2, 3, 4] },
        { "an end before the beginning", """{"a":{"dtype":"U8","shape":[0],"data_offsets":[1,0]}}""", [1] },
        { "a negative beginning", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[-1,1]}}""", [1] },
        { "a hole at the start", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", [1, 2] },
        { "a hole between", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", [1, 2, 3] },
        { "an overlap", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", [1, 2, 3] },
        { "an overlap in a file of the right length", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", [1, 2, 3, 4] },
        { "the same bytes twice", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", [1, 2] },
        { "trailing bytes", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", [1, 2] },
        { "metadata that is a text", """{"__metadata__":"a"}""", [] },
        { "metadata that is null", """{"__metadata__":null}""", [] },
        { "a number in the metadata", """{"__metadata__":{"a":1}}""", [] },
        { "a null in the metadata", """{"__metadata__":{"a":null}}""", [] },
        { "half a surrogate pair in a name", """{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", [1] },
        { "half a surrogate pair in a type", """{"a":{"dtype":"\ud800","shape":[1],"data_offsets":[0,1]}}""", [1] },
        { "half a surrogate pair in the metadata", """{"__metadata__":{"a":"\ud800"}}""", [] },
    };

    [Theory]
    [MemberData(nameof(DamagedHeaders))]
    public void A_damaged_header_is_refused_by_the_files_name(string what, string header, byte[] data)
    {
        Exception? error = Record.Exception(() => Read(File(header, data)));

        Assert.True(error is FormatException, $"{what}: {error}");
        Assert.StartsWith("tensors.safetensors: expected ", error.Message, StringComparison.Ordinal);
        Assert.Contains(", got ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] whole = Bytes([KeyValuePair.Create("a", Tensor.From([1f, 2f]))], KeyValuePair.Create("k", "v"));

        for (int length = 0; length < whole.Length; length++) Assert.Throws<FormatException>(() => Read(whole[..length]));
    }

    // Lengths that would take gigabytes, or wrap, in a file of a few bytes: refused before anything is allocated.
    [Theory]
    [InlineData(100UL)]
    [InlineData(100_000_000UL)]
    [InlineData(100_000_001UL)]
    [InlineData(0x8000_0000UL)]
    [InlineData(0x7FFF_FFFF_FFFF_FFFFUL)]
    [InlineData(0x8000_0000_0000_0000UL)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFFUL)]
    public void A_header_longer_than_the_file_is_refused_without_allocating_it(ulong length)
    {
        byte[] file = File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);

        long before = GC.GetAllocatedBytesForCurrentThread();
        FormatException error = Assert.Throws<FormatException>(() => Read(file));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.StartsWith("tensors.safetensors: expected a header inside the file's ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[500000000]", 2_000_000_000L)]
    [InlineData("[1, 500000000]", 8L)]
    [InlineData("[536870912]", 2_147_483_648L)]
    public void A_tensor_larger_than_the_file_is_refused_without_allocating_it(string shape, long end)
    {
        byte[] file = File($$$"""{"a":{"dtype":"F32","shape":{{{shape}}},"data_offsets":[0,{{{end}}}]}}""", 1, 2, 3, 4, 5, 6, 7, 8);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FormatException>(() => Read(file));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    // Whatever byte of the header is overwritten, by a digit, a quote, a brace, a backslash, or what is no UTF-8: the file reads, or is refused as one of a wrong format.
    [Fact]
    public void Any_overwritten_byte_of_the_header_is_read_or_refused_and_nothing_else()
    {
        byte[] whole = Bytes(
            [KeyValuePair.Create("a", Tensor.From([1f, 2f])), KeyValuePair.Create("b", Tensor.From([(byte)1]))], KeyValuePair.Create("k", "v"));
        int end = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        int refused = 0;

        for (int position = 0; position < end; position++)
        {
            foreach (byte value in (byte[])[0, (byte)'0', (byte)'9', (byte)'"', (byte)'{', (byte)'}', (byte)',', (byte)'\\', (byte)' ', (byte)'-', 0x80, 0xC3, 0xFF])
            {
                byte[] damaged = [.. whole];
                damaged[position] = value;
                Exception? error = Record.Exception(() => Read(damaged));
                Assert.True(error is null or FormatException, $"byte {position} as {value:X2}: {error}");
                if (error is not null) refused++;
            }
        }

        Assert.True(refused > end);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_of_reading()
    {
        using TestFolder folder = new();

        Assert.Throws<FileNotFoundException>(() => SafeTensors.Read(folder["none.safetensors"]));
    }

    private static byte[] Bytes(IEnumerable<KeyValuePair<string, Tensor>> tensors, params KeyValuePair<string, string>[] metadata)
    {
        using MemoryStream stream = new();
        SafeTensors.Write(stream, tensors, metadata.Length == 0 ? null : metadata);
        return stream.ToArray();
    }

    private static (IReadOnlyList<KeyValuePair<string, Tensor>> Tensors, IReadOnlyDictionary<string, string> Metadata) RoundTrip(
        IEnumerable<KeyValuePair<string, Tensor>> tensors, params KeyValuePair<string, string>[] metadata) => Read(Bytes(tensors, metadata));

    /// <summary>A file from its header's text and its data.</summary>
    private static byte[] File(string header, params byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    private static (IReadOnlyList<KeyValuePair<string, Tensor>> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(byte[] bytes)
    {
        using TestFolder folder = new();
        string path = folder["tensors.safetensors"];
        System.IO.File.WriteAllBytes(path, bytes);
        return SafeTensors.Read(path);
    }
}
