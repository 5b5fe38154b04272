using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Optimizers.Tests;

/// <summary>Gradient and step in one go are gradient and step: to the last bit, whatever reads the weights, with any optimizer and any number of threads, which belongs to the process.</summary>
[Collection(nameof(Workers))]
public class MinimizeTests
{
    /// <summary>Optimizers with each thing that is done around a rule, by name.</summary>
    private static readonly Dictionary<string, Func<Optimizer>> Optimizers = new()
    {
        ["SGD"] = () => new Sgd(0.05),
        ["momentum"] = () => new Sgd(0.05) { Momentum = 0.9, Nesterov = true },
        ["Adam"] = () => new Adam(0.01),
        ["AMSGrad"] = () => new Adam(0.01) { AmsGrad = true },
        ["RMSprop"] = () => new RmsProp(0.01) { Centered = true, Momentum = 0.5 },
        ["Nadam"] = () => new Nadam(0.01),
        ["a schedule of rates and momenta"] = () => new Sgd(new OneCycle(0.1, 6)) { Momentum = 0.9 },
        ["decay"] = () => new AdamW(0.01),
        ["coupled decay"] = () => new Sgd(0.05) { WeightDecay = new WeightDecay(0.1) { Coupled = true } },
        ["values clipped"] = () => new Sgd(0.05) { Clipping = Clipping.ByValue(0.001) },
        ["norms clipped"] = () => new Sgd(0.05) { Clipping = Clipping.ByNorm(0.01) },
        ["the global norm clipped"] = () => new Sgd(0.05) { Clipping = Clipping.ByGlobalNorm(0.01) },
        ["gradients gathered"] = () => new Sgd(0.05) { AccumulationSteps = 2 },
        ["averages"] = () => new Sgd(0.05) { EmaMomentum = 0.9, EmaOverwriteFrequency = 3 },
        ["groups"] = () => new Adam(0.01) { Groups = [new ParameterGroup(parameter => parameter.Name.StartsWith("w1", StringComparison.Ordinal)) { RateFactor = 0.1, WeightDecay = new WeightDecay(0.2) }] },
    };

    /// <summary>What a loss makes of inputs and weights: each a way for a weight to be read twice, or to be read where its variable is not to be seen.</summary>
    private static readonly Dictionary<string, Func<Tape, Weights, Variable>> Losses = new()
    {
        ["layers"] = (tape, w) => Mean(w.Layers(tape, w.Input(tape))),
        ["data that is normalized"] = (tape, w) => Mean(w.Layers(tape, w.Normalized(tape))),
        ["a penalty"] = (tape, w) => Mean(w.Layers(tape, w.Normalized(tape))) + (0.1 * Op.Sum(Op.Square(w.On(tape, w.First)))),
        ["one kernel in two layers"] = (tape, w) => Mean(Op.Dense(Op.Dense(w.Hidden(tape), w.On(tape, w.Square), null, FusedActivation.Relu), w.On(tape, w.Square))),
        ["a kernel as its own input"] = (tape, w) => Mean(Op.Dense(w.On(tape, w.Square), w.On(tape, w.Square))) + Mean(w.Hidden(tape)),
        ["a view of a kernel before its layer"] = (tape, w) => Mean(Op.Dense(Op.Dense(w.Hidden(tape), Op.Reshape(w.On(tape, w.Square), w.Square.Shape)), w.On(tape, w.Square))),
        ["a kernel held fast before its layer"] = (tape, w) => Mean(Op.Dense(Op.Dense(w.Hidden(tape), Op.StopGradient(w.On(tape, w.Square))), w.On(tape, w.Square))),
        ["a kernel's numbers as a constant before its layer"] = (tape, w) => Mean(Op.Dense(Op.Dense(w.Hidden(tape), tape.Constant(w.Square.Value)), w.On(tape, w.Square))),
        ["a kernel's numbers watched twice"] = (tape, w) => Mean(Op.Dense(Op.Dense(w.Hidden(tape), tape.Watch(w.Square.Value)), w.On(tape, w.Square))),
        ["a kernel that something else stands for"] = (tape, w) =>
        {
            Variable half = 0.5 * tape.Watch(w.Square.Value);
            tape.Bind(w.Square, half);
            w.Used.Add(w.Square);
            return Mean(Op.Dense(w.Hidden(tape), half));
        },
        ["a kernel that a copy stands for"] = (tape, w) =>
        {
            Variable copy = tape.Watch(w.Square.Value.Clone());
            tape.Bind(w.Square, copy);
            w.Used.Add(w.Square);
            return Mean(Op.Dense(Op.Dense(w.Hidden(tape), tape.Constant(w.Square.Value)), copy));
        },
        ["a checkpoint that reads a kernel's numbers"] = (tape, w) => Mean(Op.Dense(Op.Checkpoint(x => Op.MatMul(Op.Square(x), w.Square.Value), w.Hidden(tape)), w.On(tape, w.Square))),
        ["a derivative of one's own that reads a kernel's numbers"] = (tape, w) =>
            Mean(Op.Dense(Op.CustomGradient(x => Op.MatMul(x, w.Square.Value), (x, y, adjoint) => Op.MatMul(adjoint, w.Square.Value, transposeB: true), w.Hidden(tape)), w.On(tape, w.Square))),
        ["a rule of one's own that reads a kernel's numbers"] = (tape, w) => Mean(Op.Dense(Op.Apply(new TimesTensor(w.Square.Value), w.Hidden(tape)), w.On(tape, w.Square))),
    };

