using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Tests the testers: each rule of the catalogue is spoiled in every way that people spoil rules, and the gradient check must notice.</summary>
public class GradientCheckMutantTests
{
    /// <summary>Derivatives of 0 stay 0 when scaled or swapped: no such mutant differs from the rule. What they would let slip is caught below, by a leak.</summary>
    private static readonly string[] ZeroDerivatives =
    [
        nameof(Op.Greater), nameof(Op.GreaterOrEqual), nameof(Op.Less), nameof(Op.LessOrEqual), nameof(Op.Equal), nameof(Op.NotEqual), nameof(Op.Sign), nameof(Op.Floor),
        nameof(Op.StopGradient),
    ];

    /// <summary>ā = b̄ = ȳ: swapping changes nothing.</summary>
    private static readonly string[] SymmetricGradients = [nameof(Op.Add)];

    /// <summary>Piecewise linear in x or linear: with the operands taken for constants, the gradient's own derivative is 0, as it should be.</summary>
    private static readonly string[] LinearRules =
    [
        nameof(Op.Add), nameof(Op.Subtract), nameof(Op.Negate), nameof(Op.Where), nameof(Op.Clip), nameof(Op.Relu), nameof(Op.Abs),
        nameof(Op.Minimum), nameof(Op.Maximum), nameof(Op.Max), nameof(Op.Min), nameof(Op.Sum), nameof(Op.CumulativeSum), nameof(Op.Reshape), nameof(Op.Permute),
        nameof(Op.BroadcastTo), nameof(Op.Concatenate), nameof(Op.Slice), nameof(Op.Pad), nameof(Op.Flip), nameof(Op.Gather), nameof(Op.ScatterAdd),
    ];

    public static TheoryData<string> Rules => new(Recorded.All.Where(recorded => !ZeroDerivatives.Contains(recorded.Rule.Name)).Select(recorded => recorded.Name));

