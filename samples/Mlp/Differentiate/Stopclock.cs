using System.Diagnostics;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>How long something takes on this machine: the median, which one interrupted run does not change.</summary>
internal static class Stopclock
{
    private const int WarmUps = 3;
    private const int Runs = 15;

    /// <summary>The median of several runs, in microseconds.</summary>
    public static double Median(Action action)
    {
        for (int i = 0; i < WarmUps; i++) action();
        double[] times = new double[Runs];
        for (int i = 0; i < Runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[Runs / 2];
    }
}
