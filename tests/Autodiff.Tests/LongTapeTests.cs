using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Tapes of many small operations. The passes are loops, so that no length overflows the stack; <c>benchmarks/Benchmarks/TapeLength.cs</c> shows what they cost.</summary>
public class LongTapeTests
{
    // x added n times to itself is (n + 1)·x. Whole numbers, hence exact: 3,000,003 and 1,000,001.
    [Fact]
    public void A_million_operations_are_recorded_and_differentiated()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64));

        Variable y = Sum(x, 1_000_000);

        Assert.Equal(1_000_000, tape.Entries.Count);
        Assert.Equal(3_000_003, y.Value.ToScalar());
        Assert.Equal(1_000_001, tape.Gradient(y, x).Value.ToScalar());
    }

    // y = (n + 1)·x², with a recorded reverse pass about as long again: y' = 2(n + 1)·x, y'' = 2(n + 1), and the tangent along 5 is 5y'.
    [Fact]
    public void A_long_tape_goes_to_the_second_order_and_forward_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64)), y = Sum(x * x, 99_999);

        Variable gradient = tape.Gradient(y, x, record: true);

        Assert.Equal(600_000, gradient.Value.ToScalar());
        Assert.Equal(200_000, tape.Gradient(gradient, x).Value.ToScalar());
        Assert.Equal(3_000_000, tape.Jvp(y, [x], [Tensor.Scalar(5, DType.F64)]).Value.ToScalar());
    }

    // Ten times the operations allocate about ten times the bytes; were anything copied with each operation or step, a hundred times.
    [Fact]
    public void Memory_grows_with_the_number_of_operations()
    {
        static long Allocated(int operations)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            using Tape tape = new();
            Variable x = tape.Watch(Tensor.Scalar(3, DType.F64));
            tape.Gradient(Sum(x, operations), x);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(1_000);
        Assert.InRange((double)Allocated(50_000) / Allocated(5_000), 7, 15);
    }

    private static Variable Sum(Variable x, int operations)
    {
        Variable y = x;
        for (int i = 0; i < operations; i++) y += x;
        return y;
    }
}
