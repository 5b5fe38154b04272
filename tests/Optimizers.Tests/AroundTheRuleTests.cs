using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers.Tests;

/// <summary>What is done around any rule: clipping, decay, accumulation, averages, groups. Each with the plain step w ← w - rate·g, to be checked by hand.</summary>
public class AroundTheRuleTests
{
    // g = [3, -4, 0.5] between -1 and 1: [1, -1, 0.5].
    [Fact]
    public void Values_are_held_within_the_limit()
    {
        Parameter w = Steps.Weight(0, 0, 0);

        new Sgd(1) { Clipping = Clipping.ByValue(1) }.Step(w, 3, -4, 0.5);

        Expect.Near([-1, 1, -0.5], w.Value, 1e-15);
    }

    // ‖[3, 4]‖ = 5 becomes 1: [0.6, 0.8]; ‖[0.3, 0.4]‖ = 0.5 stays.
    [Fact]
    public void A_norm_above_the_limit_is_scaled_down_and_one_below_left()
    {
        Parameter large = Steps.Weight(0, 0), small = Steps.Weight(0, 0);

        new Sgd(1) { Clipping = Clipping.ByNorm(1) }.Apply(new Gradients([(large, Tensor.From([3.0, 4])), (small, Tensor.From([0.3, 0.4]))]));

        Expect.Near([-0.6, -0.8], large.Value, 1e-15);
        Expect.Near([-0.3, -0.4], small.Value, 1e-15);
    }

    // √(3² + 0² + 4²) = 5 becomes 1, so that both are divided by 5.
    [Fact]
    public void The_global_norm_is_of_all_parameters()
    {
        Parameter a = Steps.Weight(0, 0), b = Steps.Weight(0);

        new Sgd(1) { Clipping = Clipping.ByGlobalNorm(1) }.Apply(new Gradients([(a, Tensor.From([3.0, 0])), (b, Tensor.From([4.0]))]));

        Expect.Near([-0.6, 0], a.Value, 1e-15);
        Expect.Near([-0.8], b.Value, 1e-15);
    }

    // The gradients of a + b are one tensor: ‖[3, 4]‖ = 5 for each, and globally √50; clipped once, not twice, and left as it is.
    [Theory]
    [InlineData(false, 0.6, 0.8)]
    [InlineData(true, 0.42426406871192851, 0.56568542494923801)]
    public void A_gradient_that_two_parameters_share_is_clipped_once_for_each(bool global, double first, double second)
    {
        Parameter a = Steps.Weight(0, 0), b = Steps.Weight(0, 0);
        Tensor shared = Tensor.From([3.0, 4]);

        new Sgd(1) { Clipping = global ? Clipping.ByGlobalNorm(1) : Clipping.ByNorm(1) }.Apply(new Gradients([(a, shared), (b, shared)]));

        Expect.Near([-first, -second], a.Value, 1e-15);
        Expect.SameBits(a.Value, b.Value);
        Assert.Equal([3, 4], shared.ToDoubles());
    }

    // The squares of 1e30 are beyond F32: ‖[1e30, 0]‖ becomes 1 all the same.
    [Fact]
    public void A_norm_whose_squares_overflow_is_clipped_too()
    {
        Parameter w = new("w", Tensor.From([0f, 0]));

        new Sgd(1) { Clipping = Clipping.ByNorm(1) }.Step(w, 1e30, 0);

        Expect.Near([-1, 0], w.Value, 1e-6);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_norm_that_is_none_is_not_hidden(double derivative)
    {
        Parameter w = Steps.Weight(0, 0);

        new Sgd(1) { Clipping = Clipping.ByGlobalNorm(1) }.Step(w, derivative, 1);

        Assert.Equal([double.NaN, double.NaN], w.Value.ToDoubles());
    }

    // Decoupled: 2·(1 - 0.1·0.5) - 0.1·1 = 1.8. Coupled: the gradient is 1 + 0.5·2 = 2, and 2 - 0.1·2 = 1.8 for the plain rule; clipped to 0.25 before, it is 1.25: 1.875.
    [Fact]
    public void Decay_is_beside_the_rule_or_in_the_gradient_behind_the_clipping()
    {
        Parameter beside = Steps.Weight(2), inside = Steps.Weight(2), clipped = Steps.Weight(2);

        new Sgd(0.1) { WeightDecay = new WeightDecay(0.5) }.Step(beside, 1);
        new Sgd(0.1) { WeightDecay = new WeightDecay(0.5) { Coupled = true } }.Step(inside, 1);
        new Sgd(0.1) { WeightDecay = new WeightDecay(0.5) { Coupled = true }, Clipping = Clipping.ByValue(0.25) }.Step(clipped, 1);

        Expect.Near([1.8], beside.Value, 1e-15);
        Expect.Near([1.8], inside.Value, 1e-15);
        Expect.Near([1.875], clipped.Value, 1e-15);
    }

    [Fact]
    public void Decay_leaves_out_offsets_and_gamma_unless_told_otherwise()
    {
        Parameter kernel = new("dense/kernel", Tensor.From([1.0])), bias = new("dense/bias", Tensor.From([1.0])) { Regularizable = false };
        Parameter gamma = new("batch_normalization/gamma", Tensor.From([1.0])), beta = new("batch_normalization/beta", Tensor.From([1.0])) { Regularizable = false };
        Parameter[] all = [kernel, bias, gamma, beta];
        Gradients nothing = new(all.Select(parameter => (parameter, Tensor.From([0.0]))));

        new Sgd(0.1) { WeightDecay = new WeightDecay(0.5) }.Apply(nothing);
        Assert.Equal([0.95, 1, 1, 1], all.Select(parameter => parameter.Value.ToScalar()));

        new Sgd(0.1) { WeightDecay = new WeightDecay(0.5) { AppliesTo = parameter => parameter != kernel } }.Apply(nothing);
        Assert.Equal([0.95, 0.95, 0.95, 0.95], all.Select(parameter => parameter.Value.ToScalar()));
    }

    // The mean of 1, 2 and 6 is 3; a rule that is clipped sees the mean, not the parts.
    [Fact]
    public void Accumulated_gradients_make_one_step_with_their_mean()
    {
        Sgd optimizer = new(0.1) { AccumulationSteps = 3, Clipping = Clipping.ByValue(2.5) };
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 1);
        optimizer.Step(w, 2);
        Assert.Equal([1], w.Value.ToDoubles());
        Assert.Equal((0, 2), (optimizer.Iterations, optimizer.Accumulated));

        optimizer.Step(w, 6);
        Expect.Near([0.75], w.Value, 1e-15);
        Assert.Equal((1, 0), (optimizer.Iterations, optimizer.Accumulated));
        Assert.Equal(["accumulated"], optimizer.StateNames);
        Assert.Equal([0], optimizer.StateOf(w)[0].ToDoubles());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void More_accumulated_gradients_than_make_a_step_cannot_be_restored(int accumulated) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { AccumulationSteps = 3 }.RestoreIterations(1, accumulated));

