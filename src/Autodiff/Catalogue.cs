using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// Every operation, with a name, a domain and sample inputs: gradient checks, the command line and the tests read this one table. An operation without a row fails a test.
/// </summary>
public static class Catalogue
{
    private const OperationKind Primitive = OperationKind.Primitive;
    private const OperationKind Composite = OperationKind.Composite;
    private const OperationKind Fused = OperationKind.Fused;

    /// <summary>The rows, by family.</summary>
    public static IReadOnlyList<CatalogueRow> Operations { get; } =
    [
        Binary(nameof(Op.Add), Op.Add, Domain.Any),
        Binary(nameof(Op.Subtract), Op.Subtract, Domain.Any),
        Binary(nameof(Op.Multiply), Op.Multiply, Domain.Any),
        Binary(nameof(Op.Divide), Op.Divide, Domain.AwayFromZero),
        Unary(nameof(Op.Negate), Op.Negate, Domain.Any),
        Unary(nameof(Op.Exp), Op.Exp, Domain.Any),
        Unary(nameof(Op.Expm1), Op.Expm1, Domain.Any),
        Unary(nameof(Op.Log), Op.Log, Domain.Positive),
        Unary(nameof(Op.Log1p), Op.Log1p, Domain.Positive),
        Unary(nameof(Op.Sqrt), Op.Sqrt, Domain.Positive),
        Unary(nameof(Op.Square), Op.Square, Domain.Any),
        Unary(nameof(Op.Abs), Op.Abs, Domain.AwayFromZero),
        Binary(nameof(Op.Power), Op.Power, Domain.Positive),
        Unary(nameof(Op.Rsqrt), Op.Rsqrt, Domain.Positive),
        Unary(nameof(Op.Sin), Op.Sin, Domain.Any),
        Unary(nameof(Op.Cos), Op.Cos, Domain.Any),
        // Half the domain is clear of the poles at ±π/2.
        Unary(nameof(Op.Tan), x => Op.Tan(x * 0.5), Domain.Any),
        Unary(nameof(Op.Erf), Op.Erf, Domain.Any),
        Unary(nameof(Op.Softplus), Op.Softplus, Domain.Any),
        Unary(nameof(Op.Sign), Op.Sign, Domain.AwayFromZero),
        // Between the jumps at -1, 0 and 1.
        Unary(nameof(Op.Floor), x => Op.Floor(x * 0.45), Domain.AwayFromZero),
        Binary(nameof(Op.Minimum), Op.Minimum, Domain.NoTies),
        Binary(nameof(Op.Maximum), Op.Maximum, Domain.NoTies),
        Binary(nameof(Op.Greater), Op.Greater, Domain.NoTies),
        Binary(nameof(Op.GreaterOrEqual), Op.GreaterOrEqual, Domain.NoTies),
        Binary(nameof(Op.Less), Op.Less, Domain.NoTies),
        Binary(nameof(Op.LessOrEqual), Op.LessOrEqual, Domain.NoTies),
        Binary(nameof(Op.Equal), Op.Equal, Domain.NoTies),
        Binary(nameof(Op.NotEqual), Op.NotEqual, Domain.NoTies),
        new(nameof(Op.Where), Primitive, Domain.AwayFromZero,
            new("", x => Op.Where(Op.Greater(x[0], Zero), x[0], x[1]), [2, 3], [2, 3]),
            new("broadcasting", x => Op.Where(Op.Greater(x[0], Zero), x[0], x[1]), [3, 1], [2])),
        new(nameof(Op.Clip), Primitive, Domain.AwayFromZero, new CatalogueCase("", x => Op.Clip(x[0], 0, 2.5), [2, 3])),
        new(nameof(Op.StopGradient), Primitive, Domain.Any, new CatalogueCase("", x => Op.StopGradient(x[0]), [2, 3])) { HoldStopped = true },
        new(nameof(Op.Checkpoint), Primitive, Domain.Any, new CatalogueCase("", x => Op.Checkpoint(y => Op.Tanh(y[0]) * Op.Exp(y[1]), x), [2, 3], [3])),
        new(nameof(Op.CustomGradient), Primitive, Domain.Any, new CatalogueCase("", x => Op.CustomGradient(v => v * Op.Exp(v), (v, y, gy) => gy * (y + Op.Exp(v)), x[0]), [2, 3])),

        Unary(nameof(Op.Tanh), Op.Tanh, Domain.Any),
        Unary(nameof(Op.Sigmoid), Op.Sigmoid, Domain.Any),
        Unary(nameof(Op.Relu), Op.Relu, Domain.AwayFromZero),
        new(nameof(Op.Elu), Primitive, Domain.AwayFromZero,
            new("", x => Op.Elu(x[0]), [2, 3]),
            new("alpha 0.7", x => Op.Elu(x[0], 0.7), [2, 3])),
        Binary(nameof(Op.PRelu), Op.PRelu, Domain.AwayFromZero),
        new(nameof(Op.LeakyRelu), Composite, Domain.AwayFromZero,
            new("", x => Op.LeakyRelu(x[0]), [2, 3]),
            new("slope 0.01", x => Op.LeakyRelu(x[0], 0.01), [2, 3])),
        Unary(nameof(Op.Selu), Op.Selu, Domain.AwayFromZero, Composite),
        new(nameof(Op.Gelu), Composite, Domain.Any,
            new("", x => Op.Gelu(x[0]), [2, 3]),
            new("approximate", x => Op.Gelu(x[0], approximate: true), [2, 3])),
        Unary(nameof(Op.Silu), Op.Silu, Domain.Any, Composite),
        Unary(nameof(Op.Mish), Op.Mish, Domain.Any, Composite),
        Unary(nameof(Op.Softsign), Op.Softsign, Domain.AwayFromZero, Composite),
        new(nameof(Op.HardSigmoid), Composite, Domain.AwayFromZero,
            new("around the lower kink", x => Op.HardSigmoid(x[0] - 2.5), [2, 3]),
            new("around the upper kink, slope 1/6", x => Op.HardSigmoid(x[0] + 3, 1.0 / 6), [2, 3])),
        new(nameof(Op.ThresholdedRelu), Composite, Domain.AwayFromZero,
            new("", x => Op.ThresholdedRelu(x[0] + 1), [2, 3]),
            new("theta 0.5", x => Op.ThresholdedRelu(x[0] + 0.5, 0.5), [2, 3])),
        new(nameof(Op.Softmax), Fused, Domain.NoTies,
            new("", x => Op.Softmax(x[0]), [2, 3]),
            new("axis 0", x => Op.Softmax(x[0], axis: 0), [2, 3])),
        new(nameof(Op.LogSoftmax), Composite, Domain.NoTies,
            new("", x => Op.LogSoftmax(x[0]), [2, 3]),
            new("axis 0", x => Op.LogSoftmax(x[0], axis: 0), [2, 3])),

        Reduction(nameof(Op.Sum), Op.Sum, Primitive, Domain.Any),
        Reduction(nameof(Op.Max), Op.Max, Primitive, Domain.NoTies),
        Reduction(nameof(Op.Min), Op.Min, Primitive, Domain.NoTies),
        Reduction(nameof(Op.Prod), Op.Prod, Primitive, Domain.Any),
        Reduction(nameof(Op.Mean), Op.Mean, Composite, Domain.Any),
        Reduction(nameof(Op.Variance), (x, axes, keep) => Op.Variance(x, axes, keep), Composite, Domain.Any,
            new CatalogueCase("Bessel's correction", x => Op.Variance(x[0], 1, correction: 1), [2, 3])),
        Reduction(nameof(Op.StandardDeviation), (x, axes, keep) => Op.StandardDeviation(x, axes, keep), Composite, Domain.NoTies,
            new CatalogueCase("Bessel's correction", x => Op.StandardDeviation(x[0], 1, correction: 1), [2, 3])),
        Reduction(nameof(Op.Norm), (x, axes, keep) => Op.Norm(x, axes, keep), Composite, Domain.AwayFromZero,
            new("p 1", x => Op.Norm(x[0], 1, p: 1), [2, 3]),
            new("p 3", x => Op.Norm(x[0], 0, p: 3), [2, 3]),
            new("p infinity", x => Op.Norm(x[0], 1, p: double.PositiveInfinity), [2, 3])),
        Reduction(nameof(Op.LogSumExp), Op.LogSumExp, Composite, Domain.NoTies),
        new(nameof(Op.CumulativeSum), Primitive, Domain.Any,
            new("", x => Op.CumulativeSum(x[0], 1), [2, 3]),
            new("exclusive", x => Op.CumulativeSum(x[0], -1, exclusive: true), [2, 3]),
            new("reverse", x => Op.CumulativeSum(x[0], 0, reverse: true), [3, 2]),
            new("exclusive reverse", x => Op.CumulativeSum(x[0], 1, exclusive: true, reverse: true), [2, 3, 2])),

        new(nameof(Op.Reshape), Primitive, Domain.Any, new CatalogueCase("", x => Op.Reshape(x[0], [3, 2]), [2, 3])),
        new(nameof(Op.Permute), Primitive, Domain.Any,
            new("", x => Op.Permute(x[0], [1, 0]), [2, 3]),
            new("three axes", x => Op.Permute(x[0], [2, 0, -2]), [2, 3, 2])),
        new(nameof(Op.BroadcastTo), Primitive, Domain.Any,
            new("", x => Op.BroadcastTo(x[0], [2, 3]), [3]),
            new("inner", x => Op.BroadcastTo(x[0], [2, 2, 3]), [2, 1, 3])),
        new(nameof(Op.SumTo), Composite, Domain.Any,
            new("", x => Op.SumTo(x[0], [3]), [2, 3]),
            new("inner", x => Op.SumTo(x[0], [2, 1]), [2, 2, 3])),
        new(nameof(Op.Concatenate), Primitive, Domain.Any,
            new("", x => Op.Concatenate([x[0], x[1]], 0), [2, 3], [2, 3]),
            new("three parts", x => Op.Concatenate([x[0], x[1], x[2]], -1), [2, 1], [2, 3], [2, 2])),
        new(nameof(Op.Stack), Composite, Domain.Any,
            new("", x => Op.Stack([x[0], x[1]], 0), [2, 3], [2, 3]),
            new("last axis", x => Op.Stack([x[0], x[1]], -1), [2, 3], [2, 3])),
        new(nameof(Op.Split), Composite, Domain.Any,
            new("", x => Op.Split(x[0], 2, 0) is [var a, var b] ? a * b : x[0], [2, 3]),
            new("sizes", x => Op.Split(x[0], [1, 2], -1) is [var a, var b] ? a * b : x[0], [2, 3])),
        new(nameof(Op.Slice), Primitive, Domain.Any,
            new("", x => Op.Slice(x[0], .., 1..), [2, 3]),
            new("steps", x => Op.Slice(x[0], new(step: 2), new(-2, step: -2)), [3, 4])),
        new(nameof(Op.Pad), Primitive, Domain.Any,
            new("", x => Op.Pad(x[0], [new(1, 0), new(2, 1)]), [2, 3]),
            new("between", x => Op.Pad(x[0], [new(0, 1, Between: 1), new(1, 0)], value: 1.5), [2, 3])),
        new(nameof(Op.Flip), Primitive, Domain.Any,
            new("", x => Op.Flip(x[0]), [2, 3]),
            new("axis 1", x => Op.Flip(x[0], 1), [2, 3])),
        new(nameof(Op.Gather), Primitive, Domain.Any,
            new("", x => Op.Gather(x[0], Tensor.From([2, 0, 2]), 0), [3, 2]),
            new("two axes of indices", x => Op.Gather(x[0], Tensor.From([0, -1, 1, 0], [2, 2]), 1), [2, 3])),
        new(nameof(Op.ScatterAdd), Primitive, Domain.Any,
            new("", x => Op.ScatterAdd(x[0], Tensor.From([2, 0, 2]), [3, 2], 0), [3, 2]),
            new("two axes of indices", x => Op.ScatterAdd(x[0], Tensor.From([0, -1, 1, 0], [2, 2]), [2, 3], 1), [2, 2, 2])),

        new(nameof(Op.Normalize), Fused, Domain.NoTies,
            new("", x => Op.Normalize(x[0], x[1], x[2], 0, 1e-3), [4, 3], [1, 3], [1, 3]),
            new("axis 1", x => Op.Normalize(x[0], x[1], x[2], [0, 2], 1e-3), [2, 2, 3], [1, 2, 1], [1, 2, 1]),
            new("kept axes alone", x => Op.Normalize(x[0], x[1], x[2], [0, 2], 1e-3), [2, 2, 3], [2], [2])),
        new(nameof(Op.Standardize), Fused, Domain.Positive,
            new("", x => Op.Standardize(x[0], x[1], x[2], x[3], x[4], 0, 1e-3), [4, 3], [1, 3], [1, 3], [1, 3], [1, 3]),
            new("axis 1, kept axes alone", x => Op.Standardize(x[0], x[1], x[2], x[3], x[4], [0, 2], 1e-3), [2, 2, 3], [2], [2], [2], [2])),
        new(nameof(Op.Dense), Fused, Domain.AwayFromZero,
            new("", x => Op.Dense(x[0], x[1], x[2]), [2, 3], [3, 4], [4]),
            new("no bias", x => Op.Dense(x[0], x[1]), [2, 3], [3, 4]),
            new("elu", x => Op.Dense(x[0], x[1], x[2], FusedActivation.Elu), [2, 3], [3, 4], [4]),
            new("elu 0.7", x => Op.Dense(x[0], x[1], x[2], FusedActivation.EluWith(0.7)), [2, 3], [3, 4], [4]),
            new("relu", x => Op.Dense(x[0], x[1], x[2], FusedActivation.Relu), [2, 3], [3, 4], [4])),
        new(nameof(Op.SoftmaxCrossEntropy), Fused, Domain.NoTies,
            new("", x => Op.SoftmaxCrossEntropy(x[0], Tensor.From(new[,] { { 0.0, 1, 0 }, { 0.2, 0.3, 0.5 } })), [2, 3]),
            new("weights", x => Op.SoftmaxCrossEntropy(x[0], Tensor.From(new[,] { { 2.0, 1, 0 } })), [1, 3])),
        new(nameof(Op.MatMul), Primitive, Domain.Any,
            new("", x => Op.MatMul(x[0], x[1]), [2, 3], [3, 2]),
            new("transpose a", x => Op.MatMul(x[0], x[1], transposeA: true), [3, 2], [3, 2]),
            new("transpose b", x => Op.MatMul(x[0], x[1], transposeB: true), [2, 3], [2, 3]),
            new("transpose both", x => Op.MatMul(x[0], x[1], transposeA: true, transposeB: true), [3, 2], [2, 3]),
            new("batches", x => Op.MatMul(x[0], x[1]), [2, 1, 2, 3], [2, 3, 2]),
            new("batches, transpose a", x => Op.MatMul(x[0], x[1], transposeA: true), [2, 3, 2], [3, 2]),
            new("batches, transpose b", x => Op.MatMul(x[0], x[1], transposeB: true), [2, 3], [2, 2, 3]),
            new("batches, transpose both", x => Op.MatMul(x[0], x[1], transposeA: true, transposeB: true), [2, 3, 2], [1, 2, 3]),
            new("a batch and a matrix", x => Op.MatMul(x[0], x[1]), [2, 2, 3], [3, 2])),
        new(nameof(Op.Einsum), Composite, Domain.Any,
            new("", x => Op.Einsum("ij,jk->ki", x[0], x[1]), [2, 3], [3, 2]),
            new("batch", x => Op.Einsum("bij,bkj", x[0], x[1]), [2, 1, 3], [2, 2, 3]),
            new("diagonal and sum", x => Op.Einsum("iij,jk->i", x[0], x[1]), [2, 2, 2], [1, 2]),
            new("outer", x => Op.Einsum("i,j", x[0], x[1]), [3], [2])),
    ];

