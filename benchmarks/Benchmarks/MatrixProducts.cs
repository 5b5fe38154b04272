using BenchmarkDotNet.Attributes;
using Tapestry.Tensors;

namespace Tapestry.Benchmarks;

/// <summary>
/// Matrix products: those of the book's model, which are x·W forward, xᵀ·ȳ for a kernel's gradient and ȳ·Wᵀ for an input's, and squares.
/// </summary>
[MemoryDiagnoser]
public class MatrixProducts
{
    private Tensor a = null!;
    private Tensor b = null!;

    /// <summary>What is multiplied.</summary>
    [ParamsSource(nameof(Products))]
    public Product Shape { get; set; } = null!;

    /// <summary>The type of the elements.</summary>
    [Params(DType.F32, DType.F64)]
    public DType DType { get; set; }

    /// <summary>The number of threads.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>What <see cref="Threads"/> runs through.</summary>
    public static IEnumerable<int> ThreadCounts => Workload.ThreadCounts;

    /// <summary>What <see cref="Shape"/> runs through.</summary>
    public static IEnumerable<Product> Products()
    {
        foreach (int batch in (int[])[32, 128, 512])
        {
            foreach ((int inputs, int outputs) in ((int, int)[])[(784, 300), (300, 100), (100, 10)])
            {
                yield return new(batch, outputs, inputs, TransposeA: false, TransposeB: false);
                yield return new(inputs, outputs, batch, TransposeA: true, TransposeB: false);
                yield return new(batch, inputs, outputs, TransposeA: false, TransposeB: true);
            }
        }

        foreach (int size in (int[])[128, 256, 512, 1024]) yield return new(size, size, size, TransposeA: false, TransposeB: false);
    }

    /// <summary>Operands between -0.5 and 0.5.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Workers.Count = Threads;
        Rng rng = new(1);
        a = Uniform(Shape.TransposeA ? [Shape.K, Shape.M] : [Shape.M, Shape.K], rng);
        b = Uniform(Shape.TransposeB ? [Shape.N, Shape.K] : [Shape.K, Shape.N], rng);
    }

    /// <summary>The product, whose memory is given back as a tape does it.</summary>
    [Benchmark]
    public void Multiply() => MatrixProduct.Multiply(a, b, Shape.TransposeA, Shape.TransposeB).Buffer.Release();

    private Tensor Uniform(Shape shape, Rng rng)
    {
        Tensor values = Tensor.Zeros(shape);
        foreach (ref float value in values.AsSpan<float>()) value = rng.NextSingle() - 0.5f;
        return values.Cast(DType);
    }

    /// <summary>A product of [m, k] and [k, n], either operand lying as its transpose; printed as m x k x n.</summary>
    public sealed record Product(int M, int N, int K, bool TransposeA, bool TransposeB)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{M}x{K}x{N}{(TransposeA ? " aᵀ" : "")}{(TransposeB ? " bᵀ" : "")}";
    }
}