    public static TheoryData<string, string, DType, int> Cases
    {
        get
        {
            TheoryData<string, string, DType, int> cases = [];
            foreach (string loss in Losses.Keys)
            {
                foreach (int threads in (int[])[1, 2]) cases.Add("Adam", loss, DType.F32, threads);
            }

            foreach (string optimizer in Optimizers.Keys) cases.Add(optimizer, "a penalty", DType.F32, 2);
            cases.Add("SGD", "data that is normalized", DType.F64, 2);
            cases.Add("groups", "layers", DType.F64, 1);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_gradient_and_step_to_the_last_bit(string optimizer, string loss, DType dtype, int threads)
    {
        int before = Workers.Count;
        try
        {
            Workers.Count = threads;
            Weights expected = new(dtype), actual = new(dtype);
            (Optimizer two, Optimizer one) = (Optimizers[optimizer](), Optimizers[optimizer]());
            for (int step = 0; step < 5; step++)
            {
                Run(loss, expected, (tape, value, parameters) => two.Apply(tape.Gradient(value, parameters)));
                Run(loss, actual, (tape, value, parameters) => one.Minimize(value, parameters));
            }

            Assert.Equal(two.Iterations, one.Iterations);
            foreach ((Parameter of, Parameter and) in expected.All.Zip(actual.All))
            {
                Expect.SameBits(of.Value, and.Value);
                foreach ((Tensor state, Tensor other) in two.StateOf(of).Zip(one.StateOf(and))) Expect.SameBits(state, other);
            }
        }
        finally
        {
            Workers.Count = before;
        }
    }

    [Fact]
    public void Constraints_hold_after_it()
    {
        Weights w = new(DType.F32);
        w.First.Constraint = new AtMost(0.01);
        Sgd optimizer = new(0.05);
        for (int step = 0; step < 3; step++) Run("data that is normalized", w, (_, loss, parameters) => optimizer.Minimize(loss, parameters));

        Assert.All(w.First.Value.ToDoubles(), value => Assert.True(value <= 0.010001));
    }

    /// <summary>The point of it: a kernel's gradient, by far the largest tensor of the pass, is never there.</summary>
    [Fact]
    public void A_dense_layers_gradient_takes_no_memory()
    {
        Weights w = new(DType.F32);
        Sgd optimizer = new(0.05);
        Run("layers", w, (_, loss, parameters) => optimizer.Minimize(loss, parameters));
        long apart = 0, along = 0;
        Run("layers", w, (tape, loss, parameters) =>
        {
            tape.Gradient(loss, parameters);
            apart = tape.OwnedBytes;
        });
        Run("layers", w, (tape, loss, parameters) =>
        {
            optimizer.Minimize(loss, parameters);
            along = tape.OwnedBytes;
        });

        Assert.True(along <= apart - w.First.Value.ByteLength - w.Square.Value.ByteLength, $"{along} of {apart} bytes");
    }

    [Fact]
    public void A_parameter_without_a_gradient_is_refused_before_any_other_changes()
    {
        Weights w = new(DType.F32);
        byte[] before = w.Square.Value.AsBytes().ToArray();
        using Tape tape = new();
        Variable loss = Mean(w.Layers(tape, w.Input(tape)));
        Parameter other = new("other", Tensor.Ones([2]));
        tape.Watch(other);

        Assert.Throws<InvalidOperationException>(() => new Sgd().Minimize(loss, [.. w.Used, other]));

        Assert.Equal(before, w.Square.Value.AsBytes().ToArray());
    }

    [Fact]
    public void A_parameter_that_is_named_twice_is_changed_twice()
    {
        Weights expected = new(DType.F32), actual = new(DType.F32);
        (Sgd two, Sgd one) = (new(0.05), new(0.05));
        for (int step = 0; step < 2; step++)
        {
            Run("layers", expected, (tape, loss, parameters) => two.Apply(tape.Gradient(loss, [.. parameters, expected.Square])));
            Run("layers", actual, (_, loss, parameters) => one.Minimize(loss, [.. parameters, actual.Square]));
        }

        Expect.SameBits(expected.Square.Value, actual.Square.Value);
    }

    [Fact]
    public void Two_parameters_around_one_tensor_change_when_neither_is_read_any_more()
    {
        Weights expected = new(DType.F32), actual = new(DType.F32);
        (Sgd two, Sgd one) = (new(0.05), new(0.05));
        for (int step = 0; step < 3; step++)
        {
            Both(expected, (tape, loss, parameters) => two.Apply(tape.Gradient(loss, parameters)));
            Both(actual, (_, loss, parameters) => one.Minimize(loss, parameters));
        }

        Expect.SameBits(expected.Square.Value, actual.Square.Value);
        Expect.SameBits(expected.First.Value, actual.First.Value);

        static void Both(Weights w, Action<Tape, Variable, IReadOnlyList<Parameter>> step)
        {
            using Tape tape = new();
            Variable loss = Mean(Op.Dense(Op.Dense(w.Hidden(tape), tape.Watch(w.Square)), tape.Watch(w.SquareAgain)));
            step(tape, loss, [w.First, w.Square, w.SquareAgain]);
        }
    }

    [Fact]
    public void A_loss_that_depends_on_nothing_is_refused_and_no_step_is_counted()
    {
        Weights w = new(DType.F32);
        Sgd optimizer = new(0.05);
        Run("layers", w, (_, loss, parameters) => optimizer.Minimize(loss, parameters));
        using Tape tape = new();
        w.Layers(tape, w.Input(tape));

        Assert.Throws<InvalidOperationException>(() => optimizer.Minimize(tape.Constant(Tensor.Scalar(1)), w.Used));
        Assert.Equal(1, optimizer.Iterations);
    }

    [Fact]
    public void A_gradient_that_is_no_number_is_found_before_any_weight_changes()
    {
        Weights w = new(DType.F32);
        Sgd optimizer = new(0.05);
        Run("layers", w, (_, loss, parameters) => optimizer.Minimize(loss, parameters));
        byte[] before = w.Square.Value.AsBytes().ToArray();
        using Tape tape = new() { DetectAnomaly = true };

        // 0·∞ on the way back, in the first layer: the second one's gradients are finite, and come first.
        Variable loss = Mean(w.Layers(tape, Op.Sqrt(0 * w.Input(tape) * Op.Sum(tape.Watch(w.First)))));

        Assert.Throws<AnomalyException>(() => optimizer.Minimize(loss, w.Used));
        Assert.Equal(before, w.Square.Value.AsBytes().ToArray());
    }

    [Fact]
    public void A_loss_without_a_tape_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Sgd().Minimize(Tensor.Scalar(1), []));

        Assert.Equal("Sgd: expected a loss recorded on a tape, got F32[] without one. Compute it from tape.Watch or tape.Constant. (Parameter 'loss')", error.Message);
    }

