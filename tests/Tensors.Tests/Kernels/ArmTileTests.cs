using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors.Tests;

/// <summary>
/// Products as Arm takes them: registers of 128 bits in tiles of 8 rows, with fused multiply-adds where this machine has them. The tiles, strips and packing are those that run
/// there; only the instructions that the JIT makes of them are this machine's. Without AVX, as Arm is, transposes go element by element: that is KernelPathTests'.
/// </summary>
public class ArmTileTests
{
    // A strip is up to three registers of 4 floats or 2 doubles, a tile 8 rows and then 4 and 1, a turning round 48, what is packed together twelve tiles.
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 24, 25, 47, 48, 49, 95, 96, 97, 105];

    [Theory]
    [MemberData(nameof(Samples.Floats), MemberType = typeof(Samples))]
    public void Products_of_random_shapes_agree_with_three_loops_in_place_turned_and_packed(DType dtype)
    {
        Rng rng = new(7);
        for (int turn = 0; turn < 100; turn++)
        {
            int m = Sizes[rng.Next(Sizes.Length)], n = Sizes[rng.Next(Sizes.Length)], k = Sizes[rng.Next(Sizes.Length)];
            Tensor a = Samples.Uniform([m, k], dtype, (ulong)turn), b = Samples.Uniform([k, n], dtype, (ulong)turn + 1000), bTurned = Samples.Uniform([n, k], dtype, (ulong)turn + 2000);
            Tensor aTurned = Samples.Uniform([k, m], dtype, (ulong)turn + 3000);
            if (dtype == DType.F32) Check<float>(a, aTurned, b, bTurned);
            else Check<double>(a, aTurned, b, bTurned);
        }
    }

    private static void Check<T>(Tensor a, Tensor aTurned, Tensor b, Tensor bTurned)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        int m = a.Shape[0], k = a.Shape[1], n = b.Shape[1];
        Tensor result = Tensor.Zeros([m, n], a.DType);

        BlockProduct<ArmLanes<T>, Vector128<T>, T>.Multiply(Of<T>(a), Of<T>(b), Of<T>(result), m, n, k, accumulate: false);
        MatrixProductTests.Check(a, b, false, false, result);

        BlockProduct<ArmLanes<T>, Vector128<T>, T>.Multiply(Of<T>(aTurned).Transposed, Of<T>(b), Of<T>(result), m, n, k, accumulate: false);
        MatrixProductTests.Check(aTurned, b, true, false, result);

        BlockProduct<ArmLanes<T>, Vector128<T>, T>.MultiplyTransposed(Of<T>(a), Of<T>(bTurned), Of<T>(result), m, n, k, middle: k, accumulate: false);
        MatrixProductTests.Check(a, bTurned, false, true, result);

        // In two sums, of which the second is added where the first stands.
        int middle = k / 2;
        BlockProduct<ArmLanes<T>, Vector128<T>, T>.MultiplyPacked(Of<T>(a), Of<T>(bTurned).Transposed, Of<T>(result), m, n, k - middle, accumulate: false);
        if (middle > 0) BlockProduct<ArmLanes<T>, Vector128<T>, T>.MultiplyPacked(Of<T>(a).From(0, k - middle), Of<T>(bTurned).Transposed.From(k - middle, 0), Of<T>(result), m, n, middle, accumulate: true);
        MatrixProductTests.Check(a, bTurned, false, true, result);
    }

    private static Operand<T> Of<T>(Tensor matrix)
        where T : unmanaged => new(ref MemoryMarshal.GetReference(matrix.AsSpan<T>()), matrix.Shape[1], 1);

    /// <summary><see cref="Lanes128{T}"/> with Arm's number of rows.</summary>
    private readonly struct ArmLanes<T> : ILanes<Vector128<T>, T>
        where T : unmanaged
    {
        public static int Count => Lanes128<T>.Count;

        public static int TileRows => 8;

        public static Vector128<T> Load(ref T source) => Lanes128<T>.Load(ref source);

        public static void Store(Vector128<T> value, ref T target) => Lanes128<T>.Store(value, ref target);

        public static void StorePart(Vector128<T> value, ref T target, int count) => Lanes128<T>.StorePart(value, ref target, count);

        public static Vector128<T> Broadcast(T value) => Lanes128<T>.Broadcast(value);

        public static Vector128<T> MultiplyAdd(Vector128<T> x, Vector128<T> y, Vector128<T> sum) => Lanes128<T>.MultiplyAdd(x, y, sum);

        public static Vector128<T> Add(Vector128<T> x, Vector128<T> y) => Lanes128<T>.Add(x, y);

        public static Vector128<T> Subtract(Vector128<T> x, Vector128<T> y) => Lanes128<T>.Subtract(x, y);

        public static Vector128<T> Multiply(Vector128<T> x, Vector128<T> y) => Lanes128<T>.Multiply(x, y);

        public static Vector128<T> Divide(Vector128<T> x, Vector128<T> y) => Lanes128<T>.Divide(x, y);

        public static Vector128<T> Sqrt(Vector128<T> x) => Lanes128<T>.Sqrt(x);

        public static Vector128<T> Max(Vector128<T> x, Vector128<T> y) => Lanes128<T>.Max(x, y);

        public static Vector128<T> Sign(Vector128<T> x) => Lanes128<T>.Sign(x);
    }
}
