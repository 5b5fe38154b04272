using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>Where in a model a number went wrong: the layer's path, in every pass.</summary>
public class AnomalyTests
{
    private static readonly DType[] Types = [DType.F32, DType.F64];

    // (1, 2) gives (3, 3) by a kernel of ones, then (6, 6), then -12 by a kernel of -1; its root is no number.
    [Fact]
    public void A_layer_inside_a_nested_model_is_named_by_its_path()
    {
        foreach (DType dtype in Types)
        {
            Sequential inner = new(dtype: dtype) { new Dense(2) { KernelInitializer = Initializers.Constant(1) }, new Dense(3) { KernelInitializer = Initializers.Constant(-1) }, new Root { Name = "rooted" } };
            Sequential model = new([2], dtype: dtype) { new Dense(2) { KernelInitializer = Initializers.Constant(1) }, inner };
            using Tape tape = new() { DetectAnomaly = true };

            AnomalyException anomaly = Assert.Throws<AnomalyException>(() => model.Forward(tape.Constant(Tensor.From([1.0, 2], [1, 2]).Cast(dtype)), Mode.Train));

            Assert.Equal(("Sqrt", "sequential/sequential/rooted", AnomalyPhase.Forward), (anomaly.Operation, anomaly.Scope, anomaly.Phase));
            Assert.Equal(-12, anomaly.Operands[0].Value);
            Assert.StartsWith("Sqrt in sequential/sequential/rooted: expected finite numbers, got NaN at [0, 0] from Sqrt(-12).", anomaly.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_layer_is_named_in_the_backward_pass_and_in_forward_mode_too()
    {
        Sequential model = new([2], dtype: DType.F64) { new Dense(1) { KernelInitializer = Initializers.Zeros }, new Root(), new Dense(1) };
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([1.0, 2], [1, 2]));
        Variable y = model.Forward(x, Mode.Train);

        AnomalyException backward = Assert.Throws<AnomalyException>(() => tape.Gradient(Op.Sum(y), model.TrainableParameters));
        AnomalyException forwardMode = Assert.Throws<AnomalyException>(() => tape.Jvp(y, [x], [Tensor.Ones([1, 2], DType.F64)]));

        Assert.Equal(("Sqrt", "sequential/root", AnomalyPhase.Backward), (backward.Operation, backward.Scope, backward.Phase));
        Assert.Contains("x = 0 and y = 0", backward.Message, StringComparison.Ordinal);
        Assert.Equal(("Sqrt", "sequential/root", AnomalyPhase.ForwardMode), (forwardMode.Operation, forwardMode.Scope, forwardMode.Phase));
    }

    // 1/√(0 + 0): in inference, where the layer has nothing to refuse.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_moving_variance_of_0_without_an_epsilon_is_found(bool record)
    {
        foreach (DType dtype in Types)
        {
            Sequential model = new([2], dtype: dtype) { new BatchNormalization { Epsilon = 0 } };
            model.Parameters.Single(parameter => parameter.Name.EndsWith("moving_variance", StringComparison.Ordinal)).Value.CopyFrom(Tensor.From([1.0, 0]).Cast(dtype));
            using Tape tape = new(record) { DetectAnomaly = true };

            AnomalyException anomaly = Assert.Throws<AnomalyException>(() => model.Forward(tape.Constant(Tensor.Ones([3, 2], dtype)), Mode.Inference));

            Assert.Equal(("Standardize", "Rsqrt", "sequential/batch_normalization", double.PositiveInfinity), (anomaly.Operation, anomaly.Step, anomaly.Scope, anomaly.Value));
            Assert.Equal([0.0], anomaly.Operands.Select(operand => operand.Value));
            Assert.Equal([0, 1], anomaly.Index);
        }
    }

    // The squares of ±3e19 are 9e38, beyond F32's end.
    [Fact]
    public void A_normalization_whose_variance_overflows_is_found_in_training()
    {
        Sequential model = new([1]) { new BatchNormalization() };
        using Tape tape = new() { DetectAnomaly = true };

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => model.Forward(tape.Watch(Tensor.From([3e19f, -3e19f], [2, 1])), Mode.Train));

        Assert.Equal(("Normalize", "sequential/batch_normalization"), (anomaly.Operation, anomaly.Scope));
        Assert.Contains("in its Square", anomaly.Message, StringComparison.Ordinal);
        Assert.Equal(3e19f, anomaly.Operands[0].Value);
    }

    // x̄ = γ·s·(ȳ - mean ȳ - ...) with a deviation of 1e-3 beside an epsilon of 1e-9, so that s is about 1,000: ȳ = ±1e38 becomes ±1e41 on the way.
    [Theory]
    [InlineData(false, "Divide")]
    [InlineData(true, "Normalize")]
    public void A_normalization_whose_gradient_overflows_is_found_fused_or_not(bool fused, string operation)
    {
        Sequential model = new([1]) { new BatchNormalization { Fused = fused, Epsilon = 1e-9 } };
        using Tape tape = new() { DetectAnomaly = true };
        Variable x = tape.Watch(Tensor.From([1e-3f, -1e-3f, 1e-3f, -1e-3f], [4, 1]));
        Variable y = model.Forward(x, Mode.Train);

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => tape.Gradient(y, x, Tensor.From([1e38f, 1e38f, -1e38f, -1e38f], [4, 1])));

        Assert.Equal((operation, AnomalyPhase.Backward, "sequential/batch_normalization"), (anomaly.Operation, anomaly.Phase, anomaly.Scope));
    }