    private static Variable Mean(Variable x) => Op.Mean(Op.Square(x));

    private static void Run(string loss, Weights weights, Action<Tape, Variable, IReadOnlyList<Parameter>> step)
    {
        using Tape tape = new();
        weights.Used.Clear();
        Variable value = Losses[loss](tape, weights);
        step(tape, value, [.. weights.All.Where(weights.Used.Contains)]);
    }

    /// <summary>Weights of a normalization and two layers, large enough for two threads and for several blocks of rows.</summary>
    private sealed class Weights
    {
        private const int Examples = 24, In = 240, Out = 130;

        private readonly Tensor input;

        public Weights(DType dtype)
        {
            input = Draw(1, dtype, Examples, In);
            (Gamma, Beta) = (new Parameter("gamma", Draw(2, dtype, In)), new Parameter("beta", Draw(3, dtype, In)));
            (First, Bias) = (new Parameter("w1", Draw(4, dtype, In, Out)), new Parameter("b1", Draw(5, dtype, Out)));
            Square = new Parameter("w2", Draw(6, dtype, Out, Out));
            SquareAgain = new Parameter("w3", Square.Value);
        }

        public Parameter Gamma { get; }

        public Parameter Beta { get; }

        public Parameter First { get; }

        public Parameter Bias { get; }

