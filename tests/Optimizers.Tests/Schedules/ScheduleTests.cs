using System.Text.Json.Nodes;
using Tapestry.Autodiff;

namespace Tapestry.Optimizers.Tests;

public class ScheduleTests
{
    private const double Printed = 1e-12;

    // Some rates by hand. Cosine at a quarter, half and three quarters: ½(1 + √½) = 0.8535533905932737, ½ and 0.1464466094067263.
    [Theory]
    [MemberData(nameof(ByHand))]
    public void Rates_are_those_worked_out_by_hand(string name, long step, double expected) => Assert.Equal(expected, Examples[name].RateAt(step), Printed);

    public static TheoryData<string, long, double> ByHand => new()
    {
        { "constant", 0, 0.1 }, { "constant", 1000, 0.1 },
        { "exponential", 0, 0.1 }, { "exponential", 10, 0.05 }, { "exponential", 30, 0.0125 }, { "exponential", 5, 0.1 * 0.70710678118654757 },
        { "exponential-stairs", 9, 0.1 }, { "exponential-stairs", 10, 0.05 }, { "exponential-stairs", 19, 0.05 },
        { "inverse", 0, 0.1 }, { "inverse", 10, 0.1 / 1.5 }, { "inverse", 5, 0.08 }, { "inverse-stairs", 19, 0.1 / 1.5 }, { "inverse-stairs", 20, 0.05 },
        { "power", 0, 0.1 }, { "power", 10, 0.025 }, { "power", 30, 0.1 / 16 },
        { "piecewise", 0, 1 }, { "piecewise", 10, 1 }, { "piecewise", 11, 0.5 }, { "piecewise", 20, 0.5 }, { "piecewise", 21, 0.1 }, { "piecewise", 99, 0.1 },
        { "linear", 0, 0.1 }, { "linear", 5, 0.055 }, { "linear", 10, 0.01 }, { "linear", 99, 0.01 },
        { "polynomial", 0, 0.1 }, { "polynomial", 5, 0.0325 }, { "polynomial", 10, 0.01 },
        { "polynomial-cycles", 10, 0.01 }, { "polynomial-cycles", 15, 0.0325 }, { "polynomial-cycles", 20, 0.01 }, { "polynomial-cycles", 11, 0.01 + (0.09 * 0.45) },
        { "cosine", 0, 1 }, { "cosine", 2, 0.1 + (0.9 * 0.8535533905932737) }, { "cosine", 4, 0.55 }, { "cosine", 6, 0.1 + (0.9 * 0.1464466094067263) }, { "cosine", 8, 0.1 }, { "cosine", 99, 0.1 },
        { "restarts", 0, 1 }, { "restarts", 2, 0.5 }, { "restarts", 4, 0.5 }, { "restarts", 8, 0.25 }, { "restarts", 12, 0.25 }, { "restarts", 20, 0.125 }, { "restarts", 28, 0.125 },
        { "restarts-even", 4, 1 }, { "restarts-even", 6, 0.5 }, { "restarts-even", 400, 1 }, { "restarts-even", 402, 0.5 },
        { "warm", 0, 0.02 }, { "warm", 2, 0.51 }, { "warm", 4, 1 }, { "warm", 8, 0.55 }, { "warm", 12, 0.1 },
    };

    private static readonly Dictionary<string, Schedule> Examples = new()
    {
        ["constant"] = new ConstantRate(0.1),
        ["exponential"] = new ExponentialDecay(0.1, 10, 0.5),
        ["exponential-stairs"] = new ExponentialDecay(0.1, 10, 0.5) { Staircase = true },
        ["inverse"] = new InverseTimeDecay(0.1, 10, 0.5),
        ["inverse-stairs"] = new InverseTimeDecay(0.1, 10, 0.5) { Staircase = true },
        ["power"] = new PowerDecay(0.1, 10) { Power = 2 },
        ["piecewise"] = new PiecewiseConstantDecay([10, 20], [1, 0.5, 0.1]),
        ["linear"] = new PolynomialDecay(0.1, 10) { EndRate = 0.01 },
        ["polynomial"] = new PolynomialDecay(0.1, 10) { EndRate = 0.01, Power = 2 },
        ["polynomial-cycles"] = new PolynomialDecay(0.1, 10) { EndRate = 0.01, Cycle = true, Power = 1 },
        ["cosine"] = new CosineDecay(1, 8) { Alpha = 0.1 },
        ["restarts"] = new CosineDecayRestarts(1, 4) { MMul = 0.5 },
        ["restarts-even"] = new CosineDecayRestarts(1, 4) { TMul = 1 },
        ["warm"] = new WarmUp(new CosineDecay(1, 8) { Alpha = 0.1 }, 4) { From = 0.02 },
    };