    // w: 1, 0.8, 0.6; the average from 1 on: 0.5·1 + 0.5·0.8 = 0.9, 0.5·0.9 + 0.5·0.6 = 0.75.
    [Fact]
    public void Averages_follow_the_weights_from_where_they_were()
    {
        Sgd optimizer = new(0.1) { EmaMomentum = 0.5 };
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 2);
        Expect.Near([0.9], optimizer.StateOf(w)[0], 1e-15);
        optimizer.Step(w, 2);
        Expect.Near([0.75], optimizer.StateOf(w)[0], 1e-15);

        optimizer.SwapAverages([w, Steps.Weight(7)]);
        Expect.Near([0.75], w.Value, 1e-15);
        Expect.Near([0.6], optimizer.StateOf(w)[0], 1e-15);
        optimizer.SwapAverages([w]);
        Expect.Near([0.6], w.Value, 1e-15);
    }

    // As above, but after the second step w = average = 0.75; then w = 0.55 and the average 0.65.
    [Fact]
    public void Weights_are_set_to_their_average_as_often_as_told()
    {
        Sgd optimizer = new(0.1) { EmaMomentum = 0.5, EmaOverwriteFrequency = 2 };
        Parameter w = Steps.Weight(1);

        optimizer.Step(w, 2);
        Expect.Near([0.8], w.Value, 1e-15);
        optimizer.Step(w, 2);
        Expect.Near([0.75], w.Value, 1e-15);
        optimizer.Step(w, 2);
        Expect.Near([0.55], w.Value, 1e-15);
        Expect.Near([0.65], optimizer.StateOf(w)[0], 1e-15);
    }

    [Fact]
    public void Without_averages_there_is_nothing_to_swap() => Assert.Equal(
        "Sgd: expected an optimizer that averages weights, got one that does not. Set EmaMomentum.",
        Assert.Throws<InvalidOperationException>(() => new Sgd().SwapAverages([Steps.Weight(1)])).Message);

    // The first group that a parameter is in counts: its rate is 0.1·0.5, with no decay; the others have 0.1 and a decay of 1.
    [Fact]
    public void Groups_have_rates_and_decays_of_their_own()
    {
        Parameter head = new("head/kernel", Tensor.From([1.0])), body = new("body/kernel", Tensor.From([1.0]));
        Sgd optimizer = new(0.1)
        {
            WeightDecay = new WeightDecay(1),
            Groups =
            [
                new ParameterGroup(parameter => parameter == head) { RateFactor = 0.5, WeightDecay = new WeightDecay(0) },
                new ParameterGroup(parameter => parameter == head) { RateFactor = 100 },
            ],
        };

        optimizer.Apply(new Gradients([(head, Tensor.From([1.0])), (body, Tensor.From([1.0]))]));

        Expect.Near([0.95], head.Value, 1e-15);
        Expect.Near([0.8], body.Value, 1e-15);
    }

    // Projected before it is averaged: w = 1 - 2 = -1 becomes 0, and the average 0.5·1 + 0.5·0.
    [Fact]
    public void What_is_averaged_has_been_projected_to_its_constraint()
    {
        Sgd optimizer = new(1) { EmaMomentum = 0.5 };
        Parameter w = Steps.Weight(1);
        w.Constraint = new NonNegative();

        optimizer.Step(w, 2);

        Assert.Equal([0], w.Value.ToDoubles());
        Expect.Near([0.5], optimizer.StateOf(w)[0], 1e-15);
    }

    private sealed class NonNegative : Constraint
    {
        public override string ClassName => "NonNegative";

        public override JsonObject GetConfig() => [];

        public override Variable Project(Variable weight) => Op.Relu(weight);
    }
}
