using System.Globalization;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class AnomalyTests
{
    private const double Infinity = double.PositiveInfinity;

    [Fact]
    public void A_tape_does_not_look_unless_it_is_told_to()
    {
        using Tape tape = new();

        Assert.False(tape.DetectAnomaly);
        Assert.Equal(double.NegativeInfinity, Op.Log(tape.Watch(Tensor.Scalar(0))).Value.ToScalar());
        Assert.False(new Tape { DetectAnomaly = false }.DetectAnomaly);
    }

    [Theory]
    [InlineData(nameof(Op.Log), 0, double.NegativeInfinity)]
    [InlineData(nameof(Op.Log), -1, double.NaN)]
    [InlineData(nameof(Op.Sqrt), -2.5, double.NaN)]
    [InlineData(nameof(Op.Exp), 710, Infinity)]
    [InlineData(nameof(Op.Square), 1e200, Infinity)]
    public void An_operation_that_makes_no_number_throws_and_says_of_what(string name, double at, double made)
    {
        foreach (DType dtype in (DType[])[DType.F32, DType.F64])
        {
            double x = dtype == DType.F32 ? (float)Math.Min(at, 1e38) : at;
            foreach (Func<Tape, Tensor, Variable> leaf in (Func<Tape, Tensor, Variable>[])[(tape, value) => tape.Watch(value), (tape, value) => tape.Constant(value)])
            {
                foreach (bool record in (bool[])[true, false])
                {
                    using Tape tape = new(record) { DetectAnomaly = true };
                    using ScopeGuard scope = new(tape, "dense");
                    Variable operand = leaf(tape, Tensor.From([1, 2, x, 1, 2, x], [2, 3]).Cast(dtype));

                    AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Catalogue.Operations.Single(row => row.Name == name).Cases[0].Function([operand]));

                    Assert.Equal((name, name, AnomalyPhase.Forward, "dense", null, made), (anomaly.Operation, anomaly.Step, anomaly.Phase, anomaly.Scope, anomaly.Entry, anomaly.Value));
                    Assert.Equal([0, 2], anomaly.Index);
                    AnomalyOperand source = Assert.Single(anomaly.Operands);
                    Assert.Equal(("x", 1, x), (source.Name, source.Count, source.Value));
                    Assert.Equal([0, 2], source.Index);
                    Assert.False(anomaly.CameFromOutside);
                    Assert.Empty(tape.Entries);
                }
            }
        }
    }

    // ln 0 in the first run, and √0, whose derivative 1/(2√x) is infinite, in the replay.
    [Fact]
    public void What_is_made_inside_a_checkpoint_is_named_with_the_scopes_around_and_in_it()
    {
        using Tape tape = new() { DetectAnomaly = true };
        using ScopeGuard scope = new(tape, "model");
        Variable x = tape.Watch(Tensor.Scalar(0, DType.F64));
        static Variable In(Variable v, Func<Variable, Variable> function)
        {
            using ScopeGuard inner = new(v.Tape!, "dense");
            return function(v);
        }

        AnomalyException forward = Assert.Throws<AnomalyException>(() => Op.Checkpoint(v => In(v, Op.Log), x));
        Variable y = Op.Checkpoint(v => In(v, Op.Sqrt), x);
        AnomalyException backward = Assert.Throws<AnomalyException>(() => tape.Gradient(y, x));

        Assert.Equal((nameof(Op.Log), AnomalyPhase.Forward, "model/dense"), (forward.Operation, forward.Phase, forward.Scope));
        Assert.Equal((nameof(Op.Sqrt), AnomalyPhase.Backward, "model/dense"), (backward.Operation, backward.Phase, backward.Scope));
    }

    // A divisor of 0 in one place, and numerators that are all different: what is told must be the pair that met there, wherever broadcasting took it from.
    [Theory]
    [InlineData(new[] { 4, 5 }, new[] { 4, 5 })]
    [InlineData(new[] { 4, 5 }, new[] { 5 })]
    [InlineData(new[] { 4, 5 }, new[] { 4, 1 })]
    [InlineData(new[] { 3, 1, 5 }, new[] { 4, 1 })]
    [InlineData(new[] { 1, 5 }, new[] { 3, 4, 1 })]
    [InlineData(new int[0], new[] { 2, 3 })]
    public void The_operands_that_are_told_are_those_that_met(int[] a, int[] b)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            Rng rng = new(seed);
            Tensor numerators = Catalogue.Sample(Shape.Of(a), Domain.NoTies, rng), divisors = Catalogue.Sample(Shape.Of(b), Domain.Positive, rng);
            int planted = rng.Next(divisors.Length);
            divisors.AsSpan<double>()[planted] = 0;
            using Tape tape = new() { DetectAnomaly = true };

            AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Op.Divide(tape.Watch(numerators), tape.Watch(divisors)));

            double[] quotients = (numerators / divisors).ToDoubles();
            int position = Array.FindIndex(quotients, value => !double.IsFinite(value));
            (AnomalyOperand numerator, AnomalyOperand divisor) = (anomaly.Operands[0], anomaly.Operands[1]);
            Assert.Equal(position, Flat(anomaly.Index, (numerators / divisors).Shape));
            Assert.Equal(quotients[position], anomaly.Value);
            Assert.Equal(planted, Flat(divisor.Index, divisors.Shape));
            Assert.Equal(0, divisor.Value);
            Assert.Equal(numerators[[.. numerator.Index]], numerator.Value);
            Assert.Equal(anomaly.Value, numerator.Value / divisor.Value);
            Assert.Equal(numerators.ToDoubles()[Flat(Under(anomaly.Index, numerators.Shape), numerators.Shape)], numerator.Value);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $" from Divide({numerator.Value}, 0)."), anomaly.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_several_the_first_is_told()
    {
        using Tape tape = new() { DetectAnomaly = true };

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Op.Log(tape.Watch(Tensor.From([1.0, -3, 0, -4]))));

        Assert.Equal([1], anomaly.Index);
        Assert.Equal(-3, anomaly.Operands[0].Value);
    }

    // Rows 0 and 2 sum to 3 and 7; row 1 overflows by its second and third element.
    [Fact]
    public void A_sum_tells_what_it_added_up_and_the_largest_of_it()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Tensor x = Tensor.From(new double[,] { { 1, 2, 0 }, { 5, -1.6e308, -1.7e308 }, { 3, 4, 0 } });

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Op.Sum(tape.Watch(x), axes: 1));

        Assert.Equal(double.NegativeInfinity, anomaly.Value);
        Assert.Equal([1], anomaly.Index);
        AnomalyOperand source = Assert.Single(anomaly.Operands);
        Assert.Equal((3, -1.7e308), (source.Count, source.Value));
        Assert.Equal([1, 2], source.Index);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_matrix_product_tells_the_row_and_the_column(bool transposeA, bool transposeB)
    {
        using Tape tape = new() { DetectAnomaly = true };
        Tensor a = Tensor.From(new double[,] { { 1, 2 }, { 3, 1e200 }, { 4, 5 } }), b = Tensor.From(new double[,] { { 1, 2, 7, 1e300 }, { 3, 4, -1e250, 1 } });
        Variable left = tape.Watch(transposeA ? Indexing.Permute(a, [1, 0]) : a), right = tape.Watch(transposeB ? Indexing.Permute(b, [1, 0]) : b);

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Op.MatMul(left, right, transposeA, transposeB));

        Assert.Equal([1, 2], anomaly.Index);
        Assert.Equal([("a", 2, 1e200), ("b", 2, -1e250)], anomaly.Operands.Select(source => (source.Name, source.Count, source.Value)));
        Assert.Equal([1, 1], anomaly.Operands[0].Index);
        Assert.Equal(transposeB ? [2, 1] : [1, 2], anomaly.Operands[1].Index);
    }

    // x̄ = ȳ/(2y): 1/(2·√4) = 0.25 and 1/0.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_the_backward_pass_the_entry_is_told_whose_derivative_it_was(bool record)
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([4.0, 0]));
        Variable doubled = x + x, y;
        using (tape.EnterScope("sequential"))
        using (tape.EnterScope("dense")) y = Op.Sqrt(doubled);
        Variable loss = Op.Sum(y);

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => tape.Gradient(loss, [x], record: record));

        Assert.Equal(("Sqrt", "Divide", AnomalyPhase.Backward, "sequential/dense", y.Entry!.Index, Infinity), (anomaly.Operation, anomaly.Step, anomaly.Phase, anomaly.Scope, anomaly.Entry, anomaly.Value));
        Assert.Equal([("ȳ", 1), ("x", 0), ("y", 0)], anomaly.Operands.Select(source => (source.Name, source.Value)));
        Assert.Equal([1], anomaly.Index);
        Assert.StartsWith("backward of Sqrt (entry 1) in sequential/dense: expected finite numbers, got Infinity at [1] from ȳ = 1, x = 0 and y = 0, by Divide(0.5, 0).", anomaly.Message, StringComparison.Ordinal);
    }

    // Four contributions of 6e307 each: the third sum is 1.8e308, which is one too many. Unsearched, such sums are added to in place.
    [Fact]
    public void A_sum_of_adjoints_that_overflows_is_found()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([1e-300]));
        Variable y = (x * 6e307) + (x * 6e307) + (x * 6e307) + (x * 6e307);

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => tape.Gradient(y, x));

        Assert.Equal(double.PositiveInfinity, anomaly.Value);
    }

    // √x² = |x|: at 0 the backward pass meets 0·∞, which is no number, while the value is fine.
    [Fact]
    public void The_first_operation_of_the_backward_pass_is_told_not_what_it_spoils_further_on()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([0.0]));
        Variable y = Op.Sum(Op.Sqrt(Op.Square(x)));
        using Tape blind = new();
        Variable z = blind.Watch(Tensor.From([0.0]));
        Assert.True(double.IsNaN(blind.Gradient(Op.Sum(Op.Sqrt(Op.Square(z))), z).Value.ToDoubles()[0]));

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => tape.Gradient(y, x));

        Assert.Equal("Sqrt", anomaly.Operation);
    }

    [Fact]
    public void In_forward_mode_the_tangents_are_told()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([4.0, 0]));
        Variable y = Op.Sqrt(x);

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => tape.Jvp(y, [x], [Tensor.From([1.0, 3])]));

        Assert.Equal(("Sqrt", "Divide", AnomalyPhase.ForwardMode, 0), (anomaly.Operation, anomaly.Step, anomaly.Phase, anomaly.Entry));
        Assert.Equal([("tx", 3), ("x", 0), ("y", 0)], anomaly.Operands.Select(source => (source.Name, source.Value)));
    }

    // dy/dx = 0.5/√x is 5e159 at 1e-320, and its own derivative, -0.25/√x³, lies beyond 1e308: by 0.5/√x divided by √x once more.
    [Fact]
    public void In_a_second_derivative_both_entries_are_told()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([1e-320]));
        Variable first = tape.Gradient(Op.Sqrt(x), x, Tensor.Ones([1], DType.F64), record: true);

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => tape.Gradient(first, x, Tensor.Ones([1], DType.F64)));

        Assert.Equal("Divide", anomaly.Operation);
        Assert.Contains("(entry 1, in the derivative of entry 0, Sqrt)", anomaly.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_infinity_that_comes_in_on_purpose_passes_wherever_it_is_carried()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }));
        Variable mask = tape.Constant(Tensor.From([0, double.NegativeInfinity, 0]));

        Variable masked = x + mask;
        Variable rows = Op.BroadcastTo(mask, [2, 3]), turned = Op.Permute(masked, [1, 0]), flat = Op.Reshape(masked, [6]);
        Variable chosen = Op.Where(Tensor.From([1.0, 0, 1]), x, mask);
        Variable product = Op.MatMul(masked, tape.Constant(Tensor.Ones([3, 2], DType.F64)));

        Assert.Equal(double.NegativeInfinity, masked.Value[0, 1]);
        Assert.Equal(double.NegativeInfinity, rows.Value[1, 1]);
        Assert.Equal(double.NegativeInfinity, turned.Value[1, 0]);
        Assert.Equal(double.NegativeInfinity, flat.Value[4]);
        Assert.Equal(double.NegativeInfinity, chosen.Value[1, 1]);
        Assert.Equal(double.NegativeInfinity, product.Value[1, 1]);
        Assert.Equal(double.NegativeInfinity, Op.Sum(masked).Value.ToScalar());
        Assert.Equal(3, Op.Max(masked, axes: 1).Value[0]);
        Assert.Equal(Infinity, (-masked).Value[0, 1]);
    }

    // Softmax of (1, -∞, 3) is (e⁻², 0, 1)/(1 + e⁻²), and its gradient is 0 where it is masked.
    [Fact]
    public void A_masked_softmax_has_a_gradient()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3]));

        Variable y = Op.Softmax(x + Tensor.From([0, double.NegativeInfinity, 0]));

        Assert.Equal(0, y.Value[1]);
        Assert.Equal(0, tape.Gradient(y, x, Tensor.From([1.0, 5, 2])).Value[1]);
    }

    [Fact]
    public void What_no_result_shows_is_none_of_the_detectors_business()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([1.0, 2]));
        Variable poisoned = tape.Constant(Tensor.From([double.NaN, Infinity]));

        Variable y = Op.Where(Tensor.From([1.0, 1]), x, poisoned);

        Assert.Equal([1.0, 2], y.Value.ToDoubles());
        Assert.Equal([1.0, 1], tape.Gradient(Op.Sum(y), x).Value.ToDoubles());
        Assert.Equal([0.0, 0.5], (1 / tape.Constant(Tensor.From([Infinity, 2]))).Value.ToDoubles());
        Assert.Equal([0.0, 1], Op.Greater(poisoned, 1 * x).Value.ToDoubles());
    }

    // 1e308 in the second row overflows beside an infinity that is carried in the first: by every kind of operation.
    [Fact]
    public void An_infinity_that_is_carried_hides_none_that_is_made()
    {
        Tensor mixed = Tensor.From(new double[,] { { Infinity, 1 }, { 1e308, 1e308 } });
        foreach ((Func<Variable, Variable> function, int[] index) in ((Func<Variable, Variable>, int[])[])
        [
            (x => x * 10, [1, 0]),
            (x => Op.Sum(x, axes: 1), [1]),
            (x => Op.MatMul(x, Tensor.Ones([2, 1], DType.F64)), [1, 0]),
        ])
        {
            using Tape tape = new() { DetectAnomaly = true };

            AnomalyException anomaly = Assert.Throws<AnomalyException>(() => function(tape.Constant(mixed)));

            Assert.Equal(index, anomaly.Index);
            Assert.Equal(1e308, anomaly.Operands[0].Value);
        }
    }

    [Fact]
    public void Infinities_that_meet_are_told_with_what_they_came_in_with()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Constant(Tensor.From([1f, float.PositiveInfinity, 3]));
        Variable carried = Op.Reshape(x * 2, [3, 1]) + 1;

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => carried - Op.Max(carried));

        Assert.Equal(double.NaN, anomaly.Value);
        Assert.Equal([1, 0], anomaly.Index);
        Assert.Equal([Infinity, Infinity], anomaly.Operands.Select(source => source.Value));
        Assert.False(anomaly.CameFromOutside);
        Assert.EndsWith("The infinity came in from outside the tape, with F32[3].", anomaly.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_NaN_from_outside_is_told_as_soon_as_a_result_has_it()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Constant(Tensor.From(new double[,] { { Infinity, 1 }, { 2, double.NaN } }));

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Op.Permute(x, [1, 0]));

        Assert.True(anomaly.CameFromOutside);
        Assert.Equal([1, 1], anomaly.Index);
        Assert.Equal([1, 1], Assert.Single(anomaly.Operands).Index);
        Assert.Contains("It came in from outside the tape, with F64[2, 2].", anomaly.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(Infinity)]
    public void A_parameter_that_is_not_finite_is_named(double value)
    {
        using Tape tape = new() { DetectAnomaly = true };
        using ScopeGuard scope = new(tape, "sequential");
        Parameter kernel = new("dense/kernel", Tensor.From(new[,] { { 1, 2 }, { value, 4 } }));

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => tape.Watch(kernel));

        Assert.Equal(("dense/kernel", "Watch", "sequential", true), (anomaly.Parameter, anomaly.Operation, anomaly.Scope, anomaly.CameFromOutside));
        Assert.Equal([1, 0], anomaly.Index);
        Assert.Equal(value, anomaly.Value);
    }

    [Fact]
    public void An_operand_that_is_a_parameter_has_its_name()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable kernel = tape.Watch(new Parameter("dense/kernel", Tensor.From(new double[,] { { 1e308, 1 }, { 1e308, 1 } })));

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Op.MatMul(tape.Constant(Tensor.Ones([1, 2], DType.F64)), kernel));

        Assert.Equal([null, "dense/kernel"], anomaly.Operands.Select(source => source.Parameter));
        Assert.Contains("2 elements of b (dense/kernel), the largest 1E+308 at [0, 0]", anomaly.Message, StringComparison.Ordinal);
    }

    // σ² = 0 throughout. With ε = 0 the definition divides γ by √0. With ε = 1e-6 it multiplies by 1,000, which no adjoint of 1e308 and no tangent of 1e307 survives.
    [Fact]
    public void A_fused_operation_is_told_with_the_step_of_its_definition_in_all_three_passes()
    {
        AnomalyException forward = Fused(0, (_, _, _) => { });
        AnomalyException backward = Fused(1e-6, (tape, x, y) => tape.Gradient(y, x, Tensor.From([1e308, -1e308], [2, 1])));
        AnomalyException forwardMode = Fused(1e-6, (tape, x, y) => tape.Jvp(y, [x], [Tensor.From([1e307, -1e307], [2, 1])]));

        Assert.Equal(("Normalize", "Divide", AnomalyPhase.Forward, "bn", null), (forward.Operation, forward.Step, forward.Phase, forward.Scope, forward.Entry));
        Assert.Equal(("Normalize", "Multiply", AnomalyPhase.Backward, "bn", 0), (backward.Operation, backward.Step, backward.Phase, backward.Scope, backward.Entry));
        Assert.Equal(("Normalize", "Multiply", AnomalyPhase.ForwardMode, "bn", 0), (forwardMode.Operation, forwardMode.Step, forwardMode.Phase, forwardMode.Scope, forwardMode.Entry));
        Assert.Equal([1.0, 0], forward.Operands.Select(source => source.Value));

        static AnomalyException Fused(double epsilon, Action<Tape, Variable, Variable> act)
        {
            using Tape tape = new() { DetectAnomaly = true };
            Variable x = tape.Watch(Tensor.Ones([2, 1], DType.F64));
            return Assert.Throws<AnomalyException>(() =>
            {
                Variable y;
                using (tape.EnterScope("bn")) y = Op.Normalize(x, tape.Constant(Tensor.Ones([1, 1], DType.F64)), tape.Constant(Tensor.Zeros([1, 1], DType.F64)), 0, epsilon);
                act(tape, x, y);
            });
        }
    }

    [Fact]
    public void A_fused_operation_inside_another_is_told_by_the_outer_ones_name()
    {
        using Tape tape = new() { DetectAnomaly = true };

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Op.Apply(new Outer(), tape.Watch(Tensor.Ones([2, 1], DType.F64))));

        Assert.Equal(("Outer", "Divide"), (anomaly.Operation, anomaly.Step));
        Assert.StartsWith("Outer, in its Divide: expected finite numbers, got Infinity at [0, 0] from Divide(1, 0).", anomaly.Message, StringComparison.Ordinal);
    }

    // y = a·b with one a for three b: ā = Σ ȳ·b = 3·1e308. Each product is finite; the sum is not, and no single ȳ or b made it.
    [Fact]
    public void A_sum_in_the_derivative_of_an_elementwise_operation_is_told_as_a_sum()
    {
        using Tape tape = new() { DetectAnomaly = true };
        Variable a = tape.Watch(Tensor.From([1e-9]));
        Variable y = a * Tensor.From([1e308, 1e307, 1e308]);

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => tape.Gradient(Op.Sum(y), a));

        Assert.Equal(("Multiply", "Sum", 0), (anomaly.Operation, anomaly.Step, anomaly.Entry));
        Assert.Equal([("x", 3, 1e308)], anomaly.Operands.Select(source => (source.Name, source.Count, source.Value)));
    }

    [Fact]
    public void A_rule_that_refuses_to_be_asked_hides_nothing()
    {
        using Tape tape = new() { DetectAnomaly = true };

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => Op.Apply(new Touchy(), tape.Watch(Tensor.From([5.0, -7]))));

        Assert.Equal(("Touchy", double.NaN), (anomaly.Operation, anomaly.Value));
        Assert.Equal((2, -7), (anomaly.Operands[0].Count, anomaly.Operands[0].Value));
    }

    [Fact]
    public void Looking_changes_neither_numbers_nor_entries()
    {
        (double[] Values, string[] Entries) blind = Run(false), looking = Run(true);

        Assert.Equal(blind.Values, looking.Values);
        Assert.Equal(blind.Entries, looking.Entries);

        static (double[] Values, string[] Entries) Run(bool detect)
        {
            using Tape tape = new() { DetectAnomaly = detect };
            Variable x = tape.Watch(Catalogue.Sample([4, 3], Domain.NoTies, new Rng(5)));
            Variable y = Op.Mean(Op.Square(Op.Softmax(Op.Normalize(x, Tensor.Ones([1, 3], DType.F64), Tensor.Zeros([1, 3], DType.F64), 0, 1e-3) + Tensor.From([0, 0, double.NegativeInfinity]))));
            Variable first = tape.Gradient(y, x, record: true);
            Variable second = tape.Gradient(Op.Sum(first), x);
            Variable pushed = tape.Jvp(y, [x], [Tensor.Ones([4, 3], DType.F64)]);
            return ([.. y.Value.ToDoubles(), .. first.Value.ToDoubles(), .. second.Value.ToDoubles(), .. pushed.Value.ToDoubles()], [.. tape.Entries.Select(entry => $"{entry.Rule.Name} {entry.Scope} {entry.DerivativeOf}")]);
        }
    }

    [Fact]
    public void Every_sample_of_the_catalogue_passes_in_every_mode()
    {
        foreach (CatalogueRow row in Catalogue.Operations)
        {
            foreach (CatalogueCase sampled in row.Cases)
            {
                using Tape tape = new() { DetectAnomaly = true };
                Variable[] xs = [.. row.Sample(sampled).Select(tape.Watch)];
                Variable y = Op.Sum(sampled.Function(xs));
                tape.Gradient(y, xs, record: true);
                tape.Jvp(y, xs, [.. xs.Select(x => (Variable)Tensor.Ones(x.Shape, DType.F64))]);
            }
        }
    }

    private static int Flat(IReadOnlyList<int> index, Shape shape) => index.Select((i, axis) => i * Shape.Of(shape.AsSpan()[(axis + 1)..]).ElementCount).Sum();

    /// <summary>The index of an operand's element under an index of the result.</summary>
    private static int[] Under(IReadOnlyList<int> index, Shape operand) => [.. operand.Select((size, axis) => size == 1 ? 0 : index[index.Count - operand.Rank + axis])];

    private readonly ref struct ScopeGuard(Tape tape, string name)
    {
        private readonly Tape.ScopeExit exit = tape.EnterScope(name);

        public void Dispose() => exit.Dispose();
    }

    /// <summary>A fused operation that is another one with ε = 0.</summary>
    private sealed class Outer : FusedRule
    {
        public override string Name => "Outer";

        public override string Formula => "y = x̂";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(ReadOnlySpan<Tensor> operands) => Composed([operands[0]]).Value;

        public override Variable Composed(IReadOnlyList<Variable> operands) => Op.Normalize(operands[0], Tensor.Ones([1, 1], DType.F64), Tensor.Zeros([1, 1], DType.F64), 0, 0);

        protected override Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed) => [adjoint];
    }

    /// <summary>Takes no ones, and so does not tell what goes where.</summary>
    private sealed class Touchy : UnaryRule
    {
        public override string Name => "Touchy";

        public override string Formula => "y = NaN";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor x) => x.ToDoubles().Contains(1) ? throw new ArgumentException("Touchy: expected no ones, got some.") : Tensor.Scalar(double.NaN, DType.F64);

        public override Variable? Vjp(Variable x, Variable y, Variable gy) => null;

        public override Variable? Jvp(Variable x, Variable y, Variable tx) => null;
    }
}