    // Keras's formula with its logarithm, which is right between the restarts; at 4·(2ⁱ - 1) it may miss one by rounding.
    [Fact]
    public void Restarts_agree_with_the_closed_form_of_Keras()
    {
        CosineDecayRestarts schedule = new(0.1, 4) { TMul = 2, MMul = 0.8, Alpha = 0.05 };
        for (long step = 0; step < 1000; step++)
        {
            double completed = step / 4.0, restart = Math.Floor(Math.Log(1 - (completed * (1 - 2))) / Math.Log(2) + 1e-9);
            double done = (completed - ((1 - Math.Pow(2, restart)) / (1 - 2))) / Math.Pow(2, restart);
            double expected = 0.1 * ((0.95 * Math.Pow(0.8, restart) * 0.5 * (1 + Math.Cos(Math.PI * done))) + 0.05);
            Assert.Equal(expected, schedule.RateAt(step), Printed);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void One_cycle_agrees_with_that_of_PyTorch_in_every_step(int index)
    {
        JsonNode expected = Fixture.Read("schedules.json")["onecycle"]!.AsArray()[index]!;
        JsonNode options = expected["options"]!;
        double Option(string key, double otherwise) => options[key]?.GetValue<double>() ?? otherwise;
        OneCycle schedule = new(expected["max"]!.GetValue<double>(), expected["steps"]!.GetValue<long>())
        {
            WarmUpShare = Option("pct_start", 0.3),
            DivFactor = Option("div_factor", 25),
            FinalDivFactor = Option("final_div_factor", 1e4),
            Linear = options["anneal_strategy"]?.GetValue<string>() == "linear",
            BaseMomentum = Option("base_momentum", 0.85),
            MaxMomentum = Option("max_momentum", 0.95),
        };
        JsonArray rates = expected["rates"]!.AsArray(), momenta = expected["momenta"]!.AsArray();
        Assert.True(rates.Count >= 20);

        for (int step = 0; step < rates.Count; step++)
        {
            Assert.Equal(rates[step]!.GetValue<double>(), schedule.RateAt(step), Printed);
            Assert.Equal(momenta[step]!.GetValue<double>(), schedule.MomentumAt(step)!.Value, Printed);
        }

        Assert.Equal(schedule.RateAt(rates.Count - 1), schedule.RateAt(rates.Count + 100));
    }

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(2, 0.5)]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(10, 0.1)]
    public void One_cycle_of_few_steps_or_without_a_slope_gives_rates_all_the_same(long steps, double share)
    {
        OneCycle schedule = new(1, steps) { WarmUpShare = share };

        for (long step = 0; step < steps + 2; step++) Assert.InRange(schedule.RateAt(step), 0, 1);
    }

    // Rates 1, 0.5, 0.25: 0 - 1 - 0.5 - 0.25.
    [Fact]
    public void An_optimizer_takes_each_step_at_its_rate()
    {
        Sgd optimizer = new(new ExponentialDecay(1, 1, 0.5));
        Parameter w = Steps.Weight(0);

        Assert.Equal(1, optimizer.LearningRate);
        optimizer.Step(w, 1);
        Assert.Equal(0.5, optimizer.LearningRate);
        optimizer.Step(w, 1);
        optimizer.Step(w, 1);

        Expect.Near([-1.75], w.Value, 1e-15);
        Assert.Equal(0.125, optimizer.LearningRate);
    }

    [Fact]
    public void A_restored_optimizer_goes_on_in_the_schedule()
    {
        Adam optimizer = new(new ExponentialDecay(1, 1, 0.5));

        optimizer.RestoreIterations(3);

        Assert.Equal(0.125, optimizer.LearningRate);
    }

    [Fact]
    public void A_rate_cannot_be_set_where_a_schedule_gives_it() => Assert.Equal(
        "Sgd: expected to be given its rates by CosineDecay, got one. Make the optimizer with a number to change it.",
        Assert.Throws<InvalidOperationException>(() => new Sgd(new CosineDecay(1, 1)).LearningRate = 2).Message);

    // Velocity with momenta 0.9 and 0.5 of a cycle that is linear over 3 steps, its top at 3·⅔ - 1 = 1: v = -g·rate; rates 0.5, 1, and then v = 0.5·(-0.5) - 1 = -1.25.
    [Fact]
    public void The_cycle_takes_the_place_of_the_momentum()
    {
        Sgd optimizer = new(new OneCycle(1, 3) { WarmUpShare = 2 / 3.0, DivFactor = 2, Linear = true, MaxMomentum = 0.9, BaseMomentum = 0.5 }) { Momentum = 0.1 };
        Parameter w = Steps.Weight(0);

        optimizer.Step(w, 1);
        Expect.Near([-0.5], optimizer.StateOf(w)[0], 1e-14);
        optimizer.Step(w, 1);
        Expect.Near([-1.25], optimizer.StateOf(w)[0], 1e-14);
    }

    // With a gradient of 1, m₁ = 1 - β₁: the cycle's first β₁ is 0.95 and not the optimizer's own 0.9.
    [Theory]
    [InlineData(false, 0.1)]
    [InlineData(true, 0.05)]
    public void The_cycle_takes_the_place_of_beta_1(bool cycled, double expected)
    {
        OneCycle schedule = new(0.01, 10) { CycleMomentum = cycled };
        foreach (Optimizer optimizer in (Optimizer[])[new Adam(schedule), new AdamW(schedule), new Adamax(schedule), new Nadam(schedule)])
        {
            Parameter w = Steps.Weight(0);
            optimizer.Step(w, 1);
            Expect.Near([expected], optimizer.StateOf(w)[0], 1e-15);
        }
    }

