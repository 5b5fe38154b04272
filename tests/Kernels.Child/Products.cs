using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>Matrix products of 500 shapes, either operand as its transpose, against three loops in F64.</summary>
internal static class Products
{
    private const int Shapes = 500;

    // A strip is up to three registers of 1 to 16 elements, a tile 4 or 8 rows, twelve of them are packed together, one turning round takes 48: one less, the same and one more,
    // and primes between.
    private static readonly int[] Small = [0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 15, 16, 17, 23, 24, 25, 31, 32, 33, 37, 47, 48, 49, 53, 63, 64, 65, 95, 96, 97];

    // Sums are halved from 256 on, in blocks of 512; up to 256 rows a left operand is packed instead of a right one turned, and above 512 rows halves are not shared.
    private static readonly int[] Large = [127, 131, 255, 256, 257, 300, 383, 385, 511, 512, 513, 521];

    private static readonly int[] Depths = [255, 256, 257, 511, 512, 513, 700, 1023, 1024, 1025, 1031, 1300];

    // Right operands that fill the second-level cache, so that both are packed: several panels, the last one not full, and sums of two blocks and more than two.
    private static readonly (int M, int N, int K)[] Packed = [(64, 530, 1000), (67, 1030, 511), (101, 515, 1100), (64, 257, 1024), (129, 1031, 261), (65, 2100, 130)];

    /// <summary>As deep as one stretch of a sum goes.</summary>
    private const int BlockDepth = 512;

    public static void Run(Check check)
    {
        Rng rng = new(1);
        for (int turn = 0; turn < Shapes; turn++)
        {
            (int m, int n, int k) = turn < Packed.Length ? Packed[turn] : Sizes(rng, turn % 10);
            foreach (DType dtype in Draw.Floats)
            {
                // One in three exactly, without any tolerance.
                bool isWhole = turn % 3 == 0;
                Tensor a = isWhole ? rng.Whole([m, k], dtype) : rng.Uniform([m, k], dtype), b = isWhole ? rng.Whole([k, n], dtype) : rng.Uniform([k, n], dtype);
                (double[] expected, double[] magnitude) = Loops(a, b);
                double allowed = isWhole ? 0 : Allowed(k, dtype);
                double[] bound = Array.ConvertAll(magnitude, sum => allowed * sum);
                Tensor aTurned = Draw.Transposed(a), bTurned = Draw.Transposed(b);
                Tensor? first = null;
                foreach ((bool turnA, bool turnB) in ((bool, bool)[])[(false, false), (true, false), (false, true), (true, true)])
                {
                    (Tensor left, Tensor right) = (turnA ? aTurned : a, turnB ? bTurned : b);
                    string what = $"{dtype} {left.Shape}{(turnA ? "ᵀ" : "")} · {right.Shape}{(turnB ? "ᵀ" : "")}";
                    Tensor product = check.Compute(what, () => [MatrixProduct.Multiply(left, right, turnA, turnB)])[0];
                    check.Near(what, product, expected, bound);

                    // The order of a sum depends on k alone, so it does not matter how the operands lie.
                    first ??= product;
                    check.Same($"{what}, as in place", first, product);
                }
            }
        }
    }

    /// <summary>What a sum of products in F32 or F64 may be off by: the roundings that a product goes through, itself, on the way to its block's sum, and from there to the whole.</summary>
    public static double Allowed(int depth, DType dtype) => Check.Gamma(Check.SumRoundings(depth, BlockDepth) + 1, dtype);

    /// <summary>The product in F64, and the sums of its terms' magnitudes.</summary>
    public static (double[] Product, double[] Magnitude) Loops(Tensor a, Tensor b)
    {
        (int m, int k, int n) = (a.Shape[0], a.Shape[1], b.Shape[1]);
        double[] left = a.ToDoubles(), right = b.ToDoubles(), product = new double[m * n], magnitude = new double[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int p = 0; p < k; p++)
            {
                double factor = left[(i * k) + p];
                for (int j = 0; j < n; j++)
                {
                    double term = factor * right[(p * n) + j];
                    product[(i * n) + j] += term;
                    magnitude[(i * n) + j] += Math.Abs(term);
                }
            }
        }

        return (product, magnitude);
    }

    private static (int M, int N, int K) Sizes(Rng rng, int kind) => kind switch
    {
        < 6 => (rng.From(Small), rng.From(Small), rng.From(Small)),
        6 => (rng.From(Large), rng.From(Small), rng.From(Small)),
        7 => (rng.From(Small), rng.From(Large), rng.From(Small)),
        8 => (rng.From(Small), rng.From(Small), rng.From(Depths)),
        _ => (rng.Next(400), rng.Next(60), rng.Next(90)),
    };
}
