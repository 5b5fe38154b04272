namespace Tapestry.Tensors;

/// <content>How tensors are made.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// A tensor with unspecified contents, in storage from the pool: what a kernel writes its result into. A tape that records the result gives the storage back
    /// when it is disposed; without a tape it is ordinary garbage-collected memory.
    /// </summary>
    public static Tensor Uninitialized(Shape shape, DType dtype) => new(Buffer.Rent(Bytes(shape, dtype)), 0, dtype, shape);

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The sizes of the axes; <c>[]</c> makes a scalar.</param>
    /// <param name="dtype">The element type; F32 unless told otherwise.</param>
    public static Tensor Zeros(Shape shape, DType dtype = DType.F32) => new(Buffer.Allocate(Bytes(shape, dtype)), 0, dtype, shape);

    /// <summary>A tensor of ones.</summary>
    /// <param name="shape">The sizes of the axes; <c>[]</c> makes a scalar.</param>
    /// <param name="dtype">The element type; F32 unless told otherwise.</param>
    public static Tensor Ones(Shape shape, DType dtype = DType.F32) => Full(shape, 1, dtype);

    /// <summary>A tensor of one value throughout.</summary>
    /// <param name="shape">The sizes of the axes; <c>[]</c> makes a scalar.</param>
    /// <param name="value">The value of every element, converted as <see cref="Cast"/> does.</param>
    /// <param name="dtype">The element type; F32 unless told otherwise.</param>
    public static Tensor Full(Shape shape, double value, DType dtype = DType.F32)
    {
        Tensor result = Zeros(shape, dtype);
        result.Fill(value);
        return result;
    }

    /// <summary>A single number, of shape <c>[]</c>.</summary>
    /// <param name="value">The number.</param>
    /// <param name="dtype">The element type; F32 unless told otherwise.</param>
    public static Tensor Scalar(double value, DType dtype = DType.F32) => Full(Shape.Scalar, value, dtype);

    /// <summary>A copy of values, row-major, whose element type follows from theirs.</summary>
    /// <param name="values">The elements: float, double, int or byte.</param>
    /// <param name="shape">The sizes of the axes; one axis unless told otherwise.</param>
    /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is none of the four types.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape? shape = null)
        where T : unmanaged
    {
        shape ??= [values.Length];
        if (shape.ElementCount != values.Length)
        {
            throw new ArgumentException($"Tensor.From: expected {shape.ElementCount} values for shape {shape}, got {values.Length}.", nameof(values));
        }

        Tensor result = Zeros(shape, DTypes.Of<T>());
        values.CopyTo(result.AsSpan<T>());
        return result;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape)"/>
    public static Tensor From<T>(T[] values, Shape? shape = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From((ReadOnlySpan<T>)values, shape);
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape)"/>
    public static Tensor From<T>(Span<T> values, Shape? shape = null)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>A copy of a matrix: <c>From(new double[,] { { 1, 2 }, { 3, 4 } })</c>.</summary>
    public static Tensor From<T>(T[,] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From([.. values.Cast<T>()], [values.GetLength(0), values.GetLength(1)]);
    }

    /// <summary>Sets every element to one value, converted as <see cref="Cast"/> does.</summary>
    internal void Fill(double value)
    {
        switch (DType)
        {
            case DType.F32: AsSpan<float>().Fill((float)value); break;
            case DType.F64: AsSpan<double>().Fill(value); break;
            case DType.I32: AsSpan<int>().Fill(int.CreateSaturating(value)); break;
            default: AsSpan<byte>().Fill(byte.CreateSaturating(value)); break;
        }
    }

    private static int Bytes(Shape shape, DType dtype)
    {
        ArgumentNullException.ThrowIfNull(shape);
        long bytes = (long)shape.ElementCount * dtype.Size();
        return bytes <= Array.MaxLength
            ? (int)bytes
            : throw new ArgumentException($"Tensor: expected at most {Array.MaxLength} bytes, got {dtype}{shape} of {bytes} bytes.", nameof(shape));
    }
}
