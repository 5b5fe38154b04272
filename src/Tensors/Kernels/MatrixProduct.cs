using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>
/// The matrix product. Operands are read where they lie, whichever is transposed; only what the caches do not hold is copied together first. Each element's sum over k runs in
/// an order that k alone decides: in two halves where k is 256 or more, each in blocks of at most 512. So its bits depend neither on the rows and columns around it nor on the
/// number of threads.
/// </summary>
public static partial class MatrixProduct
{
    /// <summary>From this depth on a sum has two halves, which two threads can take.</summary>
    private const int HalvedDepth = 256;

    /// <summary>As many steps of k as keep a strip of B and some rows of A in the first-level caches.</summary>
    private const int BlockDepth = 512;

    /// <summary>With more rows than this, threads share the rows: a second half beside the result would be as large as the caches.</summary>
    private const int MostHalvedRows = 512;

    /// <summary>What a product must have to be shared among threads: multiplications for a microsecond or so.</summary>
    private const long LeastWork = 70_000;

    /// <summary>What makes it worth while to share the sum of two halves among threads, in elements.</summary>
    private const long LeastAdded = 4000;

    /// <summary>What it costs to read an element for the first time, in multiplications: for one row of A that is nearly all there is to a product.</summary>
    private const long ReadingCost = 8;

    /// <summary>Above this a left operand is not packed for <see cref="BlockProduct{TLanes, TVector, T}.MultiplyTransposed"/>: to turn B pays.</summary>
    private const int FewRows = 256;

    /// <summary>So few columns fill few registers, and are hard to share alike.</summary>
    private const int FewColumns = 128;

    /// <summary>Fewer rows of A than this read B too few times for packing it to pay.</summary>
    private const int FewestPackedRows = 64;

    /// <summary>What a second-level cache holds.</summary>
    private const long CacheBytes = 1 << 20;

    /// <summary>As many rows as are finished at a time: what is done to them finds them in the second-level cache, and their weights with them.</summary>
    private const long TogetherBytes = 96 << 10;

    /// <summary>The registers that products run in on this machine: <c>512 bits</c>, <c>256 bits</c>, <c>128 bits</c> or <c>scalar</c>.</summary>
    public static string Path => Width.Name;

    /// <summary>The product of two matrices, either read as its transpose.</summary>
    /// <param name="a">[m, k], or [k, m] with <paramref name="transposeA"/>; F32 or F64.</param>
    /// <param name="b">[k, n], or [n, k] with <paramref name="transposeB"/>; the type of a.</param>
    /// <param name="transposeA">Whether a is read as its transpose; nothing is copied for it.</param>
    /// <param name="transposeB">Whether b is read as its transpose.</param>
    /// <returns>[m, n]</returns>
    /// <exception cref="ArgumentException">An operand is not a matrix, the inner sizes differ, or the types do.</exception>
    public static Tensor Multiply(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false) => Multiply(a, b, transposeA, transposeB, default(NoEpilogue));

    /// <summary>The same, and then something done to each part of the result by the thread that made it.</summary>
    internal static Tensor Multiply<TEpilogue>(Tensor a, Tensor b, bool transposeA, bool transposeB, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        Shape shape = Checked(a, b, transposeA, transposeB);
        Tensor result = Tensor.Uninitialized(shape, a.DType);
        if (a.DType == DType.F32) Multiply<float, TEpilogue>(a, b, result, transposeA, transposeB, epilogue);
        else Multiply<double, TEpilogue>(a, b, result, transposeA, transposeB, epilogue);
        return result;
    }

    /// <summary>aᵀ·b, which is never there as a whole: its rows are handed over when they are done, while the cache holds them.</summary>
    internal static void MultiplyInto<TEpilogue>(Tensor a, Tensor b, IRowSink sink, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        Shape shape = Checked(a, b, transposeA: true, transposeB: false);
        if (a.DType == DType.F32) MultiplyInto<float, TEpilogue>(a, b, shape, sink, epilogue);
        else MultiplyInto<double, TEpilogue>(a, b, shape, sink, epilogue);
    }

