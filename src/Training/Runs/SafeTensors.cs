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

    private static (List<KeyValuePair<string, Tensor>> Tensors, Dictionary<string, string> Metadata) ParseHeader(string file, byte[] text, long dataLength)
    {
        if (text.Length == 0 || text[0] != (byte)'{') throw Error(file, "a header that begins with '{'", "something else. Is it a safetensors file?");
        try
        {
            return Describe(file, (JsonObject)JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!, dataLength);
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

    /// <summary>Empty tensors as the header describes them, in the order of their bytes, and the metadata.</summary>
    private static (List<KeyValuePair<string, Tensor>> Tensors, Dictionary<string, string> Metadata) Describe(string file, JsonObject header, long dataLength)
    {
        Dictionary<string, string> metadata = [];
        List<KeyValuePair<string, Tensor>> tensors = [];
        long expectedOffset = 0;

        // By the end too: an empty tensor begins where the next one does.
        foreach ((string name, JsonNode? node) in header.OrderBy(pair => Offset(pair.Value, 0)).ThenBy(pair => Offset(pair.Value, 1)))
        {
            if (name == MetadataKey)
            {
                foreach ((string key, JsonNode? value) in node as JsonObject ?? throw Error(file, "metadata as an object", $"{node}"))
                {
                    metadata[key] = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Error(file, $"metadata '{key}' as a text", value?.ToJsonString() ?? "null");
                }

                continue;
            }

            (Tensor tensor, long begin) = Describe(file, name, node, dataLength);
            if (begin != expectedOffset) throw Error(file, $"tensor '{name}' to begin at byte {expectedOffset}, without a hole or overlap", $"byte {begin}");
            expectedOffset += tensor.ByteLength;
            tensors.Add(KeyValuePair.Create(name, tensor));
        }

        return expectedOffset == dataLength ? (tensors, metadata) : throw Error(file, $"{expectedOffset} bytes of tensors", $"{dataLength}");
    }

    private static long Offset(JsonNode? node, int which) =>
        node is JsonObject described && described["data_offsets"] is JsonArray { Count: 2 } offsets && offsets[which] is JsonValue value && value.TryGetValue(out long offset) ? offset : -1;

    /// <summary>An empty tensor as the header describes it, after checking that its description fits itself and the file.</summary>
    private static (Tensor Tensor, long Begin) Describe(string file, string name, JsonNode? node, long dataLength)
    {
        if (node is not JsonObject described
            || described["dtype"]?.GetValueKind() != JsonValueKind.String
            || described["shape"] is not JsonArray shape || !shape.All(IsWhole)
            || described["data_offsets"] is not JsonArray { Count: 2 } offsets || !offsets.All(IsWhole))
        {
            throw Error(file, $"tensor '{name}' to have dtype, shape and data_offsets", node?.ToJsonString() ?? "null");
        }

        string dtypeName = described["dtype"]!.GetValue<string>();
        if (!Enum.TryParse(dtypeName, out DType dtype) || dtype.ToString() != dtypeName) throw Error(file, $"tensor '{name}' of F32, F64, I32 or U8", dtypeName);
        (long begin, long end) = (offsets[0]!.GetValue<long>(), offsets[1]!.GetValue<long>());
        if (begin < 0 || end < begin || end > dataLength) throw Error(file, $"tensor '{name}' inside the {dataLength} bytes of data", $"bytes {begin} to {end}");
        try
        {
            Shape sizes = Shape.Of([.. shape.Select(size => checked((int)size!.GetValue<long>()))]);
            if ((long)sizes.ElementCount * dtype.Size() != end - begin) throw Error(file, $"tensor '{name}' of {end - begin} bytes", $"{dtype}{sizes}");
            return (Tensor.Zeros(sizes, dtype), begin);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw Error(file, $"tensor '{name}' to have sizes that an array can hold", shape.ToJsonString());
        }
    }

    private static bool IsWhole(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long _);

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

    private static FormatException Error(string file, string expected, string got) => new($"{file}: expected {expected}, got {got}{(got.EndsWith('?') ? "" : ".")}");
}
