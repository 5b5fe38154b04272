namespace Tapestry.Tensors.Tests;

/// <summary>The number of threads belongs to the process: these tests set it one after the other. What runs beside them gets the same numbers with any.</summary>
[Collection(nameof(WorkersTests))]
public class WorkersTests
{
    private static readonly int[] Counts = [1, 2, 3, 5];

    [Fact]
    public void Every_part_is_done_once_by_any_number_of_threads()
    {
        foreach (int threads in Counts)
        {
            foreach (int parts in (int[])[0, 1, 2, 3, 7, 64])
            {
                int[] done = new int[parts];
                WithThreads(threads, () => Workers.Run(parts, new Counting(done)));
                Assert.All(done, count => Assert.Equal(1, count));
            }
        }
    }

    [Fact]
    public void With_one_thread_the_caller_does_all_parts_in_order()
    {
        List<(int Part, int Thread)> done = [];

        WithThreads(1, () => Workers.Run(5, new Noting(done)));

        Assert.Equal(Enumerable.Range(0, 5).Select(part => (part, Environment.CurrentManagedThreadId)), done);
    }

    [Fact]
    public void Many_short_jobs_in_a_row_are_all_done_when_the_call_returns()
    {
        int[] done = new int[4];

        WithThreads(4, () =>
        {
            for (int i = 1; i <= 20_000; i++)
            {
                Workers.Run(4, new Counting(done));
                Assert.Equal([i, i, i, i], done);
            }
        });
    }

    [Fact]
    public void A_thread_that_has_slept_wakes_up()
    {
        int[] done = new int[2];

        WithThreads(2, () =>
        {
            for (int i = 0; i < 5; i++)
            {
                Workers.Run(2, new Counting(done));
                using ManualResetEventSlim never = new();
                never.Wait(20);
            }
        });

        Assert.Equal([5, 5], done);
    }

    [Fact]
    public void An_error_in_any_part_reaches_the_caller_when_all_parts_are_over_and_the_threads_work_on()
    {
        foreach (int failing in (int[])[0, 1])
        {
            WithThreads(2, () =>
            {
                Assert.Equal($"part {failing}", Assert.Throws<InvalidOperationException>(() => Workers.Run(2, new Failing(failing))).Message);
                int[] done = new int[2];
                Workers.Run(2, new Counting(done));
                Assert.Equal([1, 1], done);
            });
        }
    }

    [Fact]
    public void A_part_may_itself_ask_for_parts()
    {
        int[] done = new int[6];

        WithThreads(2, () => Workers.Run(2, new Nesting(done)));

        Assert.All(done, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Fewer_than_one_thread_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Workers.Count = 0);

    // Sizes around the cuts: halves of k from 256 on, blocks of 512, parts of 16 columns, strips and tiles that are not full.
    [Theory]
    [InlineData(32, 300, 784)]
    [InlineData(33, 101, 257)]
    [InlineData(784, 300, 32)]
    [InlineData(513, 67, 1100)]
    [InlineData(5, 1030, 300)]
    [InlineData(300, 17, 2100)]
    public void Products_have_the_same_bits_for_every_number_of_threads(int m, int n, int k)
    {
        foreach (DType dtype in (DType[])[DType.F32, DType.F64])
        {
            foreach ((bool transposeA, bool transposeB) in ((bool, bool)[])[(false, false), (true, false), (false, true), (true, true)])
            {
                Tensor a = Samples.Uniform(transposeA ? [k, m] : [m, k], dtype, 1), b = Samples.Uniform(transposeB ? [n, k] : [k, n], dtype, 2);
                byte[][] results = [.. Counts.Select(threads => WithThreads(threads, () => MatrixProduct.Multiply(a, b, transposeA, transposeB).AsBytes().ToArray()))];
                Assert.All(results, result => Assert.Equal(results[0], result));
            }
        }
    }

    [Theory]
    [InlineData(32, 784)]
    [InlineData(70, 301)]
    [InlineData(1, 5000)]
    public void Normalization_has_the_same_bits_for_every_number_of_threads(int rows, int columns)
    {
        Tensor x = Samples.Uniform([rows, columns], DType.F32, 1), upstream = Samples.Uniform([rows, columns], DType.F32, 2), gamma = Samples.Uniform([columns], DType.F32, 3), beta = Samples.Uniform([columns], DType.F32, 4);
        byte[][] results =
        [
            .. Counts.Select(threads => WithThreads(threads, () =>
            {
                (Tensor y, Tensor mean, Tensor variance) = ColumnNormalization.Forward(x, gamma, beta, 1e-3);
                (Tensor? xBar, Tensor gammaBar, Tensor betaBar) = ColumnNormalization.Backward(x, gamma, mean, variance, 1e-3, upstream, needsX: true);
                return ((Tensor[])[y, mean, variance, xBar!, gammaBar, betaBar]).SelectMany(tensor => tensor.AsBytes().ToArray()).ToArray();
            })),
        ];

        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    private static void WithThreads(int threads, Action action) => WithThreads(threads, () =>
    {
        action();
        return 0;
    });

    private static T WithThreads<T>(int threads, Func<T> function)
    {
        int before = Workers.Count;
        Workers.Count = threads;
        try
        {
            return function();
        }
        finally
        {
            Workers.Count = before;
        }
    }

    private readonly struct Counting(int[] done) : IParallelBody
    {
        public void Run(int part) => Interlocked.Increment(ref done[part]);
    }

    private readonly struct Noting(List<(int Part, int Thread)> done) : IParallelBody
    {
        public void Run(int part) => done.Add((part, Environment.CurrentManagedThreadId));
    }

    private readonly struct Failing(int failing) : IParallelBody
    {
        public void Run(int part)
        {
            if (part == failing) throw new InvalidOperationException($"part {part}");
        }
    }

    private readonly struct Nesting(int[] done) : IParallelBody
    {
        public void Run(int part)
        {
            Workers.Run(3, new Shifted(done, part * 3));
        }
    }

    private readonly struct Shifted(int[] done, int at) : IParallelBody
    {
        public void Run(int part) => Interlocked.Increment(ref done[at + part]);
    }
}
