using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <summary>
/// Plain numbers: an element type, a shape, and contiguous row-major storage that views share. A tensor knows nothing of gradients; see <c>Tapestry.Autodiff.Variable</c>.
/// </summary>
public sealed partial class Tensor
{
    private readonly int offset;

    private Tensor(Buffer buffer, int offset, DType dtype, Shape shape)
    {
        Buffer = buffer;
        this.offset = offset;
        DType = dtype;
        Shape = shape;
    }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The number of elements.</summary>
    public int Length => Shape.ElementCount;

    /// <summary>The number of bytes that the elements take.</summary>
    public int ByteLength => Length * DType.Size();

    /// <summary>The storage, shared with every view of it.</summary>
    public Buffer Buffer { get; }

    /// <summary>The elements as bytes, in the machine's byte order.</summary>
    public Span<byte> AsBytes() => Buffer.Bytes.Slice(offset, ByteLength);

    /// <summary>The elements, row-major. Writing through the span writes into every view.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type.</exception>
    /// <exception cref="ObjectDisposedException">The tape that owned the tensor has been disposed.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
        {
            throw new InvalidOperationException($"Tensor: expected elements of {DType}, got a request for {DTypes.Of<T>()}. Convert with Cast first.");
        }

        return MemoryMarshal.Cast<byte, T>(AsBytes());
    }

    /// <summary>The elements as a kernel's threads take them. The type has been looked at.</summary>
    internal Slab<T> Slab<T>()
        where T : unmanaged => new(Buffer.Array, Buffer.Start + offset, Length);

    /// <summary>A copy of the elements, row-major.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged => AsSpan<T>().ToArray();

    /// <summary>One element, converted to double; negative indices count from the end.</summary>
    public double this[params ReadOnlySpan<int> index]
    {
        get
        {
            if (index.Length != Rank)
            {
                throw new ArgumentException($"Tensor: expected {Rank} indices for shape {Shape}, got {index.Length}.", nameof(index));
            }

            int position = 0;
            for (int axis = 0; axis < Rank; axis++)
            {
                int i = index[axis] < 0 ? index[axis] + Shape[axis] : index[axis];
                if ((uint)i >= (uint)Shape[axis])
                {
                    throw new ArgumentOutOfRangeException(nameof(index), string.Create(
                        CultureInfo.InvariantCulture, $"Tensor: expected an index below {Shape[axis]} on axis {axis} of shape {Shape}, got {index[axis]}."));
                }

                position = (position * Shape[axis]) + i;
            }

            return ToDouble(position);
        }
    }

    /// <summary>The value of a tensor of one element.</summary>
    /// <exception cref="InvalidOperationException">The tensor has more or fewer elements than one.</exception>
    public double ToScalar() => Length == 1
        ? ToDouble(0)
        : throw new InvalidOperationException($"Tensor: expected one element, got shape {Shape}.");

    /// <summary>The elements converted to double, row-major.</summary>
    public double[] ToDoubles()
    {
        double[] values = new double[Length];
        for (int i = 0; i < values.Length; i++) values[i] = ToDouble(i);
        return values;
    }

    /// <summary>The same elements in another shape; one size may be -1. A view: nothing is copied.</summary>
    /// <exception cref="ArgumentException">The sizes do not hold as many elements.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> sizes) => Shape.Is(sizes) ? this : new(Buffer, offset, DType, Shape.Infer(sizes, Length));

    /// <summary>The same elements in another shape. A view: nothing is copied.</summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
    public Tensor Reshape(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape == Shape ? this : shape.ElementCount == Length ? new(Buffer, offset, DType, shape) : Reshape(shape.AsSpan());
    }

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> of the first axis. A view: nothing is copied.</summary>
    /// <exception cref="ArgumentException">The tensor is a scalar, or the rows lie outside it.</exception>
    public Tensor Rows(int start, int count)
    {
        if (Rank == 0 || start < 0 || count < 0 || (long)start + count > Shape[0])
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Rows: expected rows inside the first axis of {Shape}, got {count} rows from row {start}."), nameof(start));
        }

        Shape shape = Shape.With(0, count);
        int rowBytes = Length == 0 ? 0 : Shape.WithoutFirst().ElementCount * DType.Size();
        return new(Buffer, offset + (start * rowBytes), DType, shape);
    }

    /// <summary>A copy in storage of its own, which no tape ever takes back.</summary>
    public Tensor Clone()
    {
        Tensor copy = Zeros(Shape, DType);
        AsBytes().CopyTo(copy.AsBytes());
        return copy;
    }

    /// <summary>Overwrites the elements with another tensor's, of the same shape and type.</summary>
    /// <exception cref="ArgumentException">Shape or type differ.</exception>
    public void CopyFrom(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Shape != Shape || source.DType != DType)
        {
            throw new ArgumentException($"CopyFrom: expected {DType}{Shape}, got {source.DType}{source.Shape}.", nameof(source));
        }

        source.AsBytes().CopyTo(AsBytes());
    }

    /// <summary>
    /// The elements converted to another type. To an integer the fraction is cut off, what lies outside its range becomes the nearest number inside, and NaN becomes 0.
    /// </summary>
    public Tensor Cast(DType dtype)
    {
        if (dtype == DType) return this;
        Tensor result = Uninitialized(Shape, dtype);
        switch (DType)
        {
            case DType.F32: Convert<float>(this, result); break;
            case DType.F64: Convert<double>(this, result); break;
            case DType.I32: Convert<int>(this, result); break;
            default: Convert<byte>(this, result); break;
        }

        return result;
    }

    private static void Convert<TFrom>(Tensor source, Tensor result)
        where TFrom : unmanaged, INumber<TFrom>
    {
        switch (result.DType)
        {
            case DType.F32: System.Numerics.Tensors.TensorPrimitives.ConvertSaturating<TFrom, float>(source.AsSpan<TFrom>(), result.AsSpan<float>()); break;
            case DType.F64: System.Numerics.Tensors.TensorPrimitives.ConvertSaturating<TFrom, double>(source.AsSpan<TFrom>(), result.AsSpan<double>()); break;
            case DType.I32: System.Numerics.Tensors.TensorPrimitives.ConvertSaturating<TFrom, int>(source.AsSpan<TFrom>(), result.AsSpan<int>()); break;
            default: System.Numerics.Tensors.TensorPrimitives.ConvertSaturating<TFrom, byte>(source.AsSpan<TFrom>(), result.AsSpan<byte>()); break;
        }
    }

    private double ToDouble(int position) => DType switch
    {
        DType.F32 => AsSpan<float>()[position],
        DType.F64 => AsSpan<double>()[position],
        DType.I32 => AsSpan<int>()[position],
        _ => AsSpan<byte>()[position],
    };
}
