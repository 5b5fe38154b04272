using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>The loops of elementwise operations: one operand, two with broadcasting, a choice between two. F32 and F64.</summary>
public static class Elementwise
{
    /// <summary><c>result[i] = f(x[i])</c></summary>
    /// <exception cref="ArgumentException">The type is not F32 or F64.</exception>
    public static Tensor Map<TKernel>(Tensor x, TKernel kernel = default)
        where TKernel : struct, IUnaryKernel
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor result = Tensor.Uninitialized(x.Shape, x.DType);
        // Not every function of TensorPrimitives takes empty spans.
        if (x.Length == 0 && x.DType.IsFloat()) return result;
        switch (x.DType)
        {
            case DType.F32: kernel.Invoke<float>(x.AsSpan<float>(), result.AsSpan<float>()); break;
            case DType.F64: kernel.Invoke<double>(x.AsSpan<double>(), result.AsSpan<double>()); break;
            default: throw Guard.NotFloat(Guard.Name<TKernel>(), x);
        }

        return result;
    }

    /// <summary><c>result[i] = f(x[i], y[i])</c>, operands repeated along axes of size 1 by NumPy's rule.</summary>
    /// <exception cref="ArgumentException">The types differ or are not F32 or F64, or the shapes do not broadcast.</exception>
    public static Tensor Zip<TKernel>(Tensor x, Tensor y, TKernel kernel = default)
        where TKernel : struct, IBinaryKernel
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        Guard.SameDType(Guard.Name<TKernel>(), x, y);
        Tensor result = Tensor.Uninitialized(Shape.Broadcast(x.Shape, y.Shape), x.DType);
        switch (x.DType)
        {
            case DType.F32: Zip<float, TKernel>(x, y, result, kernel); break;
            case DType.F64: Zip<double, TKernel>(x, y, result, kernel); break;
            default: throw Guard.NotFloat(Guard.Name<TKernel>(), x);
        }

        return result;
    }

    /// <summary><c>result[i] = mask[i] ≠ 0 ? x[i] : y[i]</c>; x and y have the mask's shape, or are a single number repeated.</summary>
    /// <exception cref="ArgumentException">Types or shapes differ, or the type is not F32 or F64.</exception>
    public static Tensor Select(Tensor mask, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        Guard.SameDType("Select", mask, x);
        Guard.SameDType("Select", x, y);
        if (x.Length != 1) Guard.SameShape("Select", mask, x);
        if (y.Length != 1) Guard.SameShape("Select", mask, y);
        Tensor result = Tensor.Uninitialized(mask.Shape, x.DType);
        switch (x.DType)
        {
            case DType.F32: Select(mask.AsSpan<float>(), x.AsSpan<float>(), y.AsSpan<float>(), result.AsSpan<float>()); break;
            case DType.F64: Select(mask.AsSpan<double>(), x.AsSpan<double>(), y.AsSpan<double>(), result.AsSpan<double>()); break;
            default: throw Guard.NotFloat("Select", x);
        }

        return result;
    }

    /// <summary><c>target[i] = keep·target[i] + (1 - keep)·value[i]</c>, in place: one step of a moving average.</summary>
    /// <exception cref="ArgumentException">Types or shapes differ, or the type is not F32 or F64.</exception>
    public static void Blend(Tensor target, Tensor value, double keep)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(value);
        Guard.SameDType("Blend", target, value);
        Guard.SameShape("Blend", target, value);
        switch (target.DType)
        {
            case DType.F32: Blend(target.AsSpan<float>(), value.AsSpan<float>(), (float)keep, (float)(1 - keep)); break;
            case DType.F64: Blend(target.AsSpan<double>(), value.AsSpan<double>(), keep, 1 - keep); break;
            default: throw Guard.NotFloat("Blend", target);
        }
    }

    /// <summary><c>target[i] += value[i]</c>, in place.</summary>
    /// <exception cref="ArgumentException">Types or shapes differ, or the type is not F32 or F64.</exception>
    public static void AddTo(Tensor target, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(value);
        Guard.SameDType("AddTo", target, value);
        Guard.SameShape("AddTo", target, value);
        switch (target.DType)
        {
            case DType.F32: System.Numerics.Tensors.TensorPrimitives.Add(target.AsSpan<float>(), value.AsSpan<float>(), target.AsSpan<float>()); break;
            case DType.F64: System.Numerics.Tensors.TensorPrimitives.Add(target.AsSpan<double>(), value.AsSpan<double>(), target.AsSpan<double>()); break;
            default: throw Guard.NotFloat("AddTo", target);
        }
    }

    private static void Blend<T>(Span<T> target, ReadOnlySpan<T> value, T keep, T add)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        System.Numerics.Tensors.TensorPrimitives.Multiply(target, keep, target);
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(value, add, target, target);
    }

    private static void Zip<T, TKernel>(Tensor x, Tensor y, Tensor result, TKernel kernel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IBinaryKernel
    {
        Span<T> destination = result.AsSpan<T>();
        if (destination.IsEmpty) return;

        BroadcastPlan plan = new(x.Shape, y.Shape, result.Shape);
        int run = plan.RunLength;
        foreach ((int startX, int startY, int start) in plan)
        {
            Span<T> target = destination.Slice(start, run);
            if (plan.RepeatsX)
            {
                kernel.Invoke(x.AsSpan<T>()[startX], y.AsSpan<T>().Slice(startY, run), target);
            }
            else if (plan.RepeatsY)
            {
                kernel.Invoke(x.AsSpan<T>().Slice(startX, run), y.AsSpan<T>()[startY], target);
            }
            else
            {
                kernel.Invoke(x.AsSpan<T>().Slice(startX, run), y.AsSpan<T>().Slice(startY, run), target);
            }
        }
    }

    private static void Select<T>(ReadOnlySpan<T> mask, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (bool repeatsX, bool repeatsY) = (x.Length == 1, y.Length == 1);
        Vector<T> repeatedX = repeatsX ? new(x[0]) : default, repeatedY = repeatsY ? new(y[0]) : default;
        int i = 0;
        for (; i <= destination.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> isZero = Vector.Equals(new Vector<T>(mask[i..]), Vector<T>.Zero);
            Vector.ConditionalSelect(isZero, repeatsY ? repeatedY : new Vector<T>(y[i..]), repeatsX ? repeatedX : new Vector<T>(x[i..])).CopyTo(destination[i..]);
        }

        for (; i < destination.Length; i++) destination[i] = T.IsZero(mask[i]) ? y[repeatsY ? 0 : i] : x[repeatsX ? 0 : i];
    }
}
