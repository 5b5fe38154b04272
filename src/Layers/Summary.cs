using System.Globalization;
using System.Text;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>A model as text, laid out as Keras 2 prints it: 65 columns, or 98 for a graph, cells cut at their column's width (batchnorm.md D4).</summary>
public static class Summary
{
    // Keras's relative positions .45, .85 and 1 of 65 columns, and .33, .55, .67 and 1 of 98 where connections are told, cut to whole columns.
    private static readonly int[] StackEnds = [29, 55, 65];
    private static readonly int[] GraphEnds = [32, 53, 65, 98];

    /// <summary>The table of layers, output shapes and parameter counts; for a graph with a column of what each layer is connected to.</summary>
    /// <exception cref="InvalidOperationException">The model has not been built, so that no shape is known.</exception>
    public static string Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.InputShape is null) throw new InvalidOperationException($"{model}: expected a model whose input shape is known, got none. Give inputShape, or call Forward once.");

        int[] ends = model is Functional ? GraphEnds : StackEnds;
        Connections? connections = model is Functional graph ? new Connections(graph) : null;
        StringBuilder text = new();
        Line(text, $"Model: \"{model.Name}\"");
        Rule(text, '_', ends);
        Row(text, ends, ["Layer (type)", "Output Shape", "Param #", "Connected to"]);
        Rule(text, '=', ends);
        for (int i = 0; i < model.Layers.Count; i++)
        {
            if (i > 0) Rule(text, '_', ends);
            Layer layer = model.Layers[i];
            IReadOnlyList<string> connected = connections?.Of(layer) ?? [];
            Row(text, ends, [$"{layer.Name} ({layer.ClassName})", ShapeText(layer), Count(layer.Parameters).ToString(CultureInfo.InvariantCulture), connected.FirstOrDefault("")]);
            foreach (string more in connected.Skip(1)) Row(text, ends, ["", "", "", more]);
        }

        Rule(text, '=', ends);
        Line(text, $"Total params: {Grouped(Count(model.Parameters))}");
        Line(text, $"Trainable params: {Grouped(Count(model.TrainableParameters))}");
        Line(text, $"Non-trainable params: {Grouped(Count(model.NonTrainableParameters))}");
        Rule(text, '_', ends);
        return text.ToString();
    }

    /// <summary>
    /// A layer's parameters in the manner of the book's <c>[(var.name, var.trainable) for var in layer.variables]</c>, a line each:
    /// <c>('batch_normalization/gamma:0', True)</c> (batchnorm.md D6).
    /// </summary>
    public static string Variables(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return string.Join('\n', layer.Parameters.Select(parameter => $"('{parameter.Name}:0', {parameter.Trainable})"));
    }

    /// <summary>The number of elements of all the parameters together.</summary>
    public static long Count(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Sum(parameter => (long)parameter.Shape.ElementCount);
    }

    /// <summary>As Keras has it: an input's shape, and those of several outputs, stand in brackets.</summary>
    private static string ShapeText(Layer layer)
    {
        IEnumerable<string> shapes = layer.OutputShapes(layer.InputShapes).Select(shape => shape.Rank == 0 ? "(None,)" : $"(None, {string.Join(", ", shape.Select(size => size.ToString(CultureInfo.InvariantCulture)))})");
        return layer is InputLayer or Functional { Outputs.Count: > 1 } ? $"[{string.Join(", ", shapes)}]" : shapes.First();
    }

    private static string Grouped(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Keras's print_row: before each cell but the first the last character so far becomes a blank, then the line is cut or padded to the column's end.</summary>
    private static void Row(StringBuilder text, int[] ends, ReadOnlySpan<string> cells)
    {
        string line = "";
        for (int i = 0; i < ends.Length; i++)
        {
            if (i > 0) line = line[..^1] + " ";
            line += cells[i];
            line = line[..Math.Min(line.Length, ends[i])].PadRight(ends[i]);
        }

        Line(text, line);
    }

    private static void Rule(StringBuilder text, char character, int[] ends) => text.Append(character, ends[^1]).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
