using System.Globalization;
using System.Numerics;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Data;

/// <summary>
/// Hands a <see cref="DataSet"/> out in batches of floating-point numbers, always in the same memory: a pass over 60,000 images allocates no more than one
/// over 60. Bytes become value / 255, from 0 to 1; other features keep their values. One iteration at a time.
/// </summary>
public sealed class Batches
{
    private readonly DataSet data;
    private readonly Tensor[] features;
    private readonly Tensor[] targets;
    private readonly Tensor? weights;

    /// <summary>Makes room for one batch.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="batchSize">The number of examples in a batch, 1 or more.</param>
    /// <param name="dtype">The type of the batches' features and weights, and of targets that are not labels: F32 unless told otherwise, or F64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    /// <exception cref="ArgumentException">The type is not a floating-point one.</exception>
    public Batches(DataSet data, int batchSize, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (batchSize < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(batchSize), string.Create(CultureInfo.InvariantCulture, $"Batches: expected a batch size of 1 or more, got {batchSize}."));
        }

        if (!dtype.IsFloat()) throw new ArgumentException($"Batches: expected F32 or F64, got {dtype}.", nameof(dtype));

        this.data = data;
        BatchSize = batchSize;

        // No more room than the set can fill. Not from the pool: a tape must never take these buffers.
        int rows = Math.Min(batchSize, data.Count);
        features = [.. data.AllFeatures.Select(tensor => Tensor.Zeros(tensor.Shape.With(0, rows), dtype))];
        targets = [.. data.AllTargets.Select(tensor => Tensor.Zeros(tensor.Shape.With(0, rows), tensor.DType.IsFloat() ? dtype : DType.I32))];
        weights = data.Weights is null ? null : Tensor.Zeros([rows], dtype);
    }

    /// <summary>The number of examples in every batch but perhaps the last.</summary>
    public int BatchSize { get; }

    /// <summary>Whether a last batch that would be short is left out; it is kept unless told otherwise.</summary>
    public bool DropLast { get; init; }

    /// <summary>The number of batches in a pass over the whole set.</summary>
    public int Count => CountOf(data.Count);

    /// <summary>One pass.</summary>
    /// <param name="order">
    /// The positions of the examples in the order in which to take them, such as <c>rng.Permutation(data.Count)</c>; the set's own order unless told otherwise.
    /// It may leave some out or name some twice, but be no longer than the set. It must not change during the pass.
    /// </param>
    /// <param name="firstBatch">The number of batches to pass over at the start, to resume a pass that was broken off; 0 unless told otherwise.</param>
    /// <returns>The batches. Each is valid until the next is asked for, which is written into the same memory.</returns>
    /// <exception cref="ArgumentException">The order is longer than the set.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A position lies outside the set, or <paramref name="firstBatch"/> is negative or more than there are batches.
    /// </exception>
    public IEnumerable<Batch> Iterate(int[]? order = null, int firstBatch = 0)
    {
        order ??= [.. Enumerable.Range(0, data.Count)];
        if (order.Length > data.Count)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"Batches: expected an order of at most {data.Count} examples, got {order.Length}."), nameof(order));
        }

        DataSet.CheckRows(order, data.Count, nameof(order));
        int count = CountOf(order.Length);
        if (firstBatch < 0 || firstBatch > count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(firstBatch), string.Create(CultureInfo.InvariantCulture, $"Batches: expected a first batch from 0 to {count}, got {firstBatch}."));
        }

        return Pass();

        IEnumerable<Batch> Pass()
        {
            Batch? batch = null;
            for (int i = firstBatch; i < count; i++)
            {
                int start = i * BatchSize;
                int rows = Math.Min(BatchSize, order.Length - start);
                if (batch?.Count != rows) batch = new Batch(Array.ConvertAll(features, tensor => tensor.Rows(0, rows)), Array.ConvertAll(targets, tensor => tensor.Rows(0, rows)), weights?.Rows(0, rows));
                Fill(batch, order, start, rows);
                yield return batch;
            }
        }
    }

    private int CountOf(int examples) => DropLast ? examples / BatchSize : (int)(((long)examples + BatchSize - 1) / BatchSize);

    private void Fill(Batch batch, int[] order, int start, int count)
    {
        ReadOnlySpan<int> rows = order.AsSpan(start, count);
        for (int i = 0; i < features.Length; i++)
        {
            Tensor from = data.AllFeatures[i], to = batch.AllFeatures[i];
            if (from.DType == DType.U8) PixelRows.Gather(from, order, start, count, to);
            else Gather(from, rows, to);
        }

        for (int i = 0; i < targets.Length; i++) Gather(data.AllTargets[i], rows, batch.AllTargets[i]);
        if (batch.Weights is not null) Gather(data.Weights!, rows, batch.Weights);
    }

    private static void Gather(Tensor source, ReadOnlySpan<int> rows, Tensor destination)
    {
        switch (destination.DType)
        {
            case DType.F32: Gather<float>(source, rows, destination); break;
            case DType.F64: Gather<double>(source, rows, destination); break;
            default: Gather<int>(source, rows, destination); break;
        }
    }

    private static void Gather<T>(Tensor source, ReadOnlySpan<int> rows, Tensor destination)
        where T : unmanaged, INumber<T>
    {
        switch (source.DType)
        {
            case DType.F32: Gather<float, T>(source, rows, destination); break;
            case DType.F64: Gather<double, T>(source, rows, destination); break;
            case DType.I32: Gather<int, T>(source, rows, destination); break;
            default: Gather<byte, T>(source, rows, destination); break;
        }
    }

    private static void Gather<TFrom, T>(Tensor source, ReadOnlySpan<int> rows, Tensor destination)
        where TFrom : unmanaged, INumber<TFrom>
        where T : unmanaged, INumber<T>
    {
        int width = source.Shape.WithoutFirst().ElementCount;
        ReadOnlySpan<TFrom> from = source.AsSpan<TFrom>();
        Span<T> to = destination.AsSpan<T>();
        for (int i = 0; i < rows.Length; i++)
        {
            TensorPrimitives.ConvertTruncating(from.Slice(rows[i] * width, width), to.Slice(i * width, width));
        }
    }
}
