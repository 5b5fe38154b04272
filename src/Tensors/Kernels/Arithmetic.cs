using System.Numerics;
using System.Numerics.Tensors;

namespace Tapestry.Tensors;

/// <summary>x + y</summary>
public readonly struct AddKernel : IBinaryKernel
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Add(x, y, destination);

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Add(x, y, destination);

    /// <inheritdoc/>
    public void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Add(y, x, destination);
}

/// <summary>x - y</summary>
public readonly struct SubtractKernel : IBinaryKernel
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Subtract(x, y, destination);

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Subtract(x, y, destination);

    /// <inheritdoc/>
    public void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Subtract(x, y, destination);
}

/// <summary>x · y</summary>
public readonly struct MultiplyKernel : IBinaryKernel
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Multiply(x, y, destination);

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Multiply(x, y, destination);

    /// <inheritdoc/>
    public void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Multiply(y, x, destination);
}

/// <summary>x / y</summary>
public readonly struct DivideKernel : IBinaryKernel
{
    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Divide(x, y, destination);

    /// <inheritdoc/>
    public void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Divide(x, y, destination);

    /// <inheritdoc/>
    public void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Divide(x, y, destination);
}

/// <content>Arithmetic on plain numbers.</content>
public sealed partial class Tensor
{
    /// <summary>x + y, elementwise, broadcasting.</summary>
    public static Tensor operator +(Tensor x, Tensor y) => Elementwise.Zip<AddKernel>(x, y);

    /// <summary>x - y, elementwise, broadcasting.</summary>
    public static Tensor operator -(Tensor x, Tensor y) => Elementwise.Zip<SubtractKernel>(x, y);

    /// <summary>x · y, elementwise, broadcasting.</summary>
    public static Tensor operator *(Tensor x, Tensor y) => Elementwise.Zip<MultiplyKernel>(x, y);

    /// <summary>x / y, elementwise, broadcasting.</summary>
    public static Tensor operator /(Tensor x, Tensor y) => Elementwise.Zip<DivideKernel>(x, y);
}