    private static Variable Zero { get; } = Tensor.Scalar(0, DType.F64);

    /// <summary>A tensor in F64 from a domain.</summary>
    public static Tensor Sample(Shape shape, Domain domain, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(rng);
        Tensor result = Tensor.Zeros(shape, DType.F64);
        Span<double> values = result.AsSpan<double>();
        int[] ranks = rng.Permutation(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            double uniform = rng.NextDouble();
            values[i] = domain switch
            {
                Domain.Any => (4 * uniform) - 2,
                Domain.Positive => 0.5 + (1.5 * uniform),
                Domain.AwayFromZero => (rng.Next(2) == 0 ? -1 : 1) * (0.3 + (1.7 * uniform)),
                _ => (0.3 * (ranks[i] - (values.Length / 2.0))) + (0.2 * uniform),
            };
        }

        return result;
    }

    private static CatalogueRow Unary(string name, Func<Variable, Variable> operation, Domain domain, OperationKind kind = Primitive) =>
        new(name, kind, domain, new CatalogueCase("", x => operation(x[0]), [2, 3]));

    private static CatalogueRow Binary(string name, Func<Variable, Variable, Variable> operation, Domain domain) => new(
        name,
        Primitive,
        domain,
        new("", x => operation(x[0], x[1]), [2, 3], [2, 3]),
        new("broadcasting", x => operation(x[0], x[1]), [2, 1, 3], [2, 1]),
        new("a number", x => operation(x[0], x[1]), [], [3]));

    private static CatalogueRow Reduction(string name, Func<Variable, Axes?, bool, Variable> operation, OperationKind kind, Domain domain, params ReadOnlySpan<CatalogueCase> options) =>
        new(name, kind, domain,
        [
            new("", x => operation(x[0], null, false), [2, 3]),
            new("axis 0", x => operation(x[0], 0, false), [3, 2]),
            new("kept axes", x => operation(x[0], [0, 2], true), [2, 2, 3]),
            .. options,
        ]);
}