    [Fact]
    public void A_parameter_that_is_not_finite_is_named_with_its_layer()
    {
        Sequential model = new([2]) { new Dense(2), new Dense(1) };
        model.Parameters[2].Value.AsSpan<float>()[1] = float.NaN;

        foreach (bool record in (bool[])[true, false])
        {
            using Tape tape = new(record) { DetectAnomaly = true };
            AnomalyException anomaly = Assert.Throws<AnomalyException>(() => model.Forward(tape.Constant(Tensor.Ones([1, 2])), Mode.Inference));
            Assert.Equal(("dense_1/kernel", "sequential/dense_1"), (anomaly.Parameter, anomaly.Scope));
            Assert.Equal([1, 0], anomaly.Index);
        }
    }

    [Fact]
    public void A_NaN_among_the_examples_is_told_where_it_comes_in()
    {
        Sequential model = new([2, 2]) { new Flatten(), new Dense(1) };
        Tensor examples = Tensor.Ones([3, 2, 2]);
        examples.AsSpan<float>()[6] = float.NaN;
        using Tape tape = new() { DetectAnomaly = true };

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => model.Forward(tape.Constant(examples), Mode.Train));

        Assert.True(anomaly.CameFromOutside);
        Assert.Equal(
            "Reshape in sequential/flatten: expected finite numbers, got NaN at [1, 2] from x = NaN at [1, 1, 0]. It came in from outside the tape, with F32[3, 2, 2]. Look at where that was made.",
            anomaly.Message);
    }

    [Fact]
    public void Every_sample_of_the_catalogue_passes_forward_and_backward()
    {
        foreach (LayerSample sample in LayerCatalogue.Layers.SelectMany(row => row.Samples))
        {
            Layer layer = sample.Build(DType.F64, new Rng(1));
            using Tape tape = new() { DetectAnomaly = true };
            Variable[] xs = [.. sample.Inputs(4, new Rng(2)).Select(tape.Watch)];

            tape.Gradient(Op.Sum(layer.Forward(xs, Mode.Train)), xs, record: true);
        }
    }

    /// <summary>The root of each element.</summary>
    private sealed class Root : Layer
    {
        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override string ToString() => "Root()";

        protected override void Build(Shape inputShape, DType dtype, Rng rng)
        {
        }

        protected override Variable Call(Variable x, Mode mode) => Op.Sqrt(x);

        protected override void WriteConfig(JsonObject config)
        {
        }
    }
}
