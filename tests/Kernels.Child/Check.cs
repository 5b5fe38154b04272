using System.Diagnostics;
using System.Security.Cryptography;
using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>Compares what a kernel computes with bounds on its error, and with itself for other numbers of threads.</summary>
/// <param name="kernel">Its name.</param>
internal sealed class Check(string kernel)
{
    /// <summary>The first failures tell what is wrong; after a thousand like them nobody reads on.</summary>
    private const int Told = 10;

    private static readonly int[] MoreThreads = [2, 3];

    private readonly IncrementalHash bitsF32 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256), bitsF64 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private int cases;
    private int failures;
    private double worst;

    /// <summary>
    /// γₙ = nε/(1 - nε) for n roundings: what a sum or product of that many may be off by, relative to the sum of its terms' magnitudes (Higham, "Accuracy and stability of
    /// numerical algorithms", 2002, section 3.1). The reference is computed in F64 by as many operations, and its roundings are allowed for too.
    /// </summary>
    public static double Gamma(int roundings, DType dtype)
    {
        const double F64 = 1.0 / (1L << 53), F32 = 1.0 / (1 << 24);
        double error = roundings * ((dtype == DType.F32 ? F32 : F64) + F64);
        return error / (1 - error);
    }

    /// <summary>The roundings of a sum that is taken in stretches: those of a stretch, and those of the stretches' sums.</summary>
    public static int SumRoundings(int count, int stretch) => Math.Min(count, stretch) + ((count + stretch - 1) / stretch) + 1;

    /// <summary>Computes with one thread, and sees to it that others give the same bytes.</summary>
    public Tensor[] Compute(string what, Func<Tensor[]> compute)
    {
        cases++;
        Workers.Count = 1;
        Tensor[] results = compute();
        foreach (int threads in MoreThreads)
        {
            Workers.Count = threads;
            Tensor[] others = compute();
            for (int i = 0; i < results.Length; i++)
            {
                if (!others[i].AsBytes().SequenceEqual(results[i].AsBytes())) Fail($"{what}: other bytes with {threads} threads than with one");
            }
        }

        Workers.Count = 1;
        foreach (Tensor result in results) (result.DType == DType.F32 ? bitsF32 : bitsF64).AppendData(result.AsBytes());
        return results;
    }

    /// <summary>Fails where two results differ in a bit.</summary>
    public void Same(string what, Tensor expected, Tensor actual)
    {
        if (!expected.AsBytes().SequenceEqual(actual.AsBytes())) Fail($"{what}: other bytes");
    }

    /// <summary>Fails where an element is further from what is expected than its bound allows.</summary>
    public void Near(string what, Tensor actual, double[] expected, double[] bound)
    {
        double[] values = actual.ToDoubles();
        if (values.Length != expected.Length) Fail($"{what}: expected {expected.Length} elements, got shape {actual.Shape}");
        for (int i = 0; i < Math.Min(values.Length, expected.Length); i++)
        {
            double error = Math.Abs(values[i] - expected[i]);
            if (error > 0) worst = Math.Max(worst, error / bound[i]);

            // Written so that NaN fails.
            if (!(error <= bound[i])) Fail($"{what}, element [{string.Join(", ", Index(i, actual.Shape))}]: expected {expected[i]:R}, got {values[i]:R}, which is off by {error:0.0e+0} where {bound[i]:0.0e+0} is allowed");
        }
    }

    /// <summary>Prints what was found.</summary>
    /// <returns>Whether all was well.</returns>
    public bool Tell()
    {
        if (failures > Told) Console.WriteLine($"  {failures - Told} more");
        Console.WriteLine($"{kernel}: {cases} cases, {failures} failures, worst error {worst:0.00} of what is allowed, bits {Hex(bitsF32)} {Hex(bitsF64)}, {clock.Elapsed.TotalSeconds:0.0} s");
        return failures == 0;
    }

    private static string Hex(IncrementalHash bits) => Convert.ToHexString(bits.GetHashAndReset())[..16];

    private void Fail(string message)
    {
        if (failures++ < Told) Console.WriteLine($"  {kernel} {message}");
    }

    private static int[] Index(int position, Shape shape)
    {
        int[] index = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--) (position, index[axis]) = (position / shape[axis], position % shape[axis]);
        return index;
    }
}
