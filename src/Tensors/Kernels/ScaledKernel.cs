using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>
/// What lies between a normalization and the dense layer behind it: y = γ·x̂ + β and z = y·W, where x̂ is fixed. One product, G = x̂ᵀ·z̄, then gives the gradients of all three,
/// and the product z̄·Wᵀ, which is as large, need not be made.
/// </summary>
public static class ScaledKernel
{
    /// <summary>With G = x̂ᵀ·z̄ and s = Σ z̄ over the examples: W̄ = γ·G + β·s, γ̄ = Σ W·G and β̄ = Σ W·s over the columns.</summary>
    /// <param name="normalized">x̂, [examples, in], F32 or F64.</param>
    /// <param name="adjoint">z̄, [examples, out].</param>
    /// <param name="sum">s, of out elements.</param>
    /// <param name="kernel">W, [in, out].</param>
    /// <param name="gamma">γ, of in elements.</param>
    /// <param name="beta">β, of in elements.</param>
    /// <returns>W̄, [in, out], and γ̄ and β̄, [in].</returns>
    /// <exception cref="ArgumentException">The shapes do not belong together, or the types differ.</exception>
    public static (Tensor Kernel, Tensor Gamma, Tensor Beta) Backward(Tensor normalized, Tensor adjoint, Tensor sum, Tensor kernel, Tensor gamma, Tensor beta)
    {
        (Tensor? kernelBar, Tensor gammaBar, Tensor betaBar) = Backward(normalized, adjoint, sum, kernel, gamma, beta, sink: null);
        return (kernelBar!, gammaBar, betaBar);
    }

    /// <summary>The same, W̄ handed over by rows where there is someone to take them, who may change those rows of W.</summary>
    internal static (Tensor? Kernel, Tensor Gamma, Tensor Beta) Backward(Tensor normalized, Tensor adjoint, Tensor sum, Tensor kernel, Tensor gamma, Tensor beta, IRowSink? sink)
    {
        ArgumentNullException.ThrowIfNull(normalized);
        ArgumentNullException.ThrowIfNull(adjoint);
        ArgumentNullException.ThrowIfNull(kernel);
        foreach (Tensor other in (ReadOnlySpan<Tensor>)[adjoint, sum, kernel, gamma, beta]) Guard.SameDType("ScaledKernel", normalized, other);
        if (!normalized.DType.IsFloat()) throw Guard.NotFloat("ScaledKernel", normalized);
        if (kernel.Rank != 2 || gamma.Length != kernel.Shape[0] || beta.Length != kernel.Shape[0] || sum.Length != kernel.Shape[1])
        {
            throw new ArgumentException($"ScaledKernel: expected a matrix, a scale and a shift for each of its rows and a sum for each of its columns, got {kernel.Shape}, {gamma.Shape}, {beta.Shape} and {sum.Shape}.");
        }

        if (normalized.Rank != 2 || adjoint.Rank != 2 || normalized.Shape[1] != kernel.Shape[0] || adjoint.Shape[1] != kernel.Shape[1])
        {
            throw new ArgumentException($"ScaledKernel: expected examples of {kernel.Shape[0]} numbers and adjoints of {kernel.Shape[1]}, got {normalized.Shape} and {adjoint.Shape}.");
        }

        (Tensor gammaBar, Tensor betaBar) = (Tensor.Uninitialized([kernel.Shape[0]], kernel.DType), Tensor.Uninitialized([kernel.Shape[0]], kernel.DType));
        if (kernel.Length == 0)
        {
            // Sums of nothing, which no product comes by.
            gammaBar.Fill(0);
            betaBar.Fill(0);
        }

        Tensor? kernelBar = kernel.DType == DType.F32
            ? Product(normalized, adjoint, sink, new Epilogue<float>(kernel, gamma, beta, sum, gammaBar, betaBar))
            : Product(normalized, adjoint, sink, new Epilogue<double>(kernel, gamma, beta, sum, gammaBar, betaBar));
        return (kernelBar, gammaBar, betaBar);
    }

    private static Tensor? Product<TEpilogue>(Tensor normalized, Tensor adjoint, IRowSink? sink, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        if (sink is null) return MatrixProduct.Multiply(normalized, adjoint, transposeA: true, transposeB: false, epilogue);
        MatrixProduct.MultiplyInto(normalized, adjoint, sink, epilogue);
        return null;
    }

    /// <summary>Makes W̄ of rows of G, where they lie, and takes their sums. The rows are whole, since a product whose left operand is turned is cut by rows.</summary>
    private readonly struct Epilogue<T>(Tensor kernel, Tensor gamma, Tensor beta, Tensor sum, Tensor gammaBar, Tensor betaBar) : IEpilogue
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Slab<T> kernel = kernel.Slab<T>();
        private readonly Slab<T> gamma = gamma.Slab<T>();
        private readonly Slab<T> beta = beta.Slab<T>();
        private readonly Slab<T> sum = sum.Slab<T>();
        private readonly Slab<T> gammaBar = gammaBar.Slab<T>();
        private readonly Slab<T> betaBar = betaBar.Slab<T>();