    [Fact]
    public void The_exemptions_are_what_they_claim()
    {
        foreach (Recorded recorded in Recorded.All)
        {
            Assert.Equal(ZeroDerivatives.Contains(recorded.Rule.Name), recorded.Contributes().All(contributes => !contributes));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_unspoiled_rule_passes(string name)
    {
        Recorded recorded = Recorded.Named(name);

        Assert.True(recorded.Check(new MutantRule(recorded.Rule)).Passed);
        Assert.True(recorded.Check(new MutantRule(recorded.Rule), order: 2).Passed);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_gradient_scaled_by_1_001_is_caught(string name) => AssertCaught(name, rule => new MutantRule(rule) { Contributions = Each(g => g * 1.001) });

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_negated_gradient_is_caught(string name) => AssertCaught(name, rule => new MutantRule(rule) { Contributions = Each(g => -g) });

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_doubled_gradient_is_caught(string name) => AssertCaught(name, rule => new MutantRule(rule) { Contributions = Each(g => g * 2) });

    [Theory]
    [MemberData(nameof(Rules))]
    public void Each_gradient_that_is_left_out_is_caught(string name)
    {
        bool[] contributes = Recorded.Named(name).Contributes();
        for (int operand = 0; operand < contributes.Length; operand++)
        {
            int left = operand;
            if (contributes[operand]) AssertCaught(name, rule => new MutantRule(rule) { Contributions = all => all[left] = null });
        }
    }

    private static IEnumerable<Recorded> WithMatrixResults => Recorded.All.Where(recorded =>
        !ZeroDerivatives.Contains(recorded.Rule.Name) && IsMatrix(recorded.Rule.Forward([.. recorded.Operands]).Shape));

    public static TheoryData<string> MatrixResults => new(WithMatrixResults.Select(recorded => recorded.Name));

    // An adjoint that is no matrix, or has one row or column, is its own transpose.
    [Theory]
    [MemberData(nameof(MatrixResults))]
    public void A_transposed_adjoint_is_caught(string name) => AssertCaught(name, rule => new MutantRule(rule) { Adjoint = Transpose });

    [Fact]
    public void Transposition_is_tried_on_every_rule_that_can_make_a_matrix()
    {
        string[] tried = [.. WithMatrixResults.Select(recorded => recorded.Rule.Name).Distinct()];
        string[] all = [.. Recorded.All.Select(recorded => recorded.Rule.Name).Distinct().Except(ZeroDerivatives)];

        // The catalogue's reductions give vectors and numbers.
        Assert.Equal([nameof(Op.Sum), nameof(Op.Max), nameof(Op.Min), nameof(Op.Prod)], all.Except(tried));
    }

    private static IEnumerable<Recorded> WithSwappableGradients => Recorded.All.Where(recorded =>
        !ZeroDerivatives.Contains(recorded.Rule.Name) && !SymmetricGradients.Contains(recorded.Rule.Name) && SwappedOperands(recorded) is not null);

    public static TheoryData<string> Swappable => new(WithSwappableGradients.Select(recorded => recorded.Name));

    [Theory]
    [MemberData(nameof(Swappable))]
    public void Swapped_gradients_are_caught(string name)
    {
        (int first, int second) = SwappedOperands(Recorded.Named(name))!.Value;

        AssertCaught(name, rule => new MutantRule(rule) { Contributions = all => (all[first], all[second]) = (all[second], all[first]) });
    }

    [Fact]
    public void Swapping_is_tried_on_every_rule_of_two_contributions_but_Add()
    {
        string[] tried = [.. WithSwappableGradients.Select(recorded => recorded.Rule.Name).Distinct().Order()];

        Assert.Equal(["Concatenate", "Divide", "MatMul", "Maximum", "Minimum", "Multiply", "Power", "PRelu", "Subtract", "Where"], tried);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_spoiled_tangent_is_caught_by_the_dot_products_alone(string name)
    {
        AssertCaughtByDotProduct(name, rule => new MutantRule(rule) { Tangent = t => t * 1.001 });
        AssertCaughtByDotProduct(name, rule => new MutantRule(rule) { Tangent = t => -t });
        AssertCaughtByDotProduct(name, rule => new MutantRule(rule) { Tangent = t => t * 2 });
        AssertCaughtByDotProduct(name, rule => new MutantRule(rule) { Tangent = _ => null });
        AssertCaughtByDotProduct(name, rule => new MutantRule(rule) { Tangent = t => t * double.NaN });
        bool[] contributes = Recorded.Named(name).Contributes();
        for (int operand = 0; operand < contributes.Length; operand++)
        {
            int left = operand;
            if (contributes[operand]) AssertCaughtByDotProduct(name, rule => new MutantRule(rule) { Tangents = all => all[left] = null });
        }
    }

    [Theory]
    [MemberData(nameof(MatrixResults))]
    public void A_transposed_tangent_is_caught_by_the_dot_products(string name) => AssertCaughtByDotProduct(name, rule => new MutantRule(rule) { Tangent = Transpose });

    [Theory]
    [MemberData(nameof(Swappable))]
    public void Swapped_tangents_are_caught_by_the_dot_products(string name)
    {
        (int first, int second) = SwappedOperands(Recorded.Named(name))!.Value;

        AssertCaughtByDotProduct(name, rule => new MutantRule(rule) { Tangents = all => (all[first], all[second]) = (all[second], all[first]) });
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_gradient_of_NaN_is_caught(string name)
    {
        AssertCaught(name, rule => new MutantRule(rule) { Contributions = Each(g => g * double.NaN) });
        // One element suffices.
        AssertCaught(name, rule => new MutantRule(rule) { Contributions = Each(SpoilLast) });
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_gradient_of_another_shape_is_refused_by_name(string name)
    {
        Recorded recorded = Recorded.Named(name);
        MutantRule reverse = new(recorded.Rule) { Contributions = Each(g => Op.Reshape(g, g.Shape.Prepend(1))) };
        MutantRule forward = new(recorded.Rule) { Tangent = t => Op.Reshape(t, t.Shape.Prepend(1)) };

        InvalidOperationException inReverse = Assert.Throws<InvalidOperationException>(() => recorded.Check(reverse));
        InvalidOperationException inForward = Assert.Throws<InvalidOperationException>(() => recorded.Check(forward));
        Assert.StartsWith($"{recorded.Rule.Name}: expected a gradient of shape ", inReverse.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{recorded.Rule.Name}: expected a tangent of the output's shape ", inForward.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> NonlinearRules =>
        new(Recorded.All.Where(recorded => !ZeroDerivatives.Contains(recorded.Rule.Name) && !LinearRules.Contains(recorded.Rule.Name)).Select(recorded => recorded.Name));

    // The first order is right, so only the second can tell: batchnorm.md G7 describes a framework that shipped this.
    [Theory]
    [MemberData(nameof(NonlinearRules))]
    public void A_rule_that_takes_its_operands_for_constants_is_caught_at_order_2(string name)
    {
        Recorded recorded = Recorded.Named(name);
        MutantRule mutant = new(recorded.Rule) { Recorded = call => new Call(Array.ConvertAll(call.Operands, Op.StopGradient), Op.StopGradient(call.Output)) };

        Assert.True(recorded.Check(mutant).Passed);
        Assert.False(recorded.Check(mutant, order: 2).Passed);
    }

    public static TheoryData<string> WithoutGradient => new(ZeroDerivatives.Where(name => name != nameof(Op.StopGradient)));

    [Theory]
    [MemberData(nameof(WithoutGradient))]
    public void A_gradient_where_there_is_none_is_caught(string name)
    {
        Recorded recorded = Recorded.Named(name);
        MutantRule leak = new(recorded.Rule) { Contributions = all => all[^1] = Tensor.Full(recorded.Operands[^1].Shape, 1e-3, DType.F64) };

        Assert.False(GradientCheck.Run(xs => Op.Apply(leak, [.. xs]), recorded.Operands).Passed);
    }

    [Fact]
    public void A_declared_zero_that_leaks_is_caught()
    {
        Recorded recorded = Recorded.Named(nameof(Op.StopGradient));
        MutantRule leak = new(recorded.Rule) { Contributions = all => all[0] = Tensor.Full([2, 3], 1e-3, DType.F64) };
        CatalogueRow row = new("Leak", OperationKind.Primitive, Domain.Any, new CatalogueCase("", xs => Op.Apply(leak, xs[0]), [2, 3]));

        Assert.False(row.Check(1).Passed);
    }

    private static void AssertCaught(string name, Func<Rule, Rule> mutate)
    {
        Recorded recorded = Recorded.Named(name);

        GradientReport report = recorded.Check(mutate(recorded.Rule));

        Assert.False(report.Passed, report.ToString());
        Assert.True(report.WorstError > report.Tolerance, report.ToString());
    }

    private static void AssertCaughtByDotProduct(string name, Func<Rule, Rule> mutate)
    {
        Recorded recorded = Recorded.Named(name);

        GradientReport report = recorded.Check(mutate(recorded.Rule));

        Assert.False(report.Passed, report.ToString());
        Assert.True(report.WorstError <= report.Tolerance, report.ToString());
        Assert.True(report.DotProductError > GradientCheck.DotProductTolerance, report.ToString());
    }

    private static Action<Variable?[]> Each(Func<Variable, Variable> spoil) => all =>
    {
        for (int i = 0; i < all.Length; i++) all[i] = all[i] is { } contribution ? spoil(contribution) : null;
    };

    private static Variable SpoilLast(Variable g)
    {
        Tensor factors = Tensor.Ones(g.Shape, DType.F64);
        factors.AsSpan<double>()[^1] = double.NaN;
        return g * factors;
    }

    private static bool IsMatrix(Shape shape) => shape.Rank >= 2 && shape[-1] > 1 && shape[-2] > 1;

    /// <summary>The elements in the order of the transpose, in the shape that they had: what a mix-up of rows and columns gives.</summary>
    private static Variable Transpose(Variable g)
    {
        int[] order = [.. Enumerable.Range(0, g.Shape.Rank)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return Op.Reshape(Op.Permute(g, Axes.Of(order)), g.Shape);
    }

    /// <summary>Two operands of one shape that both get a contribution.</summary>
    private static (int First, int Second)? SwappedOperands(Recorded recorded)
    {
        bool[] contributes = recorded.Contributes();
        int[] pair = [.. Enumerable.Range(0, contributes.Length).Where(i => contributes[i])];
        return pair.Length == 2 && recorded.Operands[pair[0]].Shape == recorded.Operands[pair[1]].Shape ? (pair[0], pair[1]) : null;
    }
}
