using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Ops;

/// <summary>A fused operation equals its composed definition, in value and in every gradient, relative to the tensor's largest magnitude.</summary>
public class FusedTests
{
    // Axis last, first, in the middle and listed; ranks 2 to 4; odd sizes, and more rows than one stretch of a sum.
    private static readonly (int[] Shape, int[] Over)[] Cases =
    [
        ([5, 3], [0]), ([70, 7], [0]), ([3, 5], [1]), ([4, 3, 5], [0, 1]), ([4, 3, 5], [0, 2]), ([4, 3, 5], [0]), ([2, 3, 4, 5], [0, 2, 3]), ([2, 3, 4, 5], [0, 1, 2]), ([2, 3, 4, 5], [0, 2]),
    ];

    public static TheoryData<int, DType, double> Every
    {
        get
        {
            TheoryData<int, DType, double> data = [];
            for (int i = 0; i < Cases.Length; i++)
            {
                data.Add(i, DType.F32, 1e-6);
                data.Add(i, DType.F64, 1e-12);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Normalize_equals_its_definition(int index, DType dtype, double tolerance)
    {
        (int[] sizes, int[] over) = Cases[index];
        Shape shape = Shape.Of(sizes), along = Shape.Of([.. sizes.Select((size, axis) => over.Contains(axis) ? 1 : size)]);
        Rng rng = new((ulong)index);
        Tensor[] inputs = [.. new[] { shape, along, along, shape }.Select(each => Catalogue.Sample(each, Domain.NoTies, rng).Cast(dtype).Clone())];

        (Tensor Value, Tensor[] Gradients) Evaluate(bool composed)
        {
            using Tape tape = new();
            Variable[] xs = [.. inputs.Take(3).Select(tape.Watch)];
            Variable y = Op.Normalize(xs[0], xs[1], xs[2], Axes.Of(over), 1e-3);
            FusedRule rule = Assert.IsAssignableFrom<FusedRule>(tape.Entries[^1].Rule);
            if (composed) y = rule.Composed(xs);
            return (y.Detach(), [.. tape.Gradient(y, xs, inputs[3]).Select(gradient => gradient.Detach())]);
        }

        (Tensor value, Tensor[] gradients) = Evaluate(composed: true);
        (Tensor fusedValue, Tensor[] fusedGradients) = Evaluate(composed: false);

        Expect.Close(value, fusedValue, tolerance, "y");
        for (int i = 0; i < gradients.Length; i++) Expect.Close(gradients[i], fusedGradients[i], tolerance, $"gradient {i}");
    }

    public static TheoryData<string, int, DType, double> Catalogued
    {
        get
        {
            TheoryData<string, int, DType, double> data = [];
            foreach (CatalogueRow row in Catalogue.Operations.Where(row => row.Kind == OperationKind.Fused))
            {
                for (int i = 0; i < row.Cases.Count; i++)
                {
                    // What a case brings along besides its operands is F64.
                    if (row.Name != nameof(Op.SoftmaxCrossEntropy)) data.Add(row.Name, i, DType.F32, 1e-6);
                    data.Add(row.Name, i, DType.F64, 1e-12);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Catalogued))]
    public void Every_fused_operation_equals_its_definition(string name, int index, DType dtype, double tolerance)
    {
        CatalogueRow row = Catalogue.Operations.Single(row => row.Name == name);
        Tensor[] inputs = [.. row.Sample(row.Cases[index]).Select(input => input.Cast(dtype).Clone())];

        (Tensor Value, Tensor[] Gradients) Evaluate(bool composed)
        {
            using Tape tape = new();
            Variable[] xs = [.. inputs.Select(tape.Watch)];
            Variable y = row.Cases[index].Function(xs);
            if (composed && tape.Entries[^1].Rule is FusedRule rule) y = rule.Composed(xs);
            Tensor upstream = Catalogue.Sample(y.Shape, Domain.Any, new Rng(4)).Cast(dtype);
            return (y.Detach(), [.. tape.Gradient(y, xs, upstream).Select(gradient => gradient.Detach())]);
        }

        (Tensor value, Tensor[] gradients) = Evaluate(composed: true);
        (Tensor fusedValue, Tensor[] fusedGradients) = Evaluate(composed: false);

        Expect.Close(value, fusedValue, tolerance, "y");
        for (int i = 0; i < gradients.Length; i++) Expect.Close(gradients[i], fusedGradients[i], tolerance, $"gradient {i}");
    }

    [Fact]
    public void An_unrecorded_gradient_records_nothing_and_a_recorded_one_can_be_differentiated()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 4, 8], [4, 1]));
        Variable gamma = tape.Watch(Tensor.From([2.0], [1, 1]));
        Variable y = Op.Normalize(x, gamma, Tensor.From([0.5], [1, 1]), 0, 1e-3);

        Variable loss = Op.Sum(Op.Square(y));

        int entries = tape.Entries.Count;
        tape.Gradient(loss, x);
        Assert.Equal(entries, tape.Entries.Count);

        Variable first = tape.Gradient(loss, x, record: true);
        Assert.True(first.IsTracked);
        Assert.NotEqual(0, tape.Gradient(Op.Sum(Op.Square(first)), gamma).Value.ToScalar());
    }

