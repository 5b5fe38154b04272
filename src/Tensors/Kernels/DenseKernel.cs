using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>What a dense layer does around its products: the bias and the activation forward; backward, the activation's derivative and the bias's gradient.</summary>
public static class DenseKernel
{
    /// <summary>What makes it worth while to share the columns among threads, in elements.</summary>
    private const long LeastWork = 4000;

    /// <summary>As many rows as go into one sum before it is added to the rest.</summary>
    private const int Stretch = 32;

    /// <summary>f(x·kernel + bias), the bias and f applied to each part of the product by the thread that made it.</summary>
    /// <param name="x">[m, in]</param>
    /// <param name="kernel">[in, out]</param>
    /// <param name="bias">[out], of the same type; null for none.</param>
    /// <param name="activation">f, elementwise.</param>
    /// <returns>[m, out]</returns>
    public static Tensor Forward<TActivation>(Tensor x, Tensor kernel, Tensor? bias, TActivation activation)
        where TActivation : struct, IUnaryKernel => MatrixProduct.Multiply(x, kernel, transposeA: false, transposeB: false, new Epilogue<TActivation>(bias, activation));

    /// <summary>The adjoint of x·kernel + bias, from f's output and that one's adjoint; and its sum over the rows, the bias's.</summary>
    /// <param name="output">[m, out]</param>
    /// <param name="adjoint">[m, out]</param>
    /// <param name="derivative">What f makes of an adjoint, from an output and it.</param>
    public static (Tensor Inner, Tensor Bias) Backward<TDerivative>(Tensor output, Tensor adjoint, TDerivative derivative)
        where TDerivative : struct, IVectorFunction2
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(adjoint);
        Guard.SameDType("Dense", output, adjoint);
        Guard.SameShape("Dense", output, adjoint);
        (Tensor inner, Tensor bias) = (Tensor.Uninitialized(output.Shape, output.DType), Tensor.Uninitialized([output.Shape[1]], output.DType));
        int parts = Partition.Count(output.Shape[1], output.Length, LeastWork);
        if (output.DType == DType.F32) Workers.Run(parts, new BackwardBody<float, TDerivative>(output, adjoint, inner, bias, derivative, parts));
        else Workers.Run(parts, new BackwardBody<double, TDerivative>(output, adjoint, inner, bias, derivative, parts));
        return (inner, bias);
    }

    private readonly struct Epilogue<TActivation>(Tensor? bias, TActivation activation) : IEpilogue
        where TActivation : struct, IUnaryKernel
    {
        public void Finish<T>(Span<T> part, int stride, int row, int rows, int column, int columns)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            if (rows == 0 || columns == 0) return;

            // The bias is a parameter, which every core has in its cache.
            if (bias is not null) RowSums.Add(ref MemoryMarshal.GetReference(part), stride, ref bias.Slab<T>().At(column), 0, rows, columns);
            for (int i = 0; i < rows; i++) activation.Invoke(part.Slice(i * stride, columns), part.Slice(i * stride, columns));
        }
    }

    private readonly struct BackwardBody<T, TDerivative>(Tensor output, Tensor adjoint, Tensor inner, Tensor bias, TDerivative derivative, int parts) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TDerivative : struct, IVectorFunction2
    {
        private readonly Slab<T> output = output.Slab<T>();
        private readonly Slab<T> adjoint = adjoint.Slab<T>();
        private readonly Slab<T> inner = inner.Slab<T>();
        private readonly Slab<T> bias = bias.Slab<T>();
        private readonly int rows = output.Shape[0];
        private readonly int stride = output.Shape[1];

        public void Run(int part)
        {
            int column = Partition.Start(stride, parts, part), end = Partition.Start(stride, parts, part + 1), width = Vector256<T>.Count;
            for (; column <= end - (2 * width); column += 2 * width) Two(ref output.At(column), ref adjoint.At(column), ref inner.At(column), ref bias.At(column), stride, rows, derivative);
            for (; column < end; column += width) One(ref output.At(column), ref adjoint.At(column), ref inner.At(column), ref bias.At(column), stride, rows, Math.Min(width, end - column), derivative);
        }

        // Loops in methods of their own: inside a longer one the compiler keeps their registers in memory.
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Two(ref T y, ref T given, ref T target, ref T total, nint stride, int rows, TDerivative derivative)
        {
            nuint width = (nuint)Vector256<T>.Count;
            (Vector256<T> first, Vector256<T> second) = (Vector256<T>.Zero, Vector256<T>.Zero);
            for (int start = 0; start < rows; start += Stretch)
            {
                int end = Math.Min(rows, start + Stretch);
                (Vector256<T> partOfFirst, Vector256<T> partOfSecond) = (Vector256<T>.Zero, Vector256<T>.Zero);
                for (int row = start; row < end; row++)
                {
                    Vector256<T> one = derivative.Invoke(Vector256.LoadUnsafe(ref y), Vector256.LoadUnsafe(ref given));
                    Vector256<T> two = derivative.Invoke(Vector256.LoadUnsafe(ref y, width), Vector256.LoadUnsafe(ref given, width));
                    one.StoreUnsafe(ref target);
                    two.StoreUnsafe(ref target, width);
                    partOfFirst += one;
                    partOfSecond += two;
                    y = ref Unsafe.Add(ref y, stride);
                    given = ref Unsafe.Add(ref given, stride);
                    target = ref Unsafe.Add(ref target, stride);
                }

                first += partOfFirst;
                second += partOfSecond;
            }

            first.StoreUnsafe(ref total);
            second.StoreUnsafe(ref total, width);
        }

        /// <summary>Fewer columns than a register has, or as many; what it reads beyond does not count.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void One(ref T y, ref T given, ref T target, ref T total, nint stride, int rows, int count, TDerivative derivative)
        {
            Vector256<T> sum = Vector256<T>.Zero;
            for (int start = 0; start < rows; start += Stretch)
            {
                int end = Math.Min(rows, start + Stretch);
                Vector256<T> part = Vector256<T>.Zero;
                for (int row = start; row < end; row++)
                {
                    Vector256<T> one = derivative.Invoke(Vector256.LoadUnsafe(ref y), Vector256.LoadUnsafe(ref given));
                    PartOfVector.Store(one, ref target, count);
                    part += one;
                    y = ref Unsafe.Add(ref y, stride);
                    given = ref Unsafe.Add(ref given, stride);
                    target = ref Unsafe.Add(ref target, stride);
                }

                sum += part;
            }

            PartOfVector.Store(sum, ref total, count);
        }
    }
}
