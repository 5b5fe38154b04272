using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>
/// Normalization of each column of a matrix by its own mean and biased variance, forward and backward: y = γ·(x - μ)/√(σ² + ε) + β. A column's numbers come from memory
/// once for the statistics and once for the result. The variance is summed from differences to the mean, in sums of 32 rows that are then added.
/// </summary>
public static partial class ColumnNormalization
{
    /// <summary>What makes it worth while to share the columns among threads, in elements.</summary>
    private const long LeastWork = 4500;

    /// <summary>As many rows as go into one sum before it is added to the rest.</summary>
    private const int Stretch = 32;

    /// <summary>Normalizes.</summary>
    /// <param name="x">[rows, columns], F32 or F64, one row at least.</param>
    /// <param name="gamma">As many elements as there are columns.</param>
    /// <param name="beta">As many elements as there are columns.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <returns>y in x's shape; the mean and the variance, [columns].</returns>
    public static (Tensor Result, Tensor Mean, Tensor Variance) Forward(Tensor x, Tensor gamma, Tensor beta, double epsilon)
    {
        Check(x, gamma, beta);
        int columns = x.Shape[1];
        (Tensor y, Tensor mean, Tensor variance) = (Tensor.Uninitialized(x.Shape, x.DType), Tensor.Uninitialized([columns], x.DType), Tensor.Uninitialized([columns], x.DType));
        int parts = Partition.Count(columns, x.Length, LeastWork);
        if (x.DType == DType.F32) Workers.Run(parts, new ForwardBody<float>(x, gamma, beta, (float)epsilon, y, mean, variance, parts));
        else Workers.Run(parts, new ForwardBody<double>(x, gamma, beta, epsilon, y, mean, variance, parts));
        return (y, mean, variance);
    }

    /// <summary>
    /// The adjoints: β̄ = Σ ȳ, γ̄ = Σ ȳ·x̂ and, with m rows and s = 1/√(σ² + ε), x̄ = γ·s·(ȳ - β̄/m - x̂·γ̄/m).
    /// </summary>
    /// <param name="x">What was normalized.</param>
    /// <param name="gamma">The scale.</param>
    /// <param name="mean">The mean that <see cref="Forward"/> found.</param>
    /// <param name="variance">The variance that it found.</param>
    /// <param name="epsilon">What was added to the variance.</param>
    /// <param name="adjoint">ȳ, in x's shape.</param>
    /// <param name="needsX">Whether x̄ is wanted; γ̄ and β̄ always are.</param>
    /// <returns>x̄ in x's shape, or null; γ̄ and β̄, [columns].</returns>
    public static (Tensor? X, Tensor Gamma, Tensor Beta) Backward(Tensor x, Tensor gamma, Tensor mean, Tensor variance, double epsilon, Tensor adjoint, bool needsX)
    {
        Check(x, gamma, mean);
        ArgumentNullException.ThrowIfNull(variance);
        ArgumentNullException.ThrowIfNull(adjoint);
        Guard.SameShape("ColumnNormalization", x, adjoint);
        int columns = x.Shape[1];
        Tensor? xBar = needsX ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        (Tensor gammaBar, Tensor betaBar) = (Tensor.Uninitialized([columns], x.DType), Tensor.Uninitialized([columns], x.DType));
        int parts = Partition.Count(columns, x.Length, LeastWork);
        if (x.DType == DType.F32) Workers.Run(parts, new BackwardBody<float>(x, gamma, mean, variance, (float)epsilon, adjoint, xBar, gammaBar, betaBar, parts));
        else Workers.Run(parts, new BackwardBody<double>(x, gamma, mean, variance, epsilon, adjoint, xBar, gammaBar, betaBar, parts));
        return (xBar, gammaBar, betaBar);
    }