    // The same steps as those of an optimizer that is told each rate, for all kinds, which so read the schedule's rate and no other; and restored in the middle.
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Every_optimizer_follows_a_schedule_and_goes_on_with_it(int brokenOffAfter)
    {
        Schedule schedule = new WarmUp(new CosineDecay(0.1, 8), 3);
        Func<Schedule, Optimizer>[] scheduled =
        [
            s => new Sgd(s) { Momentum = 0.9 }, s => new Adagrad(s), s => new Adadelta(s), s => new RmsProp(s) { Momentum = 0.5 }, s => new Adam(s), s => new AdamW(s), s => new Adamax(s),
            s => new Nadam(s), s => new Lion(s),
        ];
        Func<Optimizer>[] told =
        [
            () => new Sgd { Momentum = 0.9 }, () => new Adagrad(), () => new Adadelta(), () => new RmsProp { Momentum = 0.5 }, () => new Adam(), () => new AdamW(), () => new Adamax(),
            () => new Nadam(), () => new Lion(),
        ];
        foreach ((Func<Schedule, Optimizer> make, Func<Optimizer> by) in scheduled.Zip(told))
        {
            (Optimizer one, Optimizer two) = (make(schedule), by());
            Parameter first = Steps.Weight(1, -2), second = Steps.Weight(1, -2);
            for (int step = 0; step < 12; step++)
            {
                if (step == brokenOffAfter)
                {
                    Optimizer restored = make(schedule);
                    foreach ((Tensors.Tensor from, Tensors.Tensor to) in one.StateOf(first).Zip(restored.StateOf(first))) to.CopyFrom(from);
                    restored.RestoreIterations(one.Iterations);
                    one = restored;
                }

                double[] gradient = Steps.Numbers(2, (ulong)step);
                one.Step(first, gradient);
                two.LearningRate = schedule.RateAt(step);
                two.Step(second, gradient);
            }

            Expect.SameBits(second.Value, first.Value);
        }
    }

    [Fact]
    public void Numbers_that_cannot_be_are_refused_by_name()
    {
        (Action Make, string Message)[] refused =
        [
            (() => _ = new ConstantRate(-1), "ConstantRate: expected rate to be a finite number of 0 or more, got -1."),
            (() => _ = new ExponentialDecay(0.1, 0, 0.5), "ExponentialDecay: expected decaySteps to be 1 or more, got 0."),
            (() => _ = new ExponentialDecay(0.1, 1, -0.5), "ExponentialDecay: expected decayRate to be a finite number of 0 or more, got -0.5."),
            (() => _ = new InverseTimeDecay(double.NaN, 1, 1), "InverseTimeDecay: expected initialRate to be a finite number of 0 or more, got NaN."),
            (() => _ = new PowerDecay(0.1, 1) { Power = 0 }, "PowerDecay: expected Power to be a finite number above 0, got 0."),
            (() => _ = new PiecewiseConstantDecay([1, 2], [1, 2]), "PiecewiseConstantDecay: expected one rate more than boundaries, got 2 rates and 2 boundaries."),
            (() => _ = new PiecewiseConstantDecay([2, 2], [1, 2, 3]), "PiecewiseConstantDecay: expected boundaries that rise, got 2 before 2."),
            (() => _ = new PiecewiseConstantDecay([2], [1, -2]), "PiecewiseConstantDecay: expected rate to be a finite number of 0 or more, got -2."),
            (() => _ = new PolynomialDecay(0.1, 1) { EndRate = -1 }, "PolynomialDecay: expected EndRate to be a finite number of 0 or more, got -1."),
            (() => _ = new CosineDecay(0.1, 1) { Alpha = 2 }, "CosineDecay: expected Alpha to be a number from 0 to 1, got 2."),
            (() => _ = new CosineDecayRestarts(0.1, 1) { TMul = 0.5 }, "CosineDecayRestarts: expected TMul to be a finite number of 1 or more, got 0.5."),
            (() => _ = new CosineDecayRestarts(0.1, 1) { MMul = -1 }, "CosineDecayRestarts: expected MMul to be a finite number of 0 or more, got -1."),
            (() => _ = new WarmUp(new ConstantRate(1), 0), "WarmUp: expected steps to be 1 or more, got 0."),
            (() => _ = new OneCycle(1, 0), "OneCycle: expected totalSteps to be 1 or more, got 0."),
            (() => _ = new OneCycle(1, 1) { WarmUpShare = 1.5 }, "OneCycle: expected WarmUpShare to be a number from 0 to 1, got 1.5."),
            (() => _ = new OneCycle(1, 1) { DivFactor = 0 }, "OneCycle: expected DivFactor to be a finite number above 0, got 0."),
            (() => _ = new OneCycle(1, 1) { MaxMomentum = 1 }, "OneCycle: expected MaxMomentum to be a number from 0 up to, not including, 1, got 1."),
        ];

        foreach ((Action make, string message) in refused) Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
    }
}
