using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>A function of one vector of numbers, for kernels that TensorPrimitives does not have.</summary>
public interface IVectorFunction
{
    /// <summary>The function of each lane.</summary>
    Vector256<T> Invoke<T>(Vector256<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>A function of two vectors of numbers.</summary>
public interface IVectorFunction2
{
    /// <summary>The function of each pair of lanes.</summary>
    Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>
/// Runs vector functions over spans. The width is fixed at 256 bits, which gives the same bits on every machine. What is left at the end is done with some before it once more, from
/// what stood there, and fewer than a vector are padded to one, so that each function is written once. A destination is a source or does not overlap it.
/// </summary>
public static class VectorLoop
{
    /// <summary><c>destination[i] = f(x[i])</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<T, TFunction>(ReadOnlySpan<T> x, Span<T> destination, TFunction function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IVectorFunction
    {
        int width = Vector256<T>.Count;
        int i = 0;
        ref T source = ref MemoryMarshal.GetReference(x);
        ref T target = ref MemoryMarshal.GetReference(destination[..x.Length]);
        if (x.Length < width)
        {
            if (!x.IsEmpty) Put(function.Invoke(Load(x)), destination[..x.Length]);
            return;
        }

        nuint end = (nuint)(x.Length - width);
        Vector256<T> last = Vector256.LoadUnsafe(ref source, end);
        for (; i < x.Length - width; i += width) function.Invoke(Vector256.LoadUnsafe(ref source, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        function.Invoke(last).StoreUnsafe(ref target, end);
    }

    /// <summary><c>destination[i] = f(x[i], y[i])</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Zip<T, TFunction>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination, TFunction function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IVectorFunction2
    {
        int width = Vector256<T>.Count;
        int i = 0;
        ref T first = ref MemoryMarshal.GetReference(x);
        ref T second = ref MemoryMarshal.GetReference(y[..x.Length]);
        ref T target = ref MemoryMarshal.GetReference(destination[..x.Length]);
        if (x.Length < width)
        {
            if (!x.IsEmpty) Put(function.Invoke(Load(x), Load(y[..x.Length])), destination[..x.Length]);
            return;
        }

        nuint end = (nuint)(x.Length - width);
        (Vector256<T> lastOfFirst, Vector256<T> lastOfSecond) = (Vector256.LoadUnsafe(ref first, end), Vector256.LoadUnsafe(ref second, end));
        for (; i < x.Length - width; i += width)
        {
            function.Invoke(Vector256.LoadUnsafe(ref first, (nuint)i), Vector256.LoadUnsafe(ref second, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        }

        function.Invoke(lastOfFirst, lastOfSecond).StoreUnsafe(ref target, end);
    }

    private static Vector256<T> Load<T>(ReadOnlySpan<T> rest)
        where T : unmanaged
    {
        Span<T> padded = stackalloc T[Vector256<T>.Count];
        padded.Clear();
        rest.CopyTo(padded);
        return Vector256.Create<T>(padded);
    }

    private static void Put<T>(Vector256<T> result, Span<T> rest)
        where T : unmanaged
    {
        Span<T> padded = stackalloc T[Vector256<T>.Count];
        result.CopyTo(padded);
        padded[..rest.Length].CopyTo(rest);
    }
}