    // γ = x's own mean: what the definition makes of γ must not be counted again through x.
    [Fact]
    public void An_operand_that_was_computed_from_another_is_not_counted_twice()
    {
        GradientCheck.Run(
            xs => Op.Normalize(xs[0], Op.Mean(xs[0], 0, keepDimensions: true), Op.Sum(xs[0], 0, keepDimensions: true), 0, 1e-3),
            [Tensor.From([0.3, -1.2, 2.1, 0.7], [4, 1])],
            order: 2).ThrowIfFailed();
    }

    // γ = β, and both the same variable: each of its two roles counts once.
    [Fact]
    public void One_variable_may_be_two_operands()
    {
        for (int order = 1; order <= 2; order++)
        {
            GradientCheck.Run(
                xs => Op.Square(Op.Normalize(xs[0], xs[1], xs[1], 0, 1e-3)), [Tensor.From([0.3, -1.2, 2.1, 0.7], [4, 1]), Tensor.From([0.6], [1, 1])], order).ThrowIfFailed();
        }
    }

    [Fact]
    public void The_statistics_come_out_beside_the_result()
    {
        Op.Normalize(Tensor.From([1.0, 2, 3, 4], [4, 1]), Tensor.From([1.0], [1, 1]), Tensor.From([0.0], [1, 1]), 0, 1e-3, out Tensor mean, out Tensor variance);

        Assert.Equal((2.5, 1.25), (mean.ToScalar(), variance.ToScalar()));
    }

    // x is [4, 3] and reduced along its rows: parameters are [1, 3] or [3], all alike. Four numbers would fit the kernel's memory as well as three.
    [Theory]
    [InlineData(new[] { 1, 3 }, true)]
    [InlineData(new[] { 3 }, true)]
    [InlineData(new[] { 4 }, false)]
    [InlineData(new[] { 3, 1 }, false)]
    [InlineData(new[] { 4, 3 }, false)]
    [InlineData(new[] { 1, 1, 3 }, false)]
    [InlineData(new int[0], false)]
    public void Parameters_of_normalization_have_one_number_for_each_kept_place(int[] sizes, bool fit)
    {
        Shape shape = Shape.Of(sizes);
        Tensor x = Catalogue.Sample([4, 3], Domain.NoTies, new Rng(1)), some = Tensor.Ones(shape, DType.F64), other = Tensor.Ones(shape.Rank == 1 ? [1, 3] : [3], DType.F64);
        Exception?[] given =
        [
            Record.Exception(() => Op.Normalize(x, some, some, 0, 1e-3)),
            Record.Exception(() => Op.Standardize(x, some, some, some, some, 0, 1e-3)),
        ];

        Assert.All(given, error => Assert.Equal(fit, error is null));
        Assert.All(given.OfType<Exception>(), error => Assert.Contains("expected parameters of one shape, [1, 3] or without its reduced axes, for x [4, 3], got ", Assert.IsType<ArgumentException>(error).Message, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => Op.Normalize(x, some, other, 0, 1e-3));
        Assert.Throws<ArgumentException>(() => Op.Standardize(x, some, some, some, other, 0, 1e-3));
    }
}
