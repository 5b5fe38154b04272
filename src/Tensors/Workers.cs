using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Tapestry.Tensors;

/// <summary>What is done in parts, each by one thread. A part writes where no other part reads or writes.</summary>
internal interface IParallelBody
{
    /// <summary>Does one part.</summary>
    void Run(int part);
}

/// <summary>
/// The threads that kernels share their work among. Forking and joining costs a fraction of a microsecond, since a thread that has just worked waits for more in a loop; one
/// that has waited for long sleeps. Part number i is always done by the same thread, so that what it reads and writes stays in that core's cache. How work is cut never depends
/// on <see cref="Count"/> where it would change the order of a sum, so the results have the same bits for every number of threads.
/// </summary>
public static class Workers
{
    private static readonly Lock Growing = new();
    private static Worker[] workers = [];
    private static int count = OperatingSystem.IsBrowser() ? 1 : Environment.ProcessorCount;
    private static int busy;

    /// <summary>How many threads work, the caller's included: as many as there are processors, unless set. With 1 no thread is ever started.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less than 1.</exception>
    public static int Count
    {
        get => count;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            count = OperatingSystem.IsBrowser() ? 1 : value;
        }
    }

    /// <summary>
    /// Does all parts, and returns when the last is done. Where the threads are at work for another caller, or there is one only, the caller does all parts in order.
    /// </summary>
    internal static void Run<TBody>(int parts, TBody body)
        where TBody : struct, IParallelBody
    {
        int threads = Math.Min(parts, count);
        if (OperatingSystem.IsBrowser() || threads <= 1 || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            for (int part = 0; part < parts; part++) body.Run(part);
            return;
        }

        try
        {
            Worker[] team = Team(threads - 1);
            Job<TBody> job = new(body, parts, threads);
            for (int i = 0; i < threads - 1; i++) team[i].Start(job, i + 1);
            Exception? failure = null;
            try
            {
                job.Run(0);
            }
            catch (Exception error)
            {
                failure = error;
            }

            // All must be done before the caller goes on, whatever happened: they write into its memory.
            for (int i = 0; i < threads - 1; i++) failure = team[i].Join() ?? failure;
            if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }
    }

    [UnsupportedOSPlatform("browser")]
    private static Worker[] Team(int size)
    {
        if (workers.Length >= size) return workers;
        lock (Growing)
        {
            if (workers.Length < size) workers = [.. workers, .. Enumerable.Range(workers.Length, size - workers.Length).Select(_ => new Worker())];
            return workers;
        }
    }

    private abstract class Job
    {
        /// <summary>Does the parts of one of the threads.</summary>
        public abstract void Run(int thread);
    }

    private sealed class Job<TBody>(TBody body, int parts, int threads) : Job
        where TBody : struct, IParallelBody
    {
        public override void Run(int thread)
        {
            for (int part = thread; part < parts; part += threads) body.Run(part);
        }
    }

    /// <summary>One thread and its mailbox.</summary>
    [UnsupportedOSPlatform("browser")]
    private sealed class Worker
    {
        /// <summary>A microsecond or two, in which nearly all that is waited for comes. A pause between two looks would triple what a fork costs.</summary>
        private const int SpinsBeforePause = 1000;

        /// <summary>About 50 µs: longer than a step of training stays with one thread.</summary>
        private const int SpinsBeforeSleep = 3000;

        private const int SpinsBeforeYield = 5000;

        private readonly object gate = new();
        private Mailbox box;

        public Worker() => new Thread(Loop) { IsBackground = true, Name = "Tapestry worker" }.Start();

        public void Start(Job job, int thread)
        {
            box.Job = job;
            box.Thread = thread;
            int ticket = box.Posted + 1;

            // A full fence: the worker either sees the ticket before it sleeps, or is seen to sleep here.
            Interlocked.Exchange(ref box.Posted, ticket);
            if (Volatile.Read(ref box.Asleep) == 0) return;
            lock (gate) Monitor.Pulse(gate);
        }

        /// <summary>Waits until the job is done; what it failed with, or null.</summary>
        public Exception? Join()
        {
            int spins = 0;
            while (Volatile.Read(ref box.Done) != box.Posted)
            {
                // A worker that the system does not let run would be waited for in vain.
                if (++spins < SpinsBeforePause) continue;
                if (spins < SpinsBeforeYield) Thread.SpinWait(1);
                else Thread.Yield();
            }

            box.Job = null;
            return box.Failure;
        }

        private void Loop()
        {
            int done = 0;
            while (true)
            {
                for (int spins = 0; Volatile.Read(ref box.Posted) == done; spins++)
                {
                    if (spins < SpinsBeforePause) continue;
                    if (spins < SpinsBeforeSleep)
                    {
                        Thread.SpinWait(1);
                        continue;
                    }

                    Interlocked.Exchange(ref box.Asleep, 1);
                    lock (gate)
                    {
                        while (Volatile.Read(ref box.Posted) == done) Monitor.Wait(gate);
                    }

                    Volatile.Write(ref box.Asleep, 0);
                }

                done = Volatile.Read(ref box.Posted);
                box.Failure = null;
                try
                {
                    box.Job!.Run(box.Thread);
                }
                catch (Exception error)
                {
                    box.Failure = error;
                }

                Volatile.Write(ref box.Done, done);
            }
        }
    }

    /// <summary>What caller and worker tell each other. Each writes to cache lines of its own: cores that write to one line wait for each other.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Mailbox
    {
        [FieldOffset(128)]
        public Job? Job;

        [FieldOffset(136)]
        public int Thread;

        [FieldOffset(140)]
        public int Posted;

        [FieldOffset(256)]
        public Exception? Failure;

        [FieldOffset(264)]
        public int Done;

        [FieldOffset(268)]
        public int Asleep;
    }
}
