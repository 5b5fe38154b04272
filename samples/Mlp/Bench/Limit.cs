using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Samples.Mlp.Bench;

/// <summary>What the machine can do at best, measured on the spot: hosts differ, and move a machine's cores while it runs.</summary>
internal static class Limit
{
    private const int Sums = 12;
    private const int Rounds = 20_000;

    /// <summary>The multiplications and additions of F32 that one core makes in a second, in units of 10⁹: the best of many short loops of fused multiply-adds in registers.</summary>
    public static double Gigaflops()
    {
        double best = 0;
        for (int i = 0; i < 150; i++)
        {
            long start = Stopwatch.GetTimestamp();
            (float result, int width) = Vector512.IsHardwareAccelerated ? (Loop512(), 16) : (Loop256(), 8);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (float.IsFinite(result)) best = Math.Max(best, 2.0 * width * Sums * Rounds / seconds / 1e9);
        }

        return best;
    }

    /// <summary>How long two threads take to answer each other through one number in memory, there and back, in nanoseconds; the median of several tries. Null with one core.</summary>
    public static double? PingPong()
    {
        const int Turns = 20_000, Tries = 5;
        if (Environment.ProcessorCount < 2) return null;
        double[] times = new double[Tries];
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            Ball ball = new();
            Thread other = new(() =>
            {
                for (int turn = 1; turn < 2 * Turns; turn += 2) Hit(ball, turn);
            });
            other.Start();
            Hit(ball, 0);
            long start = Stopwatch.GetTimestamp();
            for (int turn = 2; turn < 2 * Turns; turn += 2) Hit(ball, turn);
            times[attempt] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / (Turns - 1);
            other.Join();
        }

        Array.Sort(times);
        return times[Tries / 2];
    }

    /// <summary>Waits for a turn and gives the next. A thread that the system does not let run is not waited for in a loop.</summary>
    private static void Hit(Ball ball, int turn)
    {
        for (int spins = 0; Volatile.Read(ref ball.Turn) != turn; spins++)
        {
            if (spins > 100_000) Thread.Yield();
        }

        Volatile.Write(ref ball.Turn, turn + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop512()
    {
        Vector512<float> x = Vector512.Create(1.0000001f);
        Vector512<float> a = x, b = x * 2f, c = x * 3f, d = x * 4f, e = x * 5f, f = x * 6f, g = x * 7f, h = x * 8f, i = x * 9f, j = x * 10f, k = x * 11f, l = x * 12f;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, x);
            b = Vector512.FusedMultiplyAdd(b, x, x);
            c = Vector512.FusedMultiplyAdd(c, x, x);
            d = Vector512.FusedMultiplyAdd(d, x, x);
            e = Vector512.FusedMultiplyAdd(e, x, x);
            f = Vector512.FusedMultiplyAdd(f, x, x);
            g = Vector512.FusedMultiplyAdd(g, x, x);
            h = Vector512.FusedMultiplyAdd(h, x, x);
            i = Vector512.FusedMultiplyAdd(i, x, x);
            j = Vector512.FusedMultiplyAdd(j, x, x);
            k = Vector512.FusedMultiplyAdd(k, x, x);
            l = Vector512.FusedMultiplyAdd(l, x, x);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop256()
    {
        Vector256<float> x = Vector256.Create(1.0000001f);
        Vector256<float> a = x, b = x * 2f, c = x * 3f, d = x * 4f, e = x * 5f, f = x * 6f, g = x * 7f, h = x * 8f, i = x * 9f, j = x * 10f, k = x * 11f, l = x * 12f;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, x);
            b = Vector256.MultiplyAddEstimate(b, x, x);
            c = Vector256.MultiplyAddEstimate(c, x, x);
            d = Vector256.MultiplyAddEstimate(d, x, x);
            e = Vector256.MultiplyAddEstimate(e, x, x);
            f = Vector256.MultiplyAddEstimate(f, x, x);
            g = Vector256.MultiplyAddEstimate(g, x, x);
            h = Vector256.MultiplyAddEstimate(h, x, x);
            i = Vector256.MultiplyAddEstimate(i, x, x);
            j = Vector256.MultiplyAddEstimate(j, x, x);
            k = Vector256.MultiplyAddEstimate(k, x, x);
            l = Vector256.MultiplyAddEstimate(l, x, x);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private sealed class Ball
    {
        public int Turn;
    }
}