        public void Finish<TOfProduct>(Span<TOfProduct> part, int stride, int row, int rows, int column, int columns)
            where TOfProduct : unmanaged, IBinaryFloatingPointIeee754<TOfProduct>
        {
            ref T first = ref Unsafe.As<TOfProduct, T>(ref MemoryMarshal.GetReference(part));
            for (int i = 0; i < rows; i += 2)
            {
                // Where one row is left it is done twice, and twice alike.
                int one = row + i, two = Math.Min(one + 1, row + rows - 1);
                Rows(
                    ref Unsafe.Add(ref first, i * stride), ref Unsafe.Add(ref first, (two - row) * stride), ref kernel.At(one * columns), ref kernel.At(two * columns), ref sum.At(0), columns,
                    ref gamma.At(one), ref gamma.At(two), ref beta.At(one), ref beta.At(two), ref gammaBar.At(one), ref gammaBar.At(two), ref betaBar.At(one), ref betaBar.At(two));
            }
        }

        /// <summary>
        /// Two rows at once, so that one's sums do not wait for the other's. Sums of 64 bytes of lanes, folded always alike: no sum's order depends on the registers that a machine
        /// has. A method of its own, so that they stay in registers.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Rows(
            ref T g1, ref T g2, ref T w1, ref T w2, ref T s, int columns, ref T gamma1, ref T gamma2, ref T beta1, ref T beta2, ref T gammaBar1, ref T gammaBar2, ref T betaBar1, ref T betaBar2)
        {
            Vector512<T> scale1 = Vector512.Create(gamma1), scale2 = Vector512.Create(gamma2), shift1 = Vector512.Create(beta1), shift2 = Vector512.Create(beta2);
            Vector512<T> ofGamma1 = default, ofGamma2 = default, ofBeta1 = default, ofBeta2 = default;
            int k = 0;
            for (; k <= columns - Vector512<T>.Count; k += Vector512<T>.Count)
            {
                Vector512<T> total = Vector512.LoadUnsafe(ref s, (nuint)k);
                Vector512<T> product1 = Vector512.LoadUnsafe(ref g1, (nuint)k), weight1 = Vector512.LoadUnsafe(ref w1, (nuint)k);
                Vector512<T> product2 = Vector512.LoadUnsafe(ref g2, (nuint)k), weight2 = Vector512.LoadUnsafe(ref w2, (nuint)k);
                (ofGamma1, ofGamma2) = (MultiplyAdd(weight1, product1, ofGamma1), MultiplyAdd(weight2, product2, ofGamma2));
                (ofBeta1, ofBeta2) = (MultiplyAdd(weight1, total, ofBeta1), MultiplyAdd(weight2, total, ofBeta2));
                MultiplyAdd(scale1, product1, shift1 * total).StoreUnsafe(ref g1, (nuint)k);
                MultiplyAdd(scale2, product2, shift2 * total).StoreUnsafe(ref g2, (nuint)k);
            }

            if (k < columns)
            {
                // What lies behind a row may be anything, NaN too.
                Vector512<T> counts = Vector512.LessThan(Vector512<T>.Indices, Vector512.Create(T.CreateTruncating(columns - k))), total = Vector512.LoadUnsafe(ref s, (nuint)k) & counts;
                Vector512<T> product1 = Vector512.LoadUnsafe(ref g1, (nuint)k) & counts, weight1 = Vector512.LoadUnsafe(ref w1, (nuint)k) & counts;
                Vector512<T> product2 = Vector512.LoadUnsafe(ref g2, (nuint)k) & counts, weight2 = Vector512.LoadUnsafe(ref w2, (nuint)k) & counts;
                (ofGamma1, ofGamma2) = (MultiplyAdd(weight1, product1, ofGamma1), MultiplyAdd(weight2, product2, ofGamma2));
                (ofBeta1, ofBeta2) = (MultiplyAdd(weight1, total, ofBeta1), MultiplyAdd(weight2, total, ofBeta2));
                PartOfVector.Store(MultiplyAdd(scale1, product1, shift1 * total), ref Unsafe.Add(ref g1, k), columns - k);
                PartOfVector.Store(MultiplyAdd(scale2, product2, shift2 * total), ref Unsafe.Add(ref g2, k), columns - k);
            }

            (gammaBar1, gammaBar2, betaBar1, betaBar2) = (Folded(ofGamma1), Folded(ofGamma2), Folded(ofBeta1), Folded(ofBeta2));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<T> MultiplyAdd(Vector512<T> x, Vector512<T> y, Vector512<T> sum) => typeof(T) == typeof(float)
            ? Vector512.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
            : Vector512.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static T Folded(Vector512<T> lanes)
        {
            Vector256<T> half = lanes.GetLower() + lanes.GetUpper();
            Vector128<T> quarter = half.GetLower() + half.GetUpper();
            T sum = quarter[0];
            for (int lane = 1; lane < Vector128<T>.Count; lane++) sum += quarter[lane];
            return sum;
        }
    }
}
