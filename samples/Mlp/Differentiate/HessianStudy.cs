using Tapestry.Autodiff;
using Tapestry.Autodiff.Symbolic;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>The second derivatives of x̂ of the first row, by every method that gets so far.</summary>
/// <param name="Values">Forward over reverse: row by row.</param>
/// <param name="Errors">The other methods' worst errors from these.</param>
internal sealed record HessianStudy(double[][] Values, IReadOnlyList<(string Method, double Error)> Errors)
{
    /// <summary>Where the error of five points is near its smallest, for numbers of about 1.</summary>
    private const double Step = 1e-3;

    /// <summary>By Schwarz's theorem 0 but for rounding.</summary>
    public double Asymmetry => Values.Index().Max(row => row.Item.Index().Max(element => Math.Abs(element.Item - Values[element.Index][row.Index])));

    /// <summary>0 but for rounding, since a shift of all of x changes nothing.</summary>
    public IReadOnlyList<double> RowSums => [.. Values.Select(row => row.Sum())];

    /// <param name="column">The first feature of the batch.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public static HessianStudy Of(double[] column, double epsilon)
    {
        Tensor x = Tensor.From(column, [column.Length, 1]);
        Func<Variable, Variable> function = BatchNormalizationProblem.FirstOutput(epsilon);
        double[] reference = Derivatives.Hessian(function, x).ToDoubles();
        double[] numerical = [.. FiniteDifferences.Jacobian(xs => Derivatives.Gradient(function)(xs[0]), [x], 0, Step).SelectMany(row => row)];
        (double[] reverse, double[] symbolic) = ReverseAndSymbolic(function, x);
        return new HessianStudy(
            [.. reference.Chunk(column.Length)],
            [
                ("by hand", Error.Of(ClosedForm(column, epsilon), reference)),
                ("5-point difference of the gradient", Error.Of(numerical, reference)),
                ("symbolic", Error.Of(symbolic, reference)),
                ("reverse over reverse", Error.Of(reverse, reference)),
            ]);
    }

    /// <summary>The gradient of u·gradient for each unit vector u: on the tape, and by the formula that it reads as.</summary>
    private static (double[] Reverse, double[] Symbolic) ReverseAndSymbolic(Func<Variable, Variable> function, Tensor point)
    {
        using Tape tape = new();
        Variable x = tape.Watch(point);
        Variable gradient = tape.Gradient(function(x), x, record: true);
        Variable u = tape.Watch(Tensor.Ones(point.Shape, DType.F64));
        Expression formula = Expression.Of(tape.Gradient(gradient, x, u, record: true), (x, "x"), (u, "u")).Simplify();
        List<double> reverse = [], symbolic = [];
        for (int row = 0; row < point.Length; row++)
        {
            Tensor unit = Indexing.OneHot(Tensor.Scalar(row, DType.I32), point.Length, DType.F64).Reshape(point.Shape);
            reverse.AddRange(tape.Gradient(gradient, x, unit).Value.ToDoubles());
            symbolic.AddRange(formula.Evaluate(new Dictionary<string, Variable> { ["x"] = point, ["u"] = unit }).Value.ToDoubles());
        }

        return ([.. reverse], [.. symbolic]);
    }

    /// <summary>With J[i,j] = ∂x̂[i]/∂x[j] = s·(δ[i,j] - 1/m - x̂[i]·x̂[j]/m) and ∂s/∂x[k] = -s²·x̂[k]/m, the product rule gives what <see cref="Formula"/> says.</summary>
    private static double[] ClosedForm(double[] x, double epsilon)
    {
        int m = x.Length;
        double mean = x.Average(), s = 1 / Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + epsilon);
        double[] n = [.. x.Select(value => (value - mean) * s)];
        double J(int i, int j) => s * ((i == j ? 1 : 0) - (1.0 / m) - (n[i] * n[j] / m));
        return [.. Enumerable.Range(0, m).SelectMany(j => Enumerable.Range(0, m).Select(k => -s / m * ((n[0] * J(j, k)) + (n[j] * J(0, k)) + (n[k] * J(0, j)))))];
    }

    /// <summary>The second derivatives by hand.</summary>
    public static IReadOnlyList<string> Formula =>
    [
        "J[i,j] = ∂x̂[i]/∂x[j] = s·(δ[i,j] - 1/m - x̂[i]·x̂[j]/m)",
        "H[j,k] = ∂²x̂[0]/∂x[j]∂x[k] = -(s/m)·(x̂[0]·J[j,k] + x̂[j]·J[0,k] + x̂[k]·J[0,j])",
    ];
}
