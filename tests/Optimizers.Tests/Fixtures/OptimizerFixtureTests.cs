using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers.Tests;

/// <summary>Every rule, and what is done around it, against PyTorch's steps or Keras's formulas on PyTorch's tensors: see <c>generate.py</c>.</summary>
public class OptimizerFixtureTests
{
    private static readonly Dictionary<string, Func<Optimizer>> Makers = new()
    {
        ["sgd"] = () => new Sgd(0.1),
        ["momentum"] = () => new Sgd(0.05) { Momentum = 0.9 },
        ["nesterov"] = () => new Sgd(0.05) { Momentum = 0.9, Nesterov = true },
        ["adagrad"] = () => new Adagrad(0.1),
        ["adadelta"] = () => new Adadelta(1),
        ["rmsprop"] = () => new RmsProp(0.01),
        ["rmsprop-centered"] = () => new RmsProp(0.01) { Centered = true },
        ["rmsprop-momentum"] = () => new RmsProp(0.005) { Momentum = 0.8 },
        ["rmsprop-both"] = () => new RmsProp(0.005) { Momentum = 0.8, Centered = true },
        ["adam"] = () => new Adam(0.02),
        ["amsgrad"] = () => new Adam(0.02) { AmsGrad = true, Beta2 = 0.9 },
        ["adamw"] = () => new AdamW(0.02) { WeightDecay = new WeightDecay(0.1) },
        ["adamw-amsgrad"] = () => new AdamW(0.02) { WeightDecay = new WeightDecay(0.1), AmsGrad = true, Beta2 = 0.9 },
        ["adamax"] = () => new Adamax(0.02),
        ["nadam"] = () => new Nadam(0.02),
        ["lion"] = () => new Lion(0.005),
        ["sgd-coupled"] = () => new Sgd(0.1) { WeightDecay = new WeightDecay(0.05) { Coupled = true } },
        ["adam-coupled"] = () => new Adam(0.02) { WeightDecay = new WeightDecay(0.05) { Coupled = true } },
        ["clip-value"] = () => new Sgd(0.1) { Momentum = 0.9, Clipping = Clipping.ByValue(0.05) },
        ["clip-norm"] = () => new Sgd(0.1) { Momentum = 0.9, Clipping = Clipping.ByNorm(0.2) },
        ["global-clip-norm"] = () => new Sgd(0.1) { Momentum = 0.9, Clipping = Clipping.ByGlobalNorm(0.3) },
        ["accumulated"] = () => new Adam(0.02) { AccumulationSteps = 3 },
        ["averaged"] = () => new Adam(0.02) { EmaMomentum = 0.9 },
        ["everything"] = Everything,
    };

    public static TheoryData<string, DType> Cases()
    {
        TheoryData<string, DType> data = [];
        foreach (string name in Makers.Keys)
        {
            data.Add(name, DType.F32);
            data.Add(name, DType.F64);
        }

        return data;
    }

    [Fact]
    public void Every_case_that_was_written_is_compared() => Assert.Equal(new Fixture(DType.F32).Cases, Makers.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fifty_steps_agree_in_losses_weights_and_averages(string name, DType dtype)
    {
        Fixture fixture = new(dtype);
        JsonNode expected = fixture.Case(name);
        Optimizer optimizer = Makers[name]();
        double[] losses = [.. expected["losses"]!.AsArray().Select(value => value!.GetValue<double>())];
        Assert.Equal(fixture.Steps, losses.Length);

        for (int step = 0; step < losses.Length; step++)
        {
            (double loss, Gradients gradients) = fixture.Pass(step);
            Assert.True(Math.Abs(losses[step] - loss) <= fixture.Tolerance * losses.Max(), $"loss of step {step}: expected {losses[step]:R}, got {loss:R}");
            optimizer.Apply(gradients);
        }

        fixture.Agrees(expected["parameters"]!, parameter => parameter.Value);
        Assert.Equal(expected["average"] is not null, optimizer.EmaMomentum is not null);
        if (expected["average"] is { } average) fixture.Agrees(average, parameter => optimizer.StateOf(parameter)[^1]);
    }

    // Broken off after each of the first steps, so in the middle of what is accumulated too.
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_restored_optimizer_goes_on_to_the_same_bits(string name, DType dtype)
    {
        Fixture whole = new(dtype);
        Train(whole, Makers[name](), 0, 12);
        for (int steps = 5; steps < 8; steps++)
        {
            Fixture parts = new(dtype), restored = new(dtype);
            Optimizer before = Makers[name](), after = Makers[name]();
            Train(parts, before, 0, steps);

            foreach ((Parameter from, Parameter to) in parts.Parameters.Zip(restored.Parameters))
            {
                to.Value.CopyFrom(from.Value);
                foreach ((Tensor saved, Tensor state) in before.StateOf(from).Zip(after.StateOf(to))) state.CopyFrom(saved);
            }

            after.RestoreIterations(before.Iterations, before.Accumulated);
            Train(restored, after, steps, 12);

            foreach ((Parameter expected, Parameter actual) in whole.Parameters.Zip(restored.Parameters)) Expect.SameBits(expected.Value, actual.Value);
        }
    }

    private static Adam Everything() => new(0.02)
    {
        AccumulationSteps = 2,
        Clipping = Clipping.ByGlobalNorm(0.3),
        WeightDecay = new WeightDecay(0.05) { Coupled = true },
        EmaMomentum = 0.9,
        Groups = [new ParameterGroup(parameter => parameter.Name.StartsWith("second", StringComparison.Ordinal)) { RateFactor = 0.1, WeightDecay = new WeightDecay(0) }],
    };

    private static void Train(Fixture problem, Optimizer optimizer, int first, int last)
    {
        for (int step = first; step < last; step++) optimizer.Apply(problem.Pass(step).Gradients);
    }
}
