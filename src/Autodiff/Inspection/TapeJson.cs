using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Inspection;

/// <summary>
/// Writes a view as one JSON object, <c>"format": "tapestry-tape/1"</c>: nodes by id, and the steps of the forward and the reverse pass. Numbers that are none are the strings
/// <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>. A text's opening angle brackets are escaped, so that it may stand in a script element of an HTML page.
/// </summary>
/// <remarks>
/// A node has <c>id, kind, name, operation, entry, formula, scope, derivativeOf, inputs, dtype, shape, saves, savedBytes, value, adjoint, adjointNode</c>; a step
/// <c>phase, entry, node</c>, and in the reverse pass <c>contributions</c> of <c>to, value, total</c> and <c>jacobians</c> of <c>input, to, rows, columns, values</c>. A tensor is
/// <c>shape, dtype, elements, min, max, mean, std, nans, infs</c>; a large one has a <c>histogram</c> of <c>edges, counts</c> in place of the elements. What is not there is null.
/// </remarks>
public static class TapeJson
{
    /// <summary>What the object calls its format.</summary>
    public const string Format = "tapestry-tape/1";

    // The default encoder would write every plus sign of a formula as \u002B. Of what it guards against, a script element only minds the opening bracket.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON text, on one line.</summary>
    public static string Write(TapeView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("title", view.Title);
            WriteNumber(json, "output", view.Output);
            json.WriteNumber("savedBuffers", view.Saved.Buffers);
            json.WriteNumber("savedBytes", view.Saved.Bytes);
            json.WriteNumber("savedLeafBytes", view.Saved.LeafBytes);
            json.WriteStartArray("nodes");
            foreach (TapeNode node in view.Nodes) Write(json, node);
            json.WriteEndArray();
            json.WriteStartArray("steps");
            foreach (TapeStep step in view.Steps) Write(json, step);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("<", "\\u003C", StringComparison.Ordinal);
    }

    private static void Write(Utf8JsonWriter json, TapeNode node)
    {
        json.WriteStartObject();
        json.WriteNumber("id", node.Id);
        json.WriteString("kind", node.Kind switch { TapeNodeKind.Watched => "watched", TapeNodeKind.Constant => "constant", _ => "operation" });
        json.WriteString("name", node.Name);
        json.WriteString("operation", node.Operation);
        WriteNumber(json, "entry", node.Entry);
        json.WriteString("formula", node.Formula);
        json.WriteString("scope", node.Scope);
        WriteNumber(json, "derivativeOf", node.DerivativeOf);
        json.WriteStartArray("inputs");
        foreach (int input in node.Inputs) json.WriteNumberValue(input);
        json.WriteEndArray();
        json.WriteString("dtype", node.DType.ToString());
        WriteShape(json, node.Shape);
        json.WriteStartArray("saves");
        foreach ((Saves flag, string name) in (ReadOnlySpan<(Saves, string)>)[(Saves.First, "first"), (Saves.Second, "second"), (Saves.Third, "third"), (Saves.Rest, "rest"), (Saves.Output, "output")])
        {
            if (node.Saves.HasFlag(flag)) json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteNumber("savedBytes", node.SavedBytes);
        Write(json, "value", node.Value);
        if (node.Adjoint is { } adjoint) Write(json, "adjoint", adjoint);
        else json.WriteNull("adjoint");
        WriteNumber(json, "adjointNode", node.AdjointNode);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TapeStep step)
    {
        json.WriteStartObject();
        json.WriteString("phase", step.Phase == TapePhase.Forward ? "forward" : "reverse");
        WriteNumber(json, "entry", step.Entry);
        json.WriteNumber("node", step.Node);
        if (step.Phase == TapePhase.Reverse)
        {
            json.WriteStartArray("contributions");
            foreach (TapeContribution contribution in step.Contributions)
            {
                json.WriteStartObject();
                json.WriteNumber("to", contribution.To);
                Write(json, "value", contribution.Value);
                Write(json, "total", contribution.Total);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("jacobians");
            foreach (LocalJacobian jacobian in step.Jacobians) Write(json, jacobian);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LocalJacobian jacobian)
    {
        json.WriteStartObject();
        json.WriteNumber("input", jacobian.Input);
        json.WriteNumber("to", jacobian.To);
        (int rows, int columns) = (jacobian.Value.Shape[0], jacobian.Value.Shape[1]);
        json.WriteNumber("rows", rows);
        json.WriteNumber("columns", columns);
        json.WriteStartArray("values");
        for (int row = 0; row < rows; row++)
        {
            json.WriteStartArray();
            for (int column = 0; column < columns; column++) WriteReal(json, jacobian.Value.Elements![(row * columns) + column], jacobian.Value.DType);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, TensorSummary tensor)
    {
        json.WriteStartObject(name);
        WriteShape(json, tensor.Shape);
        json.WriteString("dtype", tensor.DType.ToString());
        if (tensor.Elements is { } elements) WriteReals(json, "elements", elements, tensor.DType);
        WriteReal(json, "min", tensor.Minimum, tensor.DType);
        WriteReal(json, "max", tensor.Maximum, tensor.DType);
        WriteReal(json, "mean", tensor.Mean, DType.F64);
        WriteReal(json, "std", tensor.Deviation, DType.F64);
        json.WriteNumber("nans", tensor.NaNs);
        json.WriteNumber("infs", tensor.Infinities);
        if (tensor.Histogram is { } histogram)
        {
            json.WriteStartObject("histogram");
            WriteReals(json, "edges", histogram.Edges, DType.F64);
            json.WriteStartArray("counts");
            foreach (int count in histogram.Counts) json.WriteNumberValue(count);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteShape(Utf8JsonWriter json, Shape shape)
    {
        json.WriteStartArray("shape");
        foreach (int size in shape) json.WriteNumberValue(size);
        json.WriteEndArray();
    }

    private static void WriteReals(Utf8JsonWriter json, string name, IReadOnlyList<double> values, DType dtype)
    {
        json.WriteStartArray(name);
        foreach (double value in values) WriteReal(json, value, dtype);
        json.WriteEndArray();
    }

    private static void WriteReal(Utf8JsonWriter json, string name, double value, DType dtype)
    {
        json.WritePropertyName(name);
        WriteReal(json, value, dtype);
    }

    /// <summary>The shortest digits that give the number back in its own type.</summary>
    private static void WriteReal(Utf8JsonWriter json, double value, DType dtype)
    {
        if (double.IsNaN(value)) json.WriteStringValue("NaN");
        else if (double.IsInfinity(value)) json.WriteStringValue(value > 0 ? "Infinity" : "-Infinity");
        else if (dtype == DType.F32) json.WriteNumberValue((float)value);
        else json.WriteNumberValue(value);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
