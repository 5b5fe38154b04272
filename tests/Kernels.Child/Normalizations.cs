using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>Normalization by columns against its formulas in F64, each result from the ones before it as the kernel gave them.</summary>
internal static class Normalizations
{
    private const double Epsilon = 1e-3;

    public static void Run(Check check)
    {
        Rng rng = new(2);
        for (int turn = 0; turn < 60; turn++)
        {
            int rows = rng.From(1, 2, 3, 7, 31, 32, 33, 63, 64, 65, 100, 257), columns = rng.From(0, 1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 63, 64, 65, 67, 100, 129, 300);

            // So that a few cases have work for several threads.
            if (turn % 10 == 0) (rows, columns) = (rng.From(32, 65), rng.From(301, 784));
            foreach (DType dtype in Draw.Floats)
            {
                Tensor x = rng.Uniform([rows, columns], dtype, 3), given = rng.Uniform([rows, columns], dtype);
                Tensor gamma = rng.Uniform([columns], dtype), beta = rng.Uniform([columns], dtype);
                string what = $"{dtype} {x.Shape}";
                Tensor[] forward = check.Compute($"forward {what}", () =>
                {
                    (Tensor y, Tensor mean, Tensor variance) = ColumnNormalization.Forward(x, gamma, beta, Epsilon);
                    return [y, mean, variance];
                });
                Forward(check, what, x, gamma, beta, forward);
                foreach (bool needsX in (bool[])[true, false])
                {
                    Tensor[] backward = check.Compute($"backward {what}", () =>
                    {
                        (Tensor? xBar, Tensor gammaBar, Tensor betaBar) = ColumnNormalization.Backward(x, gamma, forward[1], forward[2], Epsilon, given, needsX);
                        return xBar is null ? [gammaBar, betaBar] : [gammaBar, betaBar, xBar];
                    });
                    Backward(check, what, x, gamma, forward[1], forward[2], given, backward);
                }

                Tensor applied = check.Compute($"apply {what}", () => [ColumnNormalization.Apply(x, forward[1], forward[2], gamma, beta, Epsilon)])[0];
                Scaled(check, $"apply {what}", x, forward[1], beta, column => gamma[column] / Math.Sqrt(forward[2][column] + Epsilon), applied);
            }
        }
    }

    private static int SumRoundings(int rows) => Check.SumRoundings(rows, 32);

    private static void Forward(Check check, string what, Tensor x, Tensor gamma, Tensor beta, Tensor[] actual)
    {
        (Tensor y, Tensor mean, Tensor variance) = (actual[0], actual[1], actual[2]);
        int rows = x.Shape[0];

        // A sum and a division; for the variance a difference and a square before them.
        ByColumn(check, $"mean of {what}", x, mean, column => Enumerable.Range(0, rows).Select(row => x[row, column] / rows), SumRoundings(rows) + 1);
        ByColumn(check, $"variance of {what}", x, variance, column => Enumerable.Range(0, rows).Select(row => Math.Pow(x[row, column] - mean[column], 2) / rows), SumRoundings(rows) + 4);
        Scaled(check, $"forward {what}", x, mean, beta, column => gamma[column] / Math.Sqrt(variance[column] + Epsilon), y);
    }

    /// <summary>(x - center)·scale + shift: up to four roundings in the scale (its sum, which the root halves, the root, the quotient, ε itself), and three here.</summary>
    private static void Scaled(Check check, string what, Tensor x, Tensor center, Tensor shift, Func<int, double> scale, Tensor actual)
    {
        (double[] expected, double[] bound) = (new double[x.Length], new double[x.Length]);
        int columns = x.Shape[1];
        for (int column = 0; column < columns; column++)
        {
            (double c, double by, double plus) = (center[column], scale(column), shift[column]);
            for (int row = 0; row < x.Shape[0]; row++)
            {
                double term = (x[row, column] - c) * by;
                expected[(row * columns) + column] = term + plus;
                bound[(row * columns) + column] = Check.Gamma(7, x.DType) * (Math.Abs(term) + Math.Abs(plus));
            }
        }

        check.Near(what, actual, expected, bound);
    }

    private static void Backward(Check check, string what, Tensor x, Tensor gamma, Tensor mean, Tensor variance, Tensor given, Tensor[] actual)
    {
        int rows = x.Shape[0], columns = x.Shape[1], roundings = SumRoundings(rows);
        double Inverse(int column) => 1 / Math.Sqrt(variance[column] + Epsilon);

        // A product of a difference in each term, and a factor of four roundings.
        ByColumn(check, $"beta's adjoint of {what}", x, actual[1], column => Enumerable.Range(0, rows).Select(row => given[row, column]), roundings);
        ByColumn(check, $"gamma's adjoint of {what}", x, actual[0], column => Enumerable.Range(0, rows).Select(row => given[row, column] * (x[row, column] - mean[column]) * Inverse(column)), roundings + 7);
        if (actual.Length < 3) return;

        // From the sums that the kernel gave: three terms, the last of products and quotients with some ten roundings.
        (double[] expected, double[] bound) = (new double[x.Length], new double[x.Length]);
        for (int column = 0; column < columns; column++)
        {
            (double inverse, double throughMean, double gammaBar) = (Inverse(column), actual[1][column] / rows, actual[0][column] / rows);
            for (int row = 0; row < rows; row++)
            {
                (double g, double through) = (given[row, column], (x[row, column] - mean[column]) * inverse * gammaBar);
                expected[(row * columns) + column] = gamma[column] * inverse * (g - throughMean - through);
                bound[(row * columns) + column] = Check.Gamma(16, x.DType) * Math.Abs(gamma[column] * inverse) * (Math.Abs(g) + Math.Abs(throughMean) + Math.Abs(through));
            }
        }

        check.Near($"x's adjoint of {what}", actual[2], expected, bound);
    }

    /// <summary>Checks sums over each column.</summary>
    private static void ByColumn(Check check, string what, Tensor x, Tensor actual, Func<int, IEnumerable<double>> terms, int roundings)
    {
        double[][] columns = [.. Enumerable.Range(0, x.Shape[1]).Select(column => terms(column).ToArray())];
        check.Near(what, actual, [.. columns.Select(column => column.Sum())], [.. columns.Select(column => Check.Gamma(roundings, x.DType) * column.Sum(Math.Abs))]);
    }
}
