using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers.Tests;

/// <summary>What holds for every optimizer.</summary>
[Collection(nameof(Workers))]
public class OptimizerContractTests
{
    // More than two of Adam's chunks of 1024, with an odd tail after the widest vectors.
    private const int Long = 2048 + 13;

    // Each with what its rate is multiplied by, so that one rate suits all.
    private static readonly Dictionary<string, Func<double, Optimizer>> Makers = new()
    {
        ["sgd"] = rate => new Sgd(rate),
        ["momentum"] = rate => new Sgd(rate) { Momentum = 0.9 },
        ["nesterov"] = rate => new Sgd(rate) { Momentum = 0.9, Nesterov = true },
        ["adagrad"] = rate => new Adagrad(10 * rate),
        ["adadelta"] = rate => new Adadelta(10 * rate) { Epsilon = 1e-5 },
        ["rmsprop"] = rate => new RmsProp(0.1 * rate),
        ["rmsprop-centered"] = rate => new RmsProp(0.1 * rate) { Centered = true, Epsilon = 1e-3 },
        ["rmsprop-momentum"] = rate => new RmsProp(0.1 * rate) { Momentum = 0.5 },
        ["rmsprop-both"] = rate => new RmsProp(0.1 * rate) { Momentum = 0.5, Centered = true, Epsilon = 1e-3 },
        ["adam"] = rate => new Adam(rate),
        ["amsgrad"] = rate => new Adam(rate) { AmsGrad = true },
        ["adamw"] = rate => new AdamW(rate),
        ["adamw-amsgrad"] = rate => new AdamW(rate) { AmsGrad = true, WeightDecay = new WeightDecay(0.1) },
        ["adamax"] = rate => new Adamax(rate),
        ["nadam"] = rate => new Nadam(rate),
        ["lion"] = rate => new Lion(0.05 * rate),
        ["clipped-by-value"] = rate => new Adam(rate) { Clipping = Clipping.ByValue(0.5) },
        ["clipped-by-norm"] = rate => new Sgd(rate) { Momentum = 0.9, Clipping = Clipping.ByNorm(1) },
        ["clipped-by-global-norm"] = rate => new Sgd(rate) { Momentum = 0.9, Clipping = Clipping.ByGlobalNorm(1), WeightDecay = new WeightDecay(0.01) { Coupled = true } },
        ["averaged"] = rate => new Adam(rate) { EmaMomentum = 0.9 },
        ["overwritten"] = rate => new Sgd(5 * rate) { EmaMomentum = 0.5, EmaOverwriteFrequency = 3 },
        ["in-groups"] = rate => new Adam(rate) { Groups = [new ParameterGroup(_ => true) { RateFactor = 0.5, WeightDecay = new WeightDecay(0.1) }] },
    };

    public static TheoryData<string> All() => [.. Makers.Keys];

    /// <summary>Those with which no parameter's step depends on another's.</summary>
    public static TheoryData<string> Apart() => [.. Makers.Keys.Where(name => name != "clipped-by-global-norm")];

    /// <summary>Those of which each element goes its own way: a norm is of all.</summary>
    public static TheoryData<string, DType> Elementwise()
    {
        TheoryData<string, DType> data = [];
        foreach (string name in Makers.Keys.Where(name => !name.EndsWith("norm", StringComparison.Ordinal)))
        {
            data.Add(name, DType.F32);
            data.Add(name, DType.F64);
        }

        return data;
    }

