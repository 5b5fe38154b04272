using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>Softmax over rows, its derivative, and the cross-entropy of its result, each with the row's largest element taken out first.</summary>
public static class SoftmaxKernel
{
    /// <summary>eˣ / Σ eˣ along the last axis.</summary>
    /// <param name="x">F32 or F64, rank 1 or more.</param>
    /// <exception cref="ArgumentException">The type is not F32 or F64, x is a scalar, or its rows have no element.</exception>
    public static Tensor Forward(Tensor x)
    {
        Check(x);
        Tensor result = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.F32) Forward(x.AsSpan<float>(), result.AsSpan<float>(), x.Shape[-1], []);
        else Forward(x.AsSpan<double>(), result.AsSpan<double>(), x.Shape[-1], []);
        return result;
    }

    /// <summary>Softmax, and the mean over the rows of its cross-entropy Σ tᵢ·(ln Σ eˣ - xᵢ).</summary>
    /// <param name="x">F32 or F64, rank 1 or more.</param>
    /// <param name="targets">t, in x's shape and type.</param>
    /// <returns>The softmax in x's shape, and one number.</returns>
    public static (Tensor Softmax, Tensor CrossEntropy) ForwardWithCrossEntropy(Tensor x, Tensor targets)
    {
        Check(x);
        ArgumentNullException.ThrowIfNull(targets);
        Guard.SameDType("SoftmaxCrossEntropy", x, targets);
        Guard.SameShape("SoftmaxCrossEntropy", x, targets);
        (Tensor result, Tensor loss, int rows) = (Tensor.Uninitialized(x.Shape, x.DType), Tensor.Uninitialized(Shape.Scalar, x.DType), x.Length / x.Shape[-1]);
        if (x.DType == DType.F32) loss.AsSpan<float>()[0] = Loss<float>(x, targets, result, rows);
        else loss.AsSpan<double>()[0] = Loss<double>(x, targets, result, rows);
        return (result, loss);
    }

    /// <summary>The adjoint of what a cross-entropy was taken of: ȳ/N·(softmax·Σ t - t) for N rows.</summary>
    /// <param name="softmax">What <see cref="ForwardWithCrossEntropy"/> gave.</param>
    /// <param name="targets">t.</param>
    /// <param name="adjoint">ȳ, one number.</param>
    public static Tensor CrossEntropyBackward(Tensor softmax, Tensor targets, Tensor adjoint)
    {
        ArgumentNullException.ThrowIfNull(softmax);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(adjoint);
        Tensor result = Tensor.Uninitialized(softmax.Shape, softmax.DType);
        int width = softmax.Shape[-1];
        double share = adjoint.ToScalar() / (softmax.Length / width);
        if (softmax.DType == DType.F32) Backward(softmax.AsSpan<float>(), targets.AsSpan<float>(), (float)share, result.AsSpan<float>(), width);
        else Backward(softmax.AsSpan<double>(), targets.AsSpan<double>(), share, result.AsSpan<double>(), width);
        return result;
    }

    /// <summary>x̄ = y·(ȳ - Σ ȳ·y) along the last axis.</summary>
    /// <param name="y">The softmax.</param>
    /// <param name="adjoint">ȳ, in y's shape and type.</param>
    public static Tensor Backward(Tensor y, Tensor adjoint)
    {
        Check(y);
        ArgumentNullException.ThrowIfNull(adjoint);
        Guard.SameDType("Softmax", y, adjoint);
        Guard.SameShape("Softmax", y, adjoint);
        Tensor result = Tensor.Uninitialized(y.Shape, y.DType);
        if (y.DType == DType.F32) Backward(y.AsSpan<float>(), adjoint.AsSpan<float>(), result.AsSpan<float>(), y.Shape[-1]);
        else Backward(y.AsSpan<double>(), adjoint.AsSpan<double>(), result.AsSpan<double>(), y.Shape[-1]);
        return result;
    }

    private static void Check(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.DType.IsFloat()) throw Guard.NotFloat("Softmax", x);
        if (x.Rank == 0 || x.Shape[-1] == 0) throw new ArgumentException($"Softmax: expected at least one element along the last axis, got shape {x.Shape}.");
    }

    /// <summary>The exponentials of all rows are taken at once: rows are short.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<T>(ReadOnlySpan<T> x, Span<T> result, int width, Span<T> logSum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int start = 0; start < x.Length; start += width)
        {
            T largest = TensorPrimitives.Max(x.Slice(start, width));
            TensorPrimitives.Subtract(x.Slice(start, width), largest, result.Slice(start, width));
            if (!logSum.IsEmpty) logSum[start / width] = largest;
        }

        default(ExpKernel).Invoke<T>(result, result);
        for (int start = 0; start < x.Length; start += width)
        {
            Span<T> row = result.Slice(start, width);
            T sum = T.Zero;
            foreach (T element in row) sum += element;
            if (!logSum.IsEmpty) logSum[start / width] += T.Log(sum);
            TensorPrimitives.Divide(row, sum, row);
        }
    }

    /// <summary>Added up in double precision: a mean over many examples loses nothing to their number.</summary>
    private static T Loss<T>(Tensor x, Tensor targets, Tensor result, int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = x.Shape[-1];
        using Scratch<T> logSums = new(rows);
        ReadOnlySpan<T> values = x.AsSpan<T>(), weights = targets.AsSpan<T>();
        Span<T> logSum = logSums.Span;
        Forward(values, result.AsSpan<T>(), width, logSum);
        double total = 0;
        for (int i = 0; i < values.Length; i++)
        {
            // What has no weight counts as 0 even where it is infinite.
            if (weights[i] != T.Zero) total += double.CreateTruncating(weights[i]) * double.CreateTruncating(logSum[i / width] - values[i]);
        }

        return T.CreateTruncating(total / rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<T>(ReadOnlySpan<T> softmax, ReadOnlySpan<T> targets, T share, Span<T> result, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int start = 0; start < softmax.Length; start += width)
        {
            T weight = T.Zero;
            for (int i = start; i < start + width; i++) weight += targets[i];
            for (int i = start; i < start + width; i++) result[i] = ((softmax[i] * weight) - targets[i]) * share;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> adjoint, Span<T> result, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int start = 0; start < y.Length; start += width)
        {
            T sum = T.Zero;
            for (int i = start; i < start + width; i++) sum += y[i] * adjoint[i];
            for (int i = start; i < start + width; i++) result[i] = y[i] * (adjoint[i] - sum);
        }
    }
}
