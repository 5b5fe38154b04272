using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Files of named tensors in the safetensors format: the header's length as 8 bytes, the header as JSON, then the tensors' bytes without holes, little-endian.
/// </summary>
public static class SafeTensors
{
    private const string MetadataKey = "__metadata__";
    private const int LengthBytes = 8;
    private const long LongestHeader = 100_000_000;

    /// <summary>Writes tensors in the order given. Equal tensors and metadata make equal bytes.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">Names, each once, and tensors.</param>
    /// <param name="metadata">Texts for the header; none unless told otherwise.</param>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        KeyValuePair<string, Tensor>[] listed = [.. tensors];
        JsonObject header = [];
        if (metadata is not null) header[MetadataKey] = new JsonObject(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));
        long offset = 0;
        foreach ((string name, Tensor tensor) in listed)
        {
            header.Add(name, new JsonObject
            {
                ["dtype"] = tensor.DType.ToString(),
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => JsonValue.Create(size))]),
                ["data_offsets"] = new JsonArray(offset, offset + tensor.ByteLength),
            });
            offset += tensor.ByteLength;
        }

        // Blanks behind the JSON align the data, as the format asks.
        string json = header.ToJsonString();
        int length = Encoding.UTF8.GetByteCount(json);
        json += new string(' ', (LengthBytes - (length % LengthBytes)) % LengthBytes);
        Span<byte> prefix = stackalloc byte[LengthBytes];
        byte[] text = Encoding.UTF8.GetBytes(json);
        BinaryPrimitives.WriteInt64LittleEndian(prefix, text.Length);
        stream.Write(prefix);
        stream.Write(text);
        foreach ((_, Tensor tensor) in listed) stream.Write(LittleEndian(tensor));
    }

    /// <summary>Reads a file's tensors and metadata.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">The file is not what the format allows; the message names the file and the fault.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (IReadOnlyList<KeyValuePair<string, Tensor>> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        string file = Path.GetFileName(path);
        if (DataFile.IsThere(path) && !DataFile.HasContent(path)) throw Error(file, "a safetensors file", "an empty file, a folder or a device");
        using FileStream stream = File.OpenRead(path);
        if (stream.Length < LengthBytes) throw Error(file, "a header of 8 bytes or more", $"{stream.Length} bytes");
        Span<byte> prefix = stackalloc byte[LengthBytes];
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > LongestHeader || (long)headerLength > stream.Length - LengthBytes) throw Error(file, $"a header inside the file's {stream.Length} bytes", $"one of {headerLength} bytes");
        byte[] text = new byte[(int)headerLength];
        stream.ReadExactly(text);
        (List<KeyValuePair<string, Tensor>> tensors, Dictionary<string, string> metadata) = ParseHeader(file, text, stream.Length - LengthBytes - (long)headerLength);
        foreach ((_, Tensor tensor) in tensors)
        {
            stream.ReadExactly(tensor.AsBytes());
            if (!BitConverter.IsLittleEndian) Swap(tensor.AsBytes(), tensor.DType.Size());
        }

        return (tensors, metadata);
    }

    /// <summary>Empty tensors as the header describes them, in the order of their bytes, and the metadata.</summary>
    private static (List<KeyValuePair<string, Tensor>> Tensors, Dictionary<string, string> Metadata) ParseHeader(string file, byte[] text, long dataLength)
    {
        if (text.Length == 0 || text[0] != (byte)'{') throw Error(file, "a header that begins with '{'", "something else. Is it a safetensors file?");
        try
        {
            // Not as nodes, which take many times the room of their text.
            using JsonDocument header = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            Dictionary<string, string> metadata = [];
            List<Described> described = [];
            foreach (JsonProperty property in header.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey)) Describe(file, property.Value, metadata);
                else described.Add(Describe(file, property.Name, property.Value, dataLength));
            }

            CheckOrder(file, described, dataLength);

            // Only now is room made: the whole header is right, and the file has the bytes.
            return ([.. described.Select(tensor => KeyValuePair.Create(tensor.Name, Tensor.Zeros(tensor.Sizes, tensor.DType)))], metadata);
        }
        catch (JsonException error)
        {
            throw Error(file, "a header of JSON", error.Message);
        }
        catch (InvalidOperationException error)
        {
            // Texts are decoded when they are first looked at: what is no UTF-8, and half a surrogate pair, come to light only then.
            throw Error(file, "a header of valid Unicode", error.Message);
        }
    }

    private static void Describe(string file, JsonElement element, Dictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Error(file, "metadata as an object", Text(element));
        foreach (JsonProperty property in element.EnumerateObject())
        {
            metadata[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : throw Error(file, $"metadata '{property.Name}' as a text", Text(property.Value));
        }
    }

    /// <summary>A tensor as the header describes it, after checking that its description fits itself and the file.</summary>
    private static Described Describe(string file, string name, JsonElement element, long dataLength)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("dtype", out JsonElement type) || type.ValueKind != JsonValueKind.String
            || !element.TryGetProperty("shape", out JsonElement shape) || !IsWhole(shape)
            || !element.TryGetProperty("data_offsets", out JsonElement offsets) || !IsWhole(offsets) || offsets.GetArrayLength() != 2)
        {
            throw Error(file, $"tensor '{name}' to have dtype, shape and data_offsets", Text(element));
        }

        DType dtype = type.ValueEquals("F32"u8) ? DType.F32
            : type.ValueEquals("F64"u8) ? DType.F64
            : type.ValueEquals("I32"u8) ? DType.I32
            : type.ValueEquals("U8"u8) ? DType.U8
            : throw Error(file, $"tensor '{name}' of F32, F64, I32 or U8", $"{type.GetString()}. Was it saved in another precision? Convert it to F32 first.");
        (long begin, long end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        if (begin < 0 || end < begin || end > dataLength) throw Error(file, $"tensor '{name}' inside the {dataLength} bytes of data", $"bytes {begin} to {end}");
        try
        {
            int[] lengths = new int[shape.GetArrayLength()];
            for (int axis = 0; axis < lengths.Length; axis++) lengths[axis] = checked((int)shape[axis].GetInt64());
            Shape sizes = Shape.Of(lengths);
            return (long)sizes.ElementCount * dtype.Size() == end - begin ? new Described(name, dtype, sizes, begin, end) : throw Error(file, $"tensor '{name}' of {end - begin} bytes", $"{dtype}{sizes}");
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw Error(file, $"tensor '{name}' to have sizes that an array can hold", Text(shape));
        }
    }

    /// <summary>Puts tensors in the order of their bytes, and checks that these follow each other without hole or overlap to the end.</summary>
    private static void CheckOrder(string file, List<Described> tensors, long dataLength)
    {
        // By the end too: an empty tensor begins where the next one does.
        tensors.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long expected = 0;
        foreach (Described tensor in tensors)
        {
            if (tensor.Begin != expected) throw Error(file, $"tensor '{tensor.Name}' to begin at byte {expected}, without a hole or overlap", $"byte {tensor.Begin}");
            expected = tensor.End;
        }

        if (expected != dataLength) throw Error(file, $"{expected} bytes of tensors", $"{dataLength}");
    }

    private static bool IsWhole(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) return false;
        foreach (JsonElement value in list.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out _)) return false;
        }

        return true;
    }

    /// <summary>A value for a message: on one line, and not at length.</summary>
    private static string Text(JsonElement element)
    {
        const int Longest = 200;
        string text = element.GetRawText();
        return text.Length > Longest ? text[..Longest] + "…" : text;
    }

    private static ReadOnlySpan<byte> LittleEndian(Tensor tensor)
    {
        if (BitConverter.IsLittleEndian) return tensor.AsBytes();
        byte[] swapped = tensor.AsBytes().ToArray();
        Swap(swapped, tensor.DType.Size());
        return swapped;
    }

    private static void Swap(Span<byte> bytes, int size)
    {
        for (int i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
    }

    private static FormatException Error(string file, string expected, string got) => new(OneLine($"{file}: expected {expected}, got {got}{(got.EndsWith('?') || got.EndsWith('.') ? "" : ".")}"));

    /// <summary>A message about texts from a file, which may hold line ends, or what a terminal obeys.</summary>
    internal static string OneLine(string message) => string.Concat(message.Select(letter => char.IsControl(letter) ? ' ' : letter));

    /// <summary>A tensor that the header describes, before there is room for it.</summary>
    private readonly record struct Described(string Name, DType DType, Shape Sizes, long Begin, long End);
}