    /// <summary>y = γ·(x - μ)/√(σ² + ε) + β with statistics that are given.</summary>
    /// <param name="x">[rows, columns], F32 or F64, one row at least.</param>
    /// <param name="mean">As many elements as there are columns.</param>
    /// <param name="variance">As many elements as there are columns.</param>
    /// <param name="gamma">As many elements as there are columns.</param>
    /// <param name="beta">As many elements as there are columns.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public static Tensor Apply(Tensor x, Tensor mean, Tensor variance, Tensor gamma, Tensor beta, double epsilon)
    {
        Check(x, mean, variance);
        Check(x, gamma, beta);
        Tensor y = Tensor.Uninitialized(x.Shape, x.DType);
        int parts = Partition.Count(x.Shape[1], x.Length, LeastWork);
        if (x.DType == DType.F32) Workers.Run(parts, new ApplyBody<float>(x, mean, variance, gamma, beta, (float)epsilon, y, parts));
        else Workers.Run(parts, new ApplyBody<double>(x, mean, variance, gamma, beta, epsilon, y, parts));
        return y;
    }

    /// <summary>x̂ = (x - μ)/√(σ² + ε) with statistics that are given.</summary>
    /// <param name="x">[rows, columns], F32 or F64, one row at least.</param>
    /// <param name="mean">As many elements as there are columns.</param>
    /// <param name="variance">As many elements as there are columns.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public static Tensor Apply(Tensor x, Tensor mean, Tensor variance, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(mean);
        (Tensor one, Tensor zero) = (Tensor.Uninitialized(mean.Shape, mean.DType), Tensor.Uninitialized(mean.Shape, mean.DType));
        one.Fill(1);
        zero.Fill(0);
        Tensor normalized = Apply(x, mean, variance, one, zero, epsilon);
        one.Buffer.Release();
        zero.Buffer.Release();
        return normalized;
    }

    private static void Check(Tensor x, Tensor gamma, Tensor beta)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(gamma);
        ArgumentNullException.ThrowIfNull(beta);
        Guard.SameDType("ColumnNormalization", x, gamma);
        Guard.SameDType("ColumnNormalization", x, beta);
        if (!x.DType.IsFloat()) throw Guard.NotFloat("ColumnNormalization", x);
        if (x.Rank != 2 || x.Shape[0] == 0) throw new ArgumentException($"ColumnNormalization: expected a matrix of one row at least, got shape {x.Shape}.");
        if (gamma.Length != x.Shape[1] || beta.Length != x.Shape[1]) throw new ArgumentException($"ColumnNormalization: expected {x.Shape[1]} parameters for {x.Shape}, got {gamma.Length} and {beta.Length}.");
    }

    private readonly struct ForwardBody<T>(Tensor x, Tensor gamma, Tensor beta, T epsilon, Tensor y, Tensor mean, Tensor variance, int parts) : IParallelBody, IColumnsBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Slab<T> x = x.Slab<T>();
        private readonly Slab<T> gamma = gamma.Slab<T>();
        private readonly Slab<T> beta = beta.Slab<T>();
        private readonly Slab<T> y = y.Slab<T>();
        private readonly Slab<T> mean = mean.Slab<T>();
        private readonly Slab<T> variance = variance.Slab<T>();
        private readonly int rows = x.Shape[0];
        private readonly int columns = x.Shape[1];

        public void Run(int part) => ColumnLoop.Run<T, ForwardBody<T>>(this, columns, parts, part);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TColumns>(int column, int count)
            where TColumns : struct, IColumns<TColumns, T>
        {
            // All that is called comes first: a register that lives across a call lives in memory.
            nint stride = columns;
            T divisor = T.CreateTruncating(rows);
            ref T origin = ref x.At(column);
            ref T target = ref y.At(column);
            ref T gammaAt = ref gamma.At(column);
            ref T betaAt = ref beta.At(column);
            ref T meanAt = ref mean.At(column);
            ref T varianceAt = ref variance.At(column);

            TColumns share = TColumns.Broadcast(divisor);
            TColumns center = TColumns.Divide(Sum<TColumns, T>(ref origin, stride, rows), share);
            TColumns spread = TColumns.Divide(SumOfSquares<TColumns, T>(ref origin, stride, rows, center), share);
            TColumns.Store(center, ref meanAt, count);
            TColumns.Store(spread, ref varianceAt, count);

            TColumns scale = TColumns.Divide(TColumns.Load(ref gammaAt), TColumns.Sqrt(TColumns.Add(spread, TColumns.Broadcast(epsilon))));
            Write(ref origin, ref target, stride, rows, in center, in scale, TColumns.Load(ref betaAt), count);
        }
    }

    private readonly struct BackwardBody<T>(Tensor x, Tensor gamma, Tensor mean, Tensor variance, T epsilon, Tensor adjoint, Tensor? xBar, Tensor gammaBar, Tensor betaBar, int parts)
        : IParallelBody, IColumnsBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Slab<T> x = x.Slab<T>();
        private readonly Slab<T> gamma = gamma.Slab<T>();
        private readonly Slab<T> mean = mean.Slab<T>();
        private readonly Slab<T> variance = variance.Slab<T>();
        private readonly Slab<T> adjoint = adjoint.Slab<T>();
        private readonly Slab<T> gammaBar = gammaBar.Slab<T>();
        private readonly Slab<T> betaBar = betaBar.Slab<T>();
        private readonly Slab<T> xBar = xBar is null ? default : xBar.Slab<T>();
        private readonly bool needsX = xBar is not null;
        private readonly int rows = x.Shape[0];
        private readonly int columns = x.Shape[1];

        public void Run(int part) => ColumnLoop.Run<T, BackwardBody<T>>(this, columns, parts, part);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TColumns>(int column, int count)
            where TColumns : struct, IColumns<TColumns, T>
        {
            nint stride = columns;
            T divisor = T.CreateTruncating(rows);
            ref T firstX = ref x.At(column);
            ref T firstGiven = ref adjoint.At(column);
            ref T gammaAt = ref gamma.At(column);
            ref T meanAt = ref mean.At(column);
            ref T varianceAt = ref variance.At(column);
            ref T gammaBarAt = ref gammaBar.At(column);
            ref T betaBarAt = ref betaBar.At(column);
            ref T target = ref (needsX ? xBar : adjoint).At(column);

            TColumns center = TColumns.Load(ref meanAt);
            Sums(ref firstX, ref firstGiven, stride, rows, in center, out TColumns sum, out TColumns product);
            TColumns one = TColumns.Broadcast(T.One), share = TColumns.Broadcast(divisor);
            TColumns inverse = TColumns.Divide(one, TColumns.Sqrt(TColumns.Add(TColumns.Load(ref varianceAt), TColumns.Broadcast(epsilon))));
            TColumns gammaSum = TColumns.Multiply(product, inverse);
            TColumns.Store(sum, ref betaBarAt, count);
            TColumns.Store(gammaSum, ref gammaBarAt, count);
            if (!needsX) return;

            TColumns scale = TColumns.Multiply(TColumns.Load(ref gammaAt), inverse);
            TColumns throughMean = TColumns.Divide(sum, share), throughVariance = TColumns.Multiply(inverse, TColumns.Divide(gammaSum, share));
            Take(ref firstX, ref firstGiven, ref target, stride, rows, in center, in scale, in throughMean, in throughVariance, count);
        }
    }

    private readonly struct ApplyBody<T>(Tensor x, Tensor mean, Tensor variance, Tensor gamma, Tensor beta, T epsilon, Tensor y, int parts) : IParallelBody, IColumnsBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Slab<T> x = x.Slab<T>();
        private readonly Slab<T> mean = mean.Slab<T>();
        private readonly Slab<T> variance = variance.Slab<T>();
        private readonly Slab<T> gamma = gamma.Slab<T>();
        private readonly Slab<T> beta = beta.Slab<T>();
        private readonly Slab<T> y = y.Slab<T>();
        private readonly int rows = x.Shape[0];
        private readonly int columns = x.Shape[1];

        public void Run(int part) => ColumnLoop.Run<T, ApplyBody<T>>(this, columns, parts, part);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TColumns>(int column, int count)
            where TColumns : struct, IColumns<TColumns, T>
        {
            nint stride = columns;
            ref T origin = ref x.At(column);
            ref T target = ref y.At(column);
            ref T meanAt = ref mean.At(column);
            ref T varianceAt = ref variance.At(column);
            ref T gammaAt = ref gamma.At(column);
            ref T betaAt = ref beta.At(column);

            TColumns scale = TColumns.Divide(TColumns.Load(ref gammaAt), TColumns.Sqrt(TColumns.Add(TColumns.Load(ref varianceAt), TColumns.Broadcast(epsilon))));
            Write(ref origin, ref target, stride, rows, TColumns.Load(ref meanAt), in scale, TColumns.Load(ref betaAt), count);
        }
    }
}
