using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>Random operands, the same for the same seed.</summary>
internal static class Draw
{
    public static DType[] Floats { get; } = [DType.F32, DType.F64];

    public static T From<T>(this Rng rng, params ReadOnlySpan<T> choices) => choices[rng.Next(choices.Length)];

    /// <summary>Numbers from -size to size.</summary>
    public static Tensor Uniform(this Rng rng, Shape shape, DType dtype, double size = 1) => Fill(shape, dtype, () => size * ((2 * rng.NextDouble()) - 1));

    /// <summary>Numbers from least to most.</summary>
    public static Tensor Between(this Rng rng, Shape shape, DType dtype, double least, double most) => Fill(shape, dtype, () => least + ((most - least) * rng.NextDouble()));

    /// <summary>Whole numbers from -4 to 4: a million products of them add up exactly, in F32 too and in any order.</summary>
    public static Tensor Whole(this Rng rng, Shape shape, DType dtype) => Fill(shape, dtype, () => rng.Next(9) - 4);

    /// <summary>A matrix turned round, element by element.</summary>
    public static Tensor Transposed(Tensor matrix)
    {
        (int rows, int columns) = (matrix.Shape[0], matrix.Shape[1]);
        double[] from = matrix.ToDoubles(), to = new double[from.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) to[(j * rows) + i] = from[(i * columns) + j];
        }

        return Tensor.From(to, [columns, rows]).Cast(matrix.DType);
    }

    private static Tensor Fill(Shape shape, DType dtype, Func<double> next)
    {
        Tensor values = Tensor.Zeros(shape, DType.F64);
        foreach (ref double value in values.AsSpan<double>()) value = next();
        return values.Cast(dtype);
    }
}
