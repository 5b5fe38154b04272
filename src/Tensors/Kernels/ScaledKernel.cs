using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>
/// What lies between a normalization and the dense layer behind it: y = γ·x̂ + β and z = y·W, where x̂ is fixed. One product, G = x̂ᵀ·z̄, then gives the gradients of all three,
/// and the product z̄·Wᵀ, which is as large, need not be made.
/// </summary>
public static class ScaledKernel
{
    /// <summary>What makes it worth while to share the rows among threads, in elements.</summary>
    private const long LeastWork = 8000;

    /// <summary>With s = Σ z̄ over the examples: W̄ = γ·G + β·s, which takes G's place, γ̄ = Σ W·G and β̄ = Σ W·s over the columns.</summary>
    /// <param name="product">G, [in, out], F32 or F64; afterwards W̄.</param>
    /// <param name="kernel">W, [in, out].</param>
    /// <param name="gamma">γ, of in elements.</param>
    /// <param name="beta">β, of in elements.</param>
    /// <param name="sum">s, of out elements.</param>
    /// <returns>γ̄ and β̄, [in].</returns>
    /// <exception cref="ArgumentException">The shapes do not belong together, or the types differ.</exception>
    public static (Tensor Gamma, Tensor Beta) Backward(Tensor product, Tensor kernel, Tensor gamma, Tensor beta, Tensor sum)
    {
        ArgumentNullException.ThrowIfNull(product);
        ArgumentNullException.ThrowIfNull(kernel);
        foreach (Tensor other in (ReadOnlySpan<Tensor>)[kernel, gamma, beta, sum]) Guard.SameDType("ScaledKernel", product, other);
        Guard.SameShape("ScaledKernel", product, kernel);
        if (!product.DType.IsFloat()) throw Guard.NotFloat("ScaledKernel", product);
        if (product.Rank != 2 || gamma.Length != product.Shape[0] || beta.Length != product.Shape[0] || sum.Length != product.Shape[1])
        {
            throw new ArgumentException($"ScaledKernel: expected a matrix, a scale and a shift for each of its rows and a sum for each of its columns, got {product.Shape}, {gamma.Shape}, {beta.Shape} and {sum.Shape}.");
        }

        int rows = product.Shape[0];
        (Tensor gammaBar, Tensor betaBar) = (Tensor.Uninitialized([rows], product.DType), Tensor.Uninitialized([rows], product.DType));
        int parts = Partition.Count(rows, product.Length, LeastWork);
        if (product.DType == DType.F32) Workers.Run(parts, new Body<float>(product, kernel, gamma, beta, sum, gammaBar, betaBar, parts));
        else Workers.Run(parts, new Body<double>(product, kernel, gamma, beta, sum, gammaBar, betaBar, parts));
        return (gammaBar, betaBar);
    }

    private readonly struct Body<T>(Tensor product, Tensor kernel, Tensor gamma, Tensor beta, Tensor sum, Tensor gammaBar, Tensor betaBar, int parts) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Slab<T> product = product.Slab<T>();
        private readonly Slab<T> kernel = kernel.Slab<T>();
        private readonly Slab<T> gamma = gamma.Slab<T>();
        private readonly Slab<T> beta = beta.Slab<T>();
        private readonly Slab<T> sum = sum.Slab<T>();
        private readonly Slab<T> gammaBar = gammaBar.Slab<T>();
        private readonly Slab<T> betaBar = betaBar.Slab<T>();

        public void Run(int part)
        {
            int rows = gamma.Length, columns = sum.Length;

            // From the end: the product has just been written, and its end is what the cache still holds.
            for (int row = Partition.Start(rows, parts, part + 1) - 1; row >= Partition.Start(rows, parts, part); row--)
            {
                Row(ref product.At(row * columns), ref kernel.At(row * columns), ref sum.At(0), columns, gamma.At(row), beta.At(row), out gammaBar.At(row), out betaBar.At(row));
            }
        }

        // Sums of 32 bytes of lanes, folded always alike: no sum's order depends on the registers that a machine has. A method of its own, so that they stay in registers.
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Row(ref T g, ref T w, ref T s, int columns, T gamma, T beta, out T gammaBar, out T betaBar)
        {
            int width = Vector256<T>.Count, k = 0;
            Vector256<T> scale = Vector256.Create(gamma), shift = Vector256.Create(beta);
            Vector256<T> ofGamma = Vector256<T>.Zero, ofGamma2 = Vector256<T>.Zero, ofBeta = Vector256<T>.Zero, ofBeta2 = Vector256<T>.Zero;
            for (; k <= columns - (2 * width); k += 2 * width)
            {
                Vector256<T> g1 = Vector256.LoadUnsafe(ref g, (nuint)k), w1 = Vector256.LoadUnsafe(ref w, (nuint)k), s1 = Vector256.LoadUnsafe(ref s, (nuint)k);
                Vector256<T> g2 = Vector256.LoadUnsafe(ref g, (nuint)(k + width)), w2 = Vector256.LoadUnsafe(ref w, (nuint)(k + width)), s2 = Vector256.LoadUnsafe(ref s, (nuint)(k + width));
                ofGamma += w1 * g1;
                ofGamma2 += w2 * g2;
                ofBeta += w1 * s1;
                ofBeta2 += w2 * s2;
                ((scale * g1) + (shift * s1)).StoreUnsafe(ref g, (nuint)k);
                ((scale * g2) + (shift * s2)).StoreUnsafe(ref g, (nuint)(k + width));
            }

            ofGamma += ofGamma2;
            ofBeta += ofBeta2;
            if (k <= columns - width)
            {
                Vector256<T> g1 = Vector256.LoadUnsafe(ref g, (nuint)k), w1 = Vector256.LoadUnsafe(ref w, (nuint)k), s1 = Vector256.LoadUnsafe(ref s, (nuint)k);
                ofGamma += w1 * g1;
                ofBeta += w1 * s1;
                ((scale * g1) + (shift * s1)).StoreUnsafe(ref g, (nuint)k);
                k += width;
            }

            Vector128<T> half = ofGamma.GetLower() + ofGamma.GetUpper(), halfOfBeta = ofBeta.GetLower() + ofBeta.GetUpper();
            if (k <= columns - Vector128<T>.Count)
            {
                Vector128<T> g1 = Vector128.LoadUnsafe(ref g, (nuint)k), w1 = Vector128.LoadUnsafe(ref w, (nuint)k), s1 = Vector128.LoadUnsafe(ref s, (nuint)k);
                half += w1 * g1;
                halfOfBeta += w1 * s1;
                ((scale.GetLower() * g1) + (shift.GetLower() * s1)).StoreUnsafe(ref g, (nuint)k);
                k += Vector128<T>.Count;
            }

            (gammaBar, betaBar) = (half[0], halfOfBeta[0]);
            for (int lane = 1; lane < Vector128<T>.Count; lane++) (gammaBar, betaBar) = (gammaBar + half[lane], betaBar + halfOfBeta[lane]);
            for (; k < columns; k++)
            {
                ref T at = ref Unsafe.Add(ref g, k);
                T weight = Unsafe.Add(ref w, k), total = Unsafe.Add(ref s, k);
                (gammaBar, betaBar) = (gammaBar + (weight * at), betaBar + (weight * total));
                at = (gamma * at) + (beta * total);
            }
        }
    }
}