    private static void MultiplyInto<T, TEpilogue>(Tensor a, Tensor b, Shape shape, IRowSink sink, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue
    {
        (int m, int n, int k) = (shape[0], shape[1], a.Shape[0]);
        if (shape.ElementCount == 0) return;
        int count = Partition.Count(m, Work(m, n, k), LeastWork);
        Workers.Run(count, new RowsBody<T, TEpilogue>(new Sum<T>(a, b, m, n, transposeA: true, transposeB: false, k), default, sink, count, epilogue));
    }

    /// <summary>The shape of a product that can be made.</summary>
    private static Shape Checked(Tensor left, Tensor right, bool transposeA, bool transposeB)
    {
        ArgumentNullException.ThrowIfNull(left, "a");
        ArgumentNullException.ThrowIfNull(right, "b");
        Guard.SameDType("MatMul", left, right);
        (Shape a, Shape b) = (left.Shape, right.Shape);
        if (a.Rank != 2 || b.Rank != 2) throw new ArgumentException($"MatMul: expected two matrices, got shapes {a} and {b}.");
        if (a[transposeA ? 0 : 1] != b[transposeB ? 1 : 0])
        {
            string Read(Shape shape, bool transposed) => transposed ? $"{shape} transposed" : $"{shape}";
            throw new ArgumentException(
                $"MatMul: expected as many columns on the left as rows on the right, got {Read(a, transposeA)} and {Read(b, transposeB)}.");
        }

        if (!left.DType.IsFloat()) throw Guard.NotFloat("MatMul", left);
        return [a[transposeA ? 1 : 0], b[transposeB ? 0 : 1]];
    }

    /// <summary>
    /// Cuts the product for the threads. In a layer y = x·W the rows of W are what stays with a core: its share of the sum in the forward pass, of the rows of W's gradient,
    /// and of the columns of x's. So the cut is along k, along m where A is transposed, and along n where B is.
    /// </summary>
    private static void Multiply<T, TEpilogue>(Tensor a, Tensor b, Tensor c, bool transposeA, bool transposeB, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue
    {
        int m = c.Shape[0], n = c.Shape[1], k = a.Shape[transposeA ? 0 : 1];
        if (c.Length == 0) return;
        Sum<T> sum = new(a, b, m, n, transposeA, transposeB, k);
        long work = Work(m, n, k);
        if (!transposeA && !transposeB && k >= HalvedDepth && m <= MostHalvedRows && Partition.Count(k, work, LeastWork) > 1)
        {
            // Each half of k is a sum of its own, the second beside the result, and then both are added.
            Tensor second = Tensor.Uninitialized(c.Shape, c.DType);
            int columnParts = Math.Max(1, Partition.Count(n, work / 2, LeastWork) / 2);
            Slab<T> beside = second.Slab<T>();
            Workers.Run(2 * columnParts, new HalvesBody<T>(sum, c.Slab<T>(), beside, columnParts));
            int parts = Partition.Count(n, (long)m * n, LeastAdded);
            Workers.Run(parts, new AddBody<T, TEpilogue>(c.Slab<T>(), beside, m, n, parts, epilogue));
            second.Buffer.Release();
            return;
        }

        bool byRows = transposeB ? n < 64 && m > n : transposeA || m > n || (n <= FewColumns && m >= 2 * Partition.RowGrain);
        int count = Partition.Count(byRows ? m : n, work, LeastWork);
        if (byRows) Workers.Run(count, new RowsBody<T, TEpilogue>(sum, c.Slab<T>(), sink: null, count, epilogue));
        else Workers.Run(count, new ColumnsBody<T, TEpilogue>(sum, c.Slab<T>(), count, epilogue));
    }

    private static long Work(int m, int n, int k) => ((long)m * n * k) + (ReadingCost * ((long)m + n) * k);

    /// <summary>A product to be made, of which a part can be made alone.</summary>
    private readonly struct Sum<T>(Tensor a, Tensor b, int m, int n, bool transposeA, bool transposeB, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Slab<T> a = a.Slab<T>();
        private readonly Slab<T> b = b.Slab<T>();
        private readonly int strideA = a.Shape[1];
        private readonly int strideB = b.Shape[1];

        public int Rows => m;

        public int Columns => n;

        /// <summary>
        /// How many rows are best made at a time by a thread that makes some: a few, so that they are finished while they are at hand, where the right operand, which each of them reads anew, leaves them room in the cache.
        /// </summary>
        public int RowsTogether
        {
            get
            {
                int size = DTypes.Of<T>().Size();
                return (long)n * k * size > CacheBytes * 5 / 8 ? int.MaxValue : (int)Math.Max(1, TogetherBytes / ((long)n * size * Partition.RowGrain)) * Partition.RowGrain;
            }
        }

        /// <summary>Both halves of the sums of rows and columns of the result, written into a part of it.</summary>
        public void Whole(Operand<T> part, int row, int rows, int column, int columns)
        {
            if (rows == 0 || columns == 0) return;
            int half = k < HalvedDepth ? k : Partition.RowStart(k, 2, 1);
            if (k <= 2 * BlockDepth)
            {
                Product(Left.From(row, 0), Right.From(0, column), part, rows, columns, k, half, accumulate: false);
                return;
            }

            Blocked(part, row, rows, column, columns, 0, half);
            using Scratch<T> second = new(rows * columns);
            Operand<T> beside = new(ref second.Origin, columns, 1);
            Blocked(beside, row, rows, column, columns, half, k);
            RowSums.Add(ref part.At(0, 0), part.RowStride, ref beside.At(0, 0), columns, rows, columns);
        }

        /// <summary>One half of the sums, in columns of the result or of what stands for it.</summary>
        public void Half(int half, Slab<T> into, int column, int columns)
        {
            if (columns == 0) return;
            int middle = Partition.RowStart(k, 2, 1);
            Blocked(new Operand<T>(ref into.At(0), n, 1).From(0, column), 0, m, column, columns, half == 0 ? 0 : middle, half == 0 ? middle : k);
        }

        private Operand<T> Left => transposeA ? Of(a, strideA).Transposed : Of(a, strideA);

        private Operand<T> Right => transposeB ? Of(b, strideB).Transposed : Of(b, strideB);

        private void Blocked(Operand<T> part, int row, int rows, int column, int columns, int start, int end)
        {
            int blocks = (end - start + BlockDepth - 1) / BlockDepth;
            for (int block = 0; block < blocks; block++)
            {
                int first = start + Partition.Start(end - start, blocks, block), last = start + Partition.Start(end - start, blocks, block + 1);
                Product(Left.From(row, first), Right.From(first, column), part, rows, columns, last - first, last - first, accumulate: block > 0);
            }
        }

        /// <summary>The product of one block of k, or of two that are added, in the widest registers that there are.</summary>
        private static void Product(Operand<T> left, Operand<T> right, Operand<T> part, int m, int n, int k, int middle, bool accumulate) =>
            Width.Run<T, ProductBody<T>>(new ProductBody<T>(left, right, part, m, n, k, middle, accumulate));

        private static Operand<T> Of(Slab<T> matrix, int stride) => new(ref matrix.At(0), stride, 1);
    }

    /// <summary>The way to make a product, by how its operands lie and how large they are.</summary>
    private readonly ref struct ProductBody<T>(Operand<T> left, Operand<T> right, Operand<T> part, int m, int n, int k, int middle, bool accumulate) : IWidthBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Operand<T> left = left;
        private readonly Operand<T> right = right;
        private readonly Operand<T> part = part;

        public void Run<TLanes, TVector>()
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            if (right.ColumnStride != 1 && left.ColumnStride == 1 && m <= FewRows)
            {
                BlockProduct<TLanes, TVector, T>.MultiplyTransposed(left, right.Transposed, part, m, n, k, middle, accumulate);
                return;
            }

            One<TLanes, TVector>(0, middle, accumulate);
            if (middle < k) One<TLanes, TVector>(middle, k - middle, add: true);
        }

        private void One<TLanes, TVector>(int start, int depth, bool add)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            bool isTurned = right.ColumnStride != 1, isLarge = m >= FewestPackedRows && (long)n * depth * DTypes.Of<T>().Size() >= CacheBytes;
            if ((isTurned || isLarge) && depth > 0) BlockProduct<TLanes, TVector, T>.MultiplyPacked(left.From(0, start), right.From(start, 0), part, m, n, depth, add);
            else BlockProduct<TLanes, TVector, T>.Multiply(left.From(0, start), right.From(start, 0), part, m, n, depth, add);
        }
    }
}
