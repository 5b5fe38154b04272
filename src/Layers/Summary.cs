using System.Globalization;
using System.Text;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>A model as text, laid out as Keras 2 prints it: 65 columns, cells cut at their column's width (batchnorm.md D4).</summary>
public static class Summary
{
    private const int Width = 65;

    // Keras's relative positions .45, .85 and 1 of the width, cut to whole columns.
    private static readonly int[] ColumnEnds = [29, 55, Width];

    /// <summary>The table of layers, output shapes and parameter counts.</summary>
    /// <exception cref="InvalidOperationException">The model has not been built, so that no shape is known.</exception>
    public static string Of(Sequential model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.InputShape is not { } shape) throw new InvalidOperationException($"{model}: expected a model whose input shape is known, got none. Give inputShape, or call Forward once.");

        StringBuilder text = new();
        Line(text, $"Model: \"{model.Name}\"");
        Rule(text, '_');
        Row(text, "Layer (type)", "Output Shape", "Param #");
        Rule(text, '=');
        for (int i = 0; i < model.Layers.Count; i++)
        {
            if (i > 0) Rule(text, '_');
            Layer layer = model.Layers[i];
            shape = layer.OutputShape(shape);
            Row(text, $"{layer.Name} ({layer.ClassName})", ShapeText(shape), Count(layer.Parameters).ToString(CultureInfo.InvariantCulture));
        }

        Rule(text, '=');
        Line(text, $"Total params: {Grouped(Count(model.Parameters))}");
        Line(text, $"Trainable params: {Grouped(Count(model.TrainableParameters))}");
        Line(text, $"Non-trainable params: {Grouped(Count(model.NonTrainableParameters))}");
        Rule(text, '_');
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

    private static string ShapeText(Shape shape) => shape.Rank == 0 ? "(None,)" : $"(None, {string.Join(", ", shape.Select(size => size.ToString(CultureInfo.InvariantCulture)))})";

    private static string Grouped(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Keras's print_row: before each cell but the first the last character so far becomes a blank, then the line is cut or padded to the column's end.</summary>
    private static void Row(StringBuilder text, params ReadOnlySpan<string> cells)
    {
        string line = "";
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0) line = line[..^1] + " ";
            line += cells[i];
            line = line[..Math.Min(line.Length, ColumnEnds[i])].PadRight(ColumnEnds[i]);
        }

        Line(text, line);
    }

    private static void Rule(StringBuilder text, char character) => text.Append(character, Width).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
