using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>Softmax, cross-entropy and their derivatives against their formulas in F64.</summary>
internal static class Softmaxes
{
    /// <summary>An exponential is within two units in the last place, of two roundings each.</summary>
    private const int ExpRoundings = 4;

    public static void Run(Check check)
    {
        Rng rng = new(5);
        for (int turn = 0; turn < 60; turn++)
        {
            int rows = rng.From(1, 2, 3, 31, 32, 33), width = rng.From(1, 2, 3, 7, 10, 16, 17, 33, 100);
            foreach (DType dtype in Draw.Floats)
            {
                Tensor x = rng.Uniform([rows, width], dtype, 10), targets = rng.Between([rows, width], dtype, 0, 1), given = rng.Uniform([rows, width], dtype), one = rng.Uniform([], dtype);
                string what = $"{dtype} {x.Shape}";
                Tensor[] results = check.Compute(what, () =>
                {
                    Tensor y = SoftmaxKernel.Forward(x);
                    (Tensor softmax, Tensor loss) = SoftmaxKernel.ForwardWithCrossEntropy(x, targets);
                    return [y, softmax, loss, SoftmaxKernel.Backward(y, given), SoftmaxKernel.CrossEntropyBackward(y, targets, one)];
                });
                check.Same($"softmax beside the cross-entropy, {what}", results[0], results[1]);
                Forward(check, what, x, targets, results[0], results[2]);
                Backward(check, what, results[0], given, results[3]);
                CrossEntropyBackward(check, what, results[0], targets, one.ToScalar(), results[4]);
            }
        }
    }

    /// <summary>
    /// With d = x - max, whose rounding moves e^d by |d| roundings, a term is off by |d| + E roundings and a sum by as many on the average over its terms, and by those of adding.
    /// </summary>
    private static void Forward(Check check, string what, Tensor x, Tensor targets, Tensor softmax, Tensor loss)
    {
        (int rows, int width) = (x.Shape[0], x.Shape[1]);
        double unit = Check.Gamma(1, x.DType);
        (double[] expected, double[] bound, double total, double allowed) = (new double[x.Length], new double[x.Length], 0, 0);
        for (int row = 0; row < rows; row++)
        {
            double[] values = [.. Enumerable.Range(0, width).Select(i => x[row, i])], distances = [.. values.Select(value => value - values.Max())], terms = [.. distances.Select(Math.Exp)];
            double sum = terms.Sum(), ofSum = (terms.Zip(distances, (term, distance) => term * -distance).Sum() / sum) + ExpRoundings + width, logSum = values.Max() + Math.Log(sum);
            for (int i = 0; i < width; i++)
            {
                expected[(row * width) + i] = terms[i] / sum;
                bound[(row * width) + i] = unit * (1 - distances[i] + ExpRoundings + ofSum) * terms[i] / sum;
                total += targets[row, i] * (logSum - values[i]) / rows;

                // The logarithm of a relative error is that error; two more for the logarithm itself, and one each for what is added and subtracted.
                allowed += targets[row, i] * unit * (ofSum + (2 * Math.Log(sum)) + Math.Abs(logSum) + Math.Abs(logSum - values[i])) / rows;
            }
        }

        check.Near($"softmax of {what}", softmax, expected, bound);
        check.Near($"cross-entropy of {what}", loss, [total], [allowed + (unit * Math.Abs(total)) + Check.Gamma(x.Length + 3, DType.F64) * Math.Abs(total)]);
    }

    /// <summary>y·(ȳ - Σ ȳ·y): a sum of products, a difference and a product.</summary>
    private static void Backward(Check check, string what, Tensor y, Tensor given, Tensor actual)
    {
        int width = y.Shape[1];
        (double[] expected, double[] bound) = (new double[y.Length], new double[y.Length]);
        for (int i = 0; i < y.Length; i++)
        {
            (int row, int column) = (i / width, i % width);
            double[] terms = [.. Enumerable.Range(0, width).Select(j => y[row, j] * given[row, j])];
            expected[i] = y[row, column] * (given[row, column] - terms.Sum());
            bound[i] = Check.Gamma(width + 3, y.DType) * y[row, column] * (Math.Abs(given[row, column]) + terms.Sum(Math.Abs));
        }

        check.Near($"softmax's adjoint of {what}", actual, expected, bound);
    }

    /// <summary>(y·Σ t - t)·ȳ/N: the sum, a product, a difference, and a product with a share that was rounded.</summary>
    private static void CrossEntropyBackward(Check check, string what, Tensor y, Tensor targets, double adjoint, Tensor actual)
    {
        int rows = y.Shape[0], width = y.Shape[1];
        (double[] expected, double[] bound) = (new double[y.Length], new double[y.Length]);
        for (int i = 0; i < y.Length; i++)
        {
            (int row, int column) = (i / width, i % width);
            double term = y[row, column] * Enumerable.Range(0, width).Sum(j => targets[row, j]), target = targets[row, column], share = adjoint / rows;
            expected[i] = (term - target) * share;
            bound[i] = Check.Gamma(width + 4, y.DType) * (term + target) * Math.Abs(share);
        }

        check.Near($"cross-entropy's adjoint of {what}", actual, expected, bound);
    }
}
