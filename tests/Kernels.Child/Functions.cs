using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>
/// ELU against its formula in F64. The other functions of vectors are here for their bits alone, which are the same in all registers: how near they come, their own tests check.
/// </summary>
internal static class Functions
{
    public static void Run(Check check)
    {
        Rng rng = new(4);
        for (int turn = 0; turn < 100; turn++)
        {
            foreach (DType dtype in Draw.Floats)
            {
                Tensor x = rng.Uniform([rng.Next(200)], dtype, rng.From(1e-6, 0.5, 3.0, 40)), positive = rng.Between(x.Shape, dtype, 0, 5);
                foreach (double alpha in (double[])[1, 0.3])
                {
                    string what = $"elu {alpha} of {dtype} {x.Shape}";
                    Tensor y = check.Compute(what, () => [Elementwise.Map(x, new EluKernel(alpha))])[0];
                    double[] expected = Array.ConvertAll(x.ToDoubles(), value => Elu(value, dtype == DType.F32 ? (float)alpha : alpha));
                    check.Near(what, y, expected, Array.ConvertAll(expected, value => AllowedOfElu(dtype) * Math.Abs(value)));
                }

                check.Compute($"functions of {dtype} {x.Shape}", () =>
                [
                    Elementwise.Map<ExpKernel>(x), Elementwise.Map<SigmoidKernel>(x), Elementwise.Map<Expm1Kernel>(x), Elementwise.Map<TanhKernel>(x), Elementwise.Map<ErfKernel>(x), Elementwise.Map<SoftplusKernel>(x), Elementwise.Map<Log1pKernel>(positive),
                ]);
            }
        }
    }

    /// <summary>ELU without cancellation: eˣ - 1 = 2·e^(x/2)·sinh(x/2).</summary>
    public static double Elu(double x, double alpha) => x > 0 ? x : alpha * 2 * Math.Exp(x / 2) * Math.Sinh(x / 2);

    /// <summary>The kernel's four units in the last place, of two roundings each, and its product with α; the reference's functions and products take no more.</summary>
    public static double AllowedOfElu(DType dtype) => Check.Gamma(9, dtype);
}