        public Parameter Square { get; }

        /// <summary>A second parameter around <see cref="Square"/>'s tensor.</summary>
        public Parameter SquareAgain { get; }

        public IReadOnlyList<Parameter> All => [Gamma, Beta, First, Bias, Square];

        /// <summary>Those that a loss has brought onto its tape.</summary>
        public HashSet<Parameter> Used { get; } = [];

        public Variable On(Tape tape, Parameter parameter)
        {
            Used.Add(parameter);
            return tape.Watch(parameter);
        }

        public Variable Input(Tape tape) => tape.Constant(input);

        public Variable Normalized(Tape tape) => Op.Normalize(Input(tape), On(tape, Gamma), On(tape, Beta), Axes.Of(0), 1e-3);

        public Variable Hidden(Tape tape) => Op.Dense(Input(tape), On(tape, First), On(tape, Bias), FusedActivation.Elu);

        public Variable Layers(Tape tape, Variable x) => Op.Dense(Op.Dense(x, On(tape, First), On(tape, Bias), FusedActivation.Elu), On(tape, Square));

        private static Tensor Draw(ulong seed, DType dtype, params int[] sizes) => Tensor.From(Steps.Numbers(sizes.Aggregate(1, (a, b) => a * b), seed)).Reshape(sizes).Cast(dtype).Clone();
    }

    private sealed class AtMost(double limit) : Constraint
    {
        public override string ClassName => nameof(AtMost);

        public override JsonObject GetConfig() => [];

        public override Variable Project(Variable weight) => Op.Minimum(weight, Tensor.Scalar(limit, weight.DType));
    }

    /// <summary>y = x·b, where b is no operand.</summary>
    private sealed class TimesTensor(Tensor b) : UnaryRule
    {
        public override string Name => nameof(TimesTensor);

        public override string Formula => "y = x·b";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor x) => MatrixProduct.Multiply(x, b);

        public override Variable? Vjp(Variable x, Variable y, Variable gy) => Op.MatMul(gy, b, transposeB: true);

        public override Variable? Jvp(Variable x, Variable y, Variable tx) => Op.MatMul(tx, b);
    }
}