    [Fact]
    public void Every_optimizer_is_among_them()
    {
        Type[] optimizers = [.. typeof(Optimizer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Optimizer)) && !type.IsAbstract)];

        Assert.Equal(optimizers.Select(type => type.Name).Order(), Makers.Values.Select(make => make(0.1).GetType().Name).Distinct().Order());
        Assert.All(optimizers, type => Assert.True(type.IsSealed, type.Name));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_step_goes_down_and_counts(string name)
    {
        Optimizer optimizer = Makers[name](0.1);
        Parameter w = Steps.Weight(1, -1);

        optimizer.Step(w, 0.5, -0.5);

        Assert.True(w.Value[0] < 1);
        Assert.True(w.Value[1] > -1);
        Assert.Equal(1, optimizer.Iterations);
    }

    // f(w) = (w₀² + 9·w₁²)/2 has its minimum at 0 and the gradient [w₀, 9·w₁].
    [Theory]
    [MemberData(nameof(All))]
    public void A_parabola_is_descended(string name)
    {
        Optimizer optimizer = Makers[name](0.02);
        Parameter w = Steps.Weight(1, -1);

        for (int i = 0; i < 1000; i++) optimizer.Step(w, w.Value[0], 9 * w.Value[1]);

        Expect.Near([0, 0], w.Value, 2e-3);
    }

    [Theory]
    [MemberData(nameof(Apart))]
    public void State_starts_where_the_formula_says_and_is_kept_for_each_parameter_alone(string name)
    {
        Optimizer together = Makers[name](0.1), apart = Makers[name](0.1);
        Parameter a = Steps.Weight(1, 2), b = Steps.Weight(3), alone = Steps.Weight(1, 2);

        Assert.Equal(together.StateNames.Count, together.StateOf(a).Count);
        Assert.Equal(together.Slots, together.StateNames.Take(together.Slots.Count));
        foreach ((string slot, Tensor start) in together.StateNames.Zip(together.StateOf(a)))
        {
            Assert.Equal(slot switch { "accumulator" => [0.1, 0.1], "average" => [1, 2], _ => [0, 0] }, start.ToDoubles());
        }

        for (int i = 0; i < 3; i++)
        {
            together.Apply(new Gradients([(a, Tensor.From([0.5, -1])), (b, Tensor.From([2.0 * i]))]));
            apart.Step(alone, 0.5, -1);
        }

        Expect.SameBits(alone.Value, a.Value);
        foreach ((Tensor expected, Tensor actual) in apart.StateOf(alone).Zip(together.StateOf(a))) Expect.SameBits(expected, actual);
        Assert.Equal(3, together.Iterations);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void F32_agrees_with_F64_to_its_precision_and_keeps_its_type(string name)
    {
        Optimizer wide = Makers[name](0.01), narrow = Makers[name](0.01);
        Parameter w64 = new("w", Tensor.From(Steps.Numbers(37, 1)));
        Parameter w32 = new("w", w64.Value.Cast(DType.F32).Clone());

        for (int i = 0; i < 5; i++)
        {
            double[] gradient = Steps.Numbers(37, (ulong)i + 2);
            wide.Step(w64, gradient);
            narrow.Step(w32, gradient);
        }

        Expect.Near(w64.Value.ToDoubles(), w32.Value, 2e-6);
        Assert.All(narrow.StateOf(w32), slot => Assert.Equal(DType.F32, slot.DType));
        Assert.All(wide.StateOf(w64), slot => Assert.Equal(DType.F64, slot.DType));
    }

    // Every element goes through the same formula: what a long tensor gets at a place is what a tensor of that element alone gets.
    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Long_tensors_with_odd_tails_are_updated_throughout(string name, DType dtype)
    {
        Optimizer optimizer = Makers[name](0.01);
        double[] start = Steps.Numbers(Long, 1), first = Steps.Numbers(Long, 2), second = Steps.Numbers(Long, 3);
        Parameter w = new("w", Tensor.From(start).Cast(dtype).Clone());

        optimizer.Step(w, first);
        Assert.All(w.Value.ToDoubles().Zip(start), pair => Assert.NotEqual(pair.Second, pair.First));
        optimizer.Step(w, second);

        foreach (int i in (int[])[0, 7, 1023, 1024, 1025, 2047, 2048, 2055, 2056, Long - 1])
        {
            Optimizer single = Makers[name](0.01);
            Parameter element = new("w", Tensor.From([start[i]]).Cast(dtype).Clone());
            single.Step(element, first[i]);
            single.Step(element, second[i]);
            Assert.Equal(element.Value.ToScalar(), w.Value[i]);
        }
    }

    // 150 rows of 331: enough to be shared by two threads and, for norms, several blocks; rows that are no multiple of anything.
    // In F64 too, since a norm is one: what moves its last bit is lost where it is rounded to F32.
    [Theory]
    [MemberData(nameof(All))]
    public void Any_number_of_threads_gives_the_same_bits(string name)
    {
        Parameter[] Trained(int threads, DType dtype)
        {
            int before = Workers.Count;
            Workers.Count = threads;
            try
            {
                Optimizer optimizer = Makers[name](0.01);
                Parameter[] parameters = [new("large", Tensor.From(Steps.Numbers(150 * 331, 1), [150, 331]).Cast(dtype)), new("small", Tensor.From(Steps.Numbers(331, 2)).Cast(dtype))];
                for (ulong i = 3; i < 6; i++)
                {
                    optimizer.Apply(new Gradients(parameters.Select(parameter => (parameter, Tensor.From(Steps.Numbers(parameter.Value.Length, i), parameter.Shape).Cast(dtype)))));
                }

                return parameters;
            }
            finally
            {
                Workers.Count = before;
            }
        }

        foreach (DType dtype in (DType[])[DType.F32, DType.F64])
        {
            Parameter[] one = Trained(1, dtype);
            foreach (int threads in (int[])[2, 3])
            {
                foreach ((Parameter expected, Parameter actual) in one.Zip(Trained(threads, dtype))) Expect.SameBits(expected.Value, actual.Value);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_step_that_has_been_taken_before_allocates_little(string name)
    {
        Optimizer optimizer = Makers[name](0.01);
        Parameter w = new("w", Tensor.From(Steps.Numbers(37, 1)).Cast(DType.F32));
        Gradients gradients = new([(w, Tensor.From(Steps.Numbers(37, 2)).Cast(DType.F32))]);
        for (int i = 0; i < 3; i++) optimizer.Apply(gradients);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) optimizer.Apply(gradients);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * 256);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Restored_state_goes_on_as_if_uninterrupted(string name)
    {
        Optimizer uninterrupted = Makers[name](0.01), before = Makers[name](0.01), after = Makers[name](0.01);
        Parameter expected = new("w", Tensor.From(Steps.Numbers(37, 1)));
        Parameter saved = new("w", expected.Value.Clone());
        for (int i = 0; i < 5; i++) uninterrupted.Step(expected, Steps.Numbers(37, (ulong)i + 2));

        for (int i = 0; i < 2; i++) before.Step(saved, Steps.Numbers(37, (ulong)i + 2));
        Parameter restored = new("w", saved.Value.Clone());
        foreach ((Tensor from, Tensor to) in before.StateOf(saved).Zip(after.StateOf(restored))) to.CopyFrom(from);
        after.RestoreIterations(before.Iterations);
        for (int i = 2; i < 5; i++) after.Step(restored, Steps.Numbers(37, (ulong)i + 2));

        Expect.SameBits(expected.Value, restored.Value);
        Assert.Equal(uninterrupted.Iterations, after.Iterations);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Gradients_are_left_as_they_are_and_frozen_parameters_out(string name)
    {
        Parameter w = Steps.Weight(1, -1), other = Steps.Weight(5);
        Tensor gradient = Tensor.From([0.5, -0.5]);

        Makers[name](0.1).Apply(new Gradients([(w, gradient)]));

        Assert.Equal([0.5, -0.5], gradient.ToDoubles());
        Assert.Equal([5], other.Value.ToDoubles());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Empty_tensors_are_stepped_over(string name)
    {
        Parameter empty = new("empty", Tensor.Zeros([0, 3], DType.F64));

        Makers[name](0.1).Step(empty);

        Assert.Equal(0, empty.Value.Length);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_rate_of_0_stands_still(string name)
    {
        Parameter w = Steps.Weight(1, -1);

        Makers[name](0).Step(w, 0.5, -0.5);

        Assert.Equal([1, -1], w.Value.ToDoubles());
    }

    [Theory]
    [InlineData("sgd", -0.1, "Sgd: expected a finite learning rate of 0 or more, got -0.1.")]
    [InlineData("sgd", double.NaN, "Sgd: expected a finite learning rate of 0 or more, got NaN.")]
    [InlineData("adam", double.PositiveInfinity, "Adam: expected a finite learning rate of 0 or more, got Infinity.")]
    [InlineData("rmsprop", double.NaN, "RmsProp: expected a finite learning rate of 0 or more, got NaN.")]
    [InlineData("adam", -1, "Adam: expected a finite learning rate of 0 or more, got -1.")]
    public void A_rate_that_is_negative_or_not_finite_is_refused(string name, double rate, string expected)
    {
        Optimizer optimizer = Makers[name](0.1);
        double before = optimizer.LearningRate;

        Assert.StartsWith(expected, Assert.Throws<ArgumentOutOfRangeException>(() => Makers[name](rate)).Message, StringComparison.Ordinal);
        Assert.StartsWith(expected, Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.LearningRate = rate).Message, StringComparison.Ordinal);
        Assert.Equal(before, optimizer.LearningRate);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_negative_number_of_steps_is_refused(string name) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Makers[name](0.1).RestoreIterations(-1));

    [Theory]
    [MemberData(nameof(All))]
    public void A_gradient_of_another_shape_or_type_is_refused(string name)
    {
        Optimizer optimizer = Makers[name](0.1);
        Parameter w = Steps.Weight(1, -1);

        Assert.Throws<ArgumentException>(() => optimizer.Apply(new Gradients([(w, Tensor.From([1.0]))])));
        Assert.Throws<ArgumentException>(() => optimizer.Apply(new Gradients([(w, Tensor.From([1f, 2]))])));
        Assert.Equal(0, optimizer.Iterations);
    }
}
