using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>An elementwise function of one operand. A struct: the driver that loops over it is compiled for each kernel, so nothing is called indirectly.</summary>
public interface IUnaryKernel
{
    /// <summary>Computes <c>destination[i] = f(x[i])</c>. The spans have equal lengths; they are the same memory or do not overlap.</summary>
    void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>An elementwise function of two operands, of which one may be a single number repeated.</summary>
public interface IBinaryKernel
{
    /// <summary>Computes <c>destination[i] = f(x[i], y[i])</c>.</summary>
    void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Computes <c>destination[i] = f(x[i], y)</c>.</summary>
    void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Computes <c>destination[i] = f(x, y[i])</c>.</summary>
    void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>An associative function that folds many numbers into one.</summary>
public interface IReductionKernel
{
    /// <summary>The result over no numbers at all, or an error where there is none.</summary>
    T Empty<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Folds a span of at least one number.</summary>
    T Fold<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Computes <c>accumulator[i] = f(accumulator[i], x[i])</c>.</summary>
    void Combine<T>(Span<T> accumulator, ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
