using System.Numerics;
using System.Numerics.Tensors;

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
        public void Finish<T>(Slab<T> result, int stride, int row, int rows, int column, int columns)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            // A parameter, which every core has in its cache.
            ReadOnlySpan<T> added = bias is null ? [] : bias.AsSpan<T>().Slice(column, columns);
            Span<T> values = result.Span;
            for (int i = row; i < row + rows; i++)
            {
                Span<T> segment = values.Slice((i * stride) + column, columns);
                if (!added.IsEmpty) TensorPrimitives.Add(segment, added, segment);
                activation.Invoke(segment, segment);
            }
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
            int first = Partition.Start(stride, parts, part), columns = Partition.Start(stride, parts, part + 1) - first;
            ReadOnlySpan<T> y = output.Span, given = adjoint.Span;
            Span<T> target = inner.Span, total = bias.Span.Slice(first, columns);
            using Scratch<T> partial = new(columns);
            Span<T> sum = partial.Span;
            total.Clear();
            for (int start = 0; start < rows; start += Stretch)
            {
                sum.Clear();
                for (int row = start; row < Math.Min(rows, start + Stretch); row++)
                {
                    int at = (row * stride) + first;
                    Span<T> segment = target.Slice(at, columns);
                    VectorLoop.Zip(y.Slice(at, columns), given.Slice(at, columns), segment, derivative);
                    TensorPrimitives.Add(sum, segment, sum);
                }

                TensorPrimitives.Add(total, sum, total);
            }
        }
    }
}
