using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tapestry.Tensors.Tests;

[CollectionDefinition(nameof(BufferTests), DisableParallelization = true)]
public sealed class BufferCollection;

/// <summary>Buffers and the pool, by what tensors show of them. Alone in the process: the pool is shared.</summary>
[Collection(nameof(BufferTests))]
public class BufferTests
{
    [Fact]
    public void Touching_a_released_tensor_says_what_to_do()
    {
        Tensor tensor = Tensor.Uninitialized([4], DType.F32);
        Tensor reshaped = tensor.Reshape(2, 2), rows = tensor.Rows(1, 2);

        tensor.Buffer.Release();

        Assert.True(rows.Buffer.IsReleased);
        foreach (Tensor view in new[] { tensor, reshaped, rows })
        {
            ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(() => view.AsSpan<float>());
            Assert.Contains("Call variable.Detach() before the tape ends", error.Message, StringComparison.Ordinal);
            Assert.Throws<ObjectDisposedException>(() => view.Clone());
            Assert.Throws<ObjectDisposedException>(() => view.ToDoubles());
            Assert.Throws<ObjectDisposedException>(() => view + view);
            Assert.Throws<ObjectDisposedException>(() => Reduce.Sum(view));
        }
    }

    [Fact]
    public void A_released_array_is_rented_again_and_given_out_once()
    {
        Tensor first = Tensor.Uninitialized([12_345], DType.F32);
        ref byte storage = ref MemoryMarshal.GetReference(first.AsBytes());

        first.Buffer.Release();
        first.Buffer.Release();
        first.Reshape(-1, 1).Buffer.Release();
        Tensor second = Tensor.Uninitialized([12_345], DType.F32), third = Tensor.Uninitialized([12_345], DType.F32);

        Assert.True(Unsafe.AreSame(ref storage, ref MemoryMarshal.GetReference(second.AsBytes())));
        Assert.False(Unsafe.AreSame(ref storage, ref MemoryMarshal.GetReference(third.AsBytes())));
        Assert.True(first.Buffer.IsReleased);
        Assert.False(second.Buffer.IsReleased);
    }

    [Fact]
    public void A_thread_gets_what_it_has_just_used_again_and_no_other_thread_does()
    {
        // Threads of the test's own, which have kept nothing yet.
        BufferPool pool = BufferPool.Shared;
        byte[]? mine = null, elsewhere = null, small = null, again = null;
        OnThread(() =>
        {
            mine = pool.RentForThread(54_321);
            pool.ReturnToThread(mine);
            OnThread(() => elsewhere = pool.RentForThread(54_321));
            small = pool.RentForThread(54_321 / 4);
            again = pool.RentForThread(54_321);
        });

        Assert.NotSame(mine, elsewhere);
        Assert.NotSame(mine, small);
        Assert.Same(mine, again);
        foreach (byte[] array in new[] { again!, small!, elsewhere! }) pool.Return(array);

        static void OnThread(ThreadStart work)
        {
            Thread thread = new(work);
            thread.Start();
            thread.Join();
        }
    }

    [Fact]
    public void A_users_own_storage_is_never_released()
    {
        Tensor tensor = Tensor.From([1f, 2]);

        tensor.Buffer.Release();

        Assert.False(tensor.Buffer.IsReleased);
        Assert.Equal([1f, 2], tensor.ToArray<float>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(80)]
    [InlineData(81)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(1_000_003)]
    public void Storage_is_as_long_as_asked_for_new_or_reused(int bytes)
    {
        for (int turn = 0; turn < 3; turn++)
        {
            Tensor tensor = Tensor.Uninitialized([bytes], DType.U8);
            Assert.Equal(bytes, tensor.AsBytes().Length);
            tensor.AsBytes().Fill(1);
            tensor.Buffer.Release();
        }
    }

    // Around the size from which on arrays are pinned, where the pool rounds sizes up; new and reused.
    [Fact]
    public void Each_tensor_has_a_register_of_room_behind_it_and_a_large_one_begins_with_a_cache_line()
    {
        int[] sizes = [1, 64, 100, .. Enumerable.Range(3900, 400), 65_537, 1_000_003];
        for (int turn = 0; turn < 2; turn++)
        {
            foreach (int bytes in sizes)
            {
                // Several at once, since a single array may lie right by chance.
                Tensor[] tensors = [.. Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? Tensor.Zeros([bytes], DType.U8) : Tensor.Uninitialized([bytes], DType.U8))];
                foreach (Tensor tensor in tensors)
                {
                    Assert.True(tensor.Buffer.Bytes.Length >= bytes + Buffer.Spare, $"{bytes} bytes in {tensor.Buffer.Bytes.Length}");
                    if (bytes >= 4096) Assert.Equal(0, Marshal.UnsafeAddrOfPinnedArrayElement(tensor.Buffer.Array, tensor.Buffer.Start) % 64);
                }

                foreach (Tensor tensor in tensors) tensor.Buffer.Release();
            }
        }
    }

    [Fact]
    public async Task Concurrent_rents_never_share_an_array()
    {
        // Each worker marks what it rents, lets the others run, and finds its mark again.
        Task[] workers = [.. Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (int turn = 0; turn < 2_000; turn++)
            {
                Tensor a = Tensor.Uninitialized([33], DType.I32), b = Tensor.Uninitialized([33], DType.I32);
                a.AsSpan<int>().Fill((worker << 20) + turn);
                b.AsSpan<int>().Fill(-(worker << 20) - turn);
                if (turn % 16 == 0) Thread.Yield();
                Assert.Equal(-1, a.AsSpan<int>().IndexOfAnyExcept((worker << 20) + turn));
                Assert.Equal(-1, b.AsSpan<int>().IndexOfAnyExcept(-(worker << 20) - turn));
                a.Buffer.Release();
                b.Buffer.Release();
            }
        }))];

        await Task.WhenAll(workers);
    }

    [Fact]
    public async Task A_buffer_released_by_many_threads_at_once_returns_once()
    {
        for (int turn = 0; turn < 200; turn++)
        {
            Tensor tensor = Tensor.Uninitialized([777], DType.F64);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(tensor.Buffer.Release)));

            Tensor first = Tensor.Uninitialized([777], DType.F64), second = Tensor.Uninitialized([777], DType.F64);
            Assert.False(Unsafe.AreSame(ref MemoryMarshal.GetReference(first.AsBytes()), ref MemoryMarshal.GetReference(second.AsBytes())));
            first.Buffer.Release();
            second.Buffer.Release();
        }
    }
}
