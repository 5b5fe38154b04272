using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>Numbers that a layer is given for good, as Keras takes a number or a NumPy array: one, or as many as broadcast to what they go with.</summary>
internal static class GivenNumbers
{
    private const int MostPrinted = 8;

    /// <summary>One number.</summary>
    public static Tensor One(double number) => Tensor.Scalar(number, DType.F64);

    /// <summary>A copy in F64: what is done to the original later does not change it.</summary>
    /// <exception cref="ArgumentException">A number is not valid.</exception>
    public static Tensor Copy(string layer, Tensor given, string expected, Func<double, bool> isValid)
    {
        ArgumentNullException.ThrowIfNull(given);
        foreach (double number in given.ToDoubles())
        {
            if (!isValid(number)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{layer}: expected {expected}, got {number}."), nameof(given));
        }

        return given.Cast(DType.F64).Clone();
    }

    /// <summary>Refuses numbers that are too many, or of other sizes, for a shape.</summary>
    /// <exception cref="ArgumentException">They do not broadcast to it.</exception>
    public static void Refuse(Layer layer, string name, Tensor given, Shape shape)
    {
        if (!Trimmed(given.Shape).BroadcastsTo(shape)) throw new ArgumentException($"{layer}: expected {name} that broadcasts to shape {shape}, got one of shape {given.Shape}.");
    }

    /// <summary>The numbers as an operand beside a batch.</summary>
    public static Tensor Operand(Tensor given, DType dtype) => given.Reshape(Trimmed(given.Shape)).Cast(dtype);

    /// <summary><c>0.5</c>, <c>[0.5, 2]</c>, or of more than a few the shape alone.</summary>
    public static string Text(Tensor given) =>
        given.Length > MostPrinted ? $"numbers of shape {given.Shape}" : LayerJson.Write(given).ToJsonString().Replace(",", ", ", StringComparison.Ordinal);

    /// <summary>Axes of size 1 in front broadcast to anything, and so say nothing.</summary>
    private static Shape Trimmed(Shape shape) => Shape.Of([.. shape.SkipWhile(size => size == 1)]);
}
