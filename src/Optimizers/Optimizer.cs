using System.Numerics;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// An update rule with its state: one tensor per slot and parameter, made when the parameter is first seen. A subclass is the rule alone; the state is handed to it, and the
/// gradient as it is to be used. What is done around any rule, in this order: gradients of several steps are accumulated, clipped, and the weights decayed; then comes the
/// rule, then each parameter's constraint, then the average of the weights.
/// </summary>
public abstract partial class Optimizer
{
    /// <summary>What makes it worth while to share a parameter among threads, in elements.</summary>
    internal const long LeastWork = 12_000;

    /// <summary>How <see cref="StateNames"/> calls the moving average of the weights.</summary>
    public const string AverageName = "average";

    private readonly Dictionary<Parameter, ParameterState> states = [];
    private readonly GradientNorm norm = new();
    private readonly int accumulationSteps = 1;
    private readonly double? emaMomentum;
    private readonly long? emaOverwriteFrequency;
    private double? cycledMomentum;
    private bool sharesStorage;

    /// <summary>Starts with a learning rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a finite number of 0 or more.</exception>
    protected Optimizer(double learningRate) => Schedule = Constant(learningRate);

    /// <summary>Starts with a schedule, which gives each step its rate.</summary>
    protected Optimizer(Schedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        Schedule = schedule;
    }

    /// <summary>Keras's class name: <c>SGD</c>, <c>Adam</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What gives each step its rate: a <see cref="ConstantRate"/> where the optimizer was made with a number.</summary>
    public Schedule Schedule { get; private set; }

    /// <summary>The size of the next step; may be changed between steps, unless there is a <see cref="Schedule"/> that changes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to what is not a finite number of 0 or more.</exception>
    /// <exception cref="InvalidOperationException">It is set where a schedule changes it.</exception>
    public double LearningRate
    {
        get => Schedule.RateAt(Iterations);
        set
        {
            if (Schedule is not ConstantRate)
            {
                throw new InvalidOperationException($"{GetType().Name}: expected to be given its rates by {Schedule.GetType().Name}, got one. Make the optimizer with a number to change it.");
            }

            if (value != LearningRate) Schedule = Constant(value);
        }
    }

    /// <summary>How gradients are kept from being too large; not at all unless told otherwise.</summary>
    public Clipping? Clipping { get; init; }

    /// <summary>How the weights are drawn to 0; not at all unless told otherwise.</summary>
    public WeightDecay? WeightDecay { get; init; }

    /// <summary>Parameters with a rate or a decay of their own, each in the first group that has it; none unless told otherwise.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>
    /// How many calls of <see cref="Apply"/> make a step, which is taken with the mean of their gradients; 1 unless told otherwise. Keras's
    /// <c>gradient_accumulation_steps</c>. Each call brings the same parameters.
    /// </summary>
    public int AccumulationSteps
    {
        get => accumulationSteps;
        init => accumulationSteps = OptionCheck.AtLeastOne(this, nameof(AccumulationSteps), value);
    }

    /// <summary>
    /// The weight of the old average in an exponential moving average of the weights, average ← momentum·average + (1 - momentum)·w after each step, which starts from the
    /// weights before the first one, as tf.keras 2 has it; null, the default, keeps none. <see cref="SwapAverages"/> puts it to use. Polyak and Juditsky, 1992.
    /// </summary>
    public double? EmaMomentum
    {
        get => emaMomentum;
        init => emaMomentum = value is { } momentum ? OptionCheck.Share(this, nameof(EmaMomentum), momentum) : null;
    }

    /// <summary>After how many steps the weights are set to their average, over and over; null, the default, for never. Keras's <c>ema_overwrite_frequency</c>.</summary>
    public long? EmaOverwriteFrequency
    {
        get => emaOverwriteFrequency;
        init => emaOverwriteFrequency = value is { } steps ? OptionCheck.AtLeastOne(this, nameof(EmaOverwriteFrequency), steps) : null;
    }

    /// <summary>How many steps have been taken.</summary>
    public long Iterations { get; private set; }

    /// <summary>How many gradients have been accumulated for the step that comes next.</summary>
    public int Accumulated { get; private set; }

    /// <summary>The names of what the rule remembers for each parameter: <c>velocity</c>.</summary>
    public abstract IReadOnlyList<string> Slots { get; }

    /// <summary>The names of all that is remembered for each parameter: the rule's slots, then <c>accumulated</c> and <c>average</c> where there are such.</summary>
    public IReadOnlyList<string> StateNames => [.. Slots, .. AccumulationSteps > 1 ? ["accumulated"] : Array.Empty<string>(), .. EmaMomentum is null ? Array.Empty<string>() : [AverageName]];

    /// <summary>The rate of the step under way, for the parameter that the rule is handed.</summary>
    protected double Rate { get; private set; }

    /// <summary>
    /// Takes one step, or adds to the gradient of one: changes each parameter by its gradient, in place, and then projects it to its constraint. The gradients are left as
    /// they are.
    /// </summary>
    /// <param name="gradients">What <see cref="Tape.Gradient(Variable, IEnumerable{Parameter})"/> gave.</param>
    public void Apply(Gradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (AccumulationSteps > 1 && !Accumulate(gradients)) return;
        double rate = Begin(), mean = 1.0 / AccumulationSteps, global = GlobalScale(gradients, mean);
        for (int i = 0; i < gradients.Count; i++)
        {
            (Parameter parameter, Tensor gradient) = gradients[i];
            ParameterState state = StateFor(parameter);
            Update(parameter, state.Accumulated ?? gradient, state, rate, mean, global);
            state.Accumulated?.AsBytes().Clear();
        }
    }

    /// <summary>
    /// Changes the weights for their averages and the averages for the weights: once to evaluate or to keep the average, once more to go on training. Parameters that no step
    /// has been taken with stay as they are.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are no averages.</exception>
    public void SwapAverages(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (EmaMomentum is null) throw new InvalidOperationException($"{GetType().Name}: expected an optimizer that averages weights, got one that does not. Set EmaMomentum.");
        foreach (Parameter parameter in parameters)
        {
            if (states.GetValueOrDefault(parameter)?.Average is not { } average) continue;
            Tensor weights = parameter.Value.Clone();
            parameter.Value.CopyFrom(average);
            average.CopyFrom(weights);
        }
    }

    /// <summary>
    /// What is remembered for a parameter, in the order of <see cref="StateNames"/>; before its first step what the rule starts from, mostly zeros. For checkpoints, which may
    /// write into it.
    /// </summary>
    public IReadOnlyList<Tensor> StateOf(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return StateFor(parameter).Tensors;
    }

    /// <summary>Sets the number of steps taken, and of gradients accumulated since, when a checkpoint is restored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is negative, or as many gradients as make a step.</exception>
    public void RestoreIterations(long iterations, int accumulated = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iterations);
        ArgumentOutOfRangeException.ThrowIfNegative(accumulated);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(accumulated, AccumulationSteps);
        (Iterations, Accumulated) = (iterations, accumulated);
    }

    /// <summary>The rule: changes the weights in place by the gradient, and the slots for next time. <see cref="Iterations"/> counts this step already.</summary>
    /// <param name="weights">Some or all of a parameter's elements, by one thread of several.</param>
    /// <param name="gradient">As many derivatives.</param>
    /// <param name="slots">What is remembered for these elements, in the order of <see cref="Slots"/>.</param>
    protected abstract void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Called once a step, before the rule, for what all parameters have in common.</summary>
    protected virtual void BeginStep()
    {
    }

    /// <summary>The momentum of the step under way: what the schedule says, where it says something, or the optimizer's own.</summary>
    protected double Cycled(double own) => cycledMomentum ?? own;

    /// <summary>What a slot starts from; 0 unless a rule says otherwise.</summary>
    protected virtual double InitialValue(int slot) => 0;

    private ConstantRate Constant(double rate) => rate is >= 0 and < double.PositiveInfinity
        ? new ConstantRate(rate)
        : throw new ArgumentOutOfRangeException(nameof(rate), FormattableString.Invariant($"{GetType().Name}: expected a finite learning rate of 0 or more, got {rate}."));

    /// <summary>Adds the gradients to those before.</summary>
    /// <returns>Whether there are as many as make a step.</returns>
    private bool Accumulate(Gradients gradients)
    {
        for (int i = 0; i < gradients.Count; i++)
        {
            (Parameter parameter, Tensor gradient) = gradients[i];
            ElementwisePass.Run(new Addition(), StateFor(parameter).Accumulated!, gradient);
        }

        Accumulated = (Accumulated + 1) % AccumulationSteps;
        return Accumulated == 0;
    }

    /// <summary>Begins a step; its rate.</summary>
    private double Begin()
    {
        double rate = LearningRate;
        cycledMomentum = Schedule.MomentumAt(Iterations);
        Iterations++;
        BeginStep();
        return rate;
    }

    private double GlobalScale(Gradients gradients, double mean)
    {
        if (Clipping is not { Kind: ClippingKind.GlobalNorm }) return 1;
        double squares = 0;
        for (int i = 0; i < gradients.Count; i++) squares += norm.SumOfSquares(StateFor(gradients[i].Parameter).Accumulated ?? gradients[i].Gradient);
        return Clipping.ScaleFor(mean * Math.Sqrt(squares));
    }

    /// <summary>What is to be done to a gradient and its weights before the rule.</summary>
    private Preparation Prepare(ParameterState state, double scale)
    {
        double limit = Clipping is { Kind: ClippingKind.Value } ? Clipping.Limit : double.PositiveInfinity, decay = state.Decay?.Rate ?? 0;
        return state.Decay is { Coupled: true } ? new Preparation(scale, limit, decay, 1) : new Preparation(scale, limit, 0, 1 - (Rate * decay));
    }

    private void AverageWeights(Tensor average, Tensor weights)
    {
        ElementwisePass.Run(new Averaging(1 - EmaMomentum!.Value), average, weights);
        if (EmaOverwriteFrequency is { } frequency && Iterations % frequency == 0) weights.CopyFrom(average);
    }

    private static void Project(Parameter parameter, Constraint constraint)
    {
        using Tape arena = new(record: false);
        parameter.Value.CopyFrom(constraint.Project(arena.Constant(parameter.Value)).Value);
    }

    private ParameterState StateFor(Parameter parameter)
    {
        if (states.TryGetValue(parameter, out ParameterState? state)) return state;
        sharesStorage |= states.Keys.Any(other => other.Value.Buffer == parameter.Value.Buffer);
        return states[parameter] = new ParameterState(this, parameter);
    }

    /// <summary>What is remembered of a parameter, and what holds for it alone.</summary>
    private sealed class ParameterState
    {
        public ParameterState(Optimizer optimizer, Parameter parameter)
        {
            Tensors = [.. optimizer.StateNames.Select((_, slot) => Tensor.Full(parameter.Shape, slot < optimizer.Slots.Count ? optimizer.InitialValue(slot) : 0, parameter.Value.DType))];
            if (optimizer.AccumulationSteps > 1) Accumulated = Tensors[optimizer.Slots.Count];
            if (optimizer.EmaMomentum is not null) (Average = Tensors[^1]).CopyFrom(parameter.Value);
            Group = optimizer.Groups.FirstOrDefault(group => group.Contains(parameter));
            WeightDecay? decay = Group?.WeightDecay ?? optimizer.WeightDecay;
            if (decay?.AppliesTo(parameter) == true) Decay = decay;
        }

        public Tensor[] Tensors { get; }

        public Tensor? Accumulated { get; }

        public Tensor? Average { get; }

        public ParameterGroup? Group { get; }

        public WeightDecay? Decay { get; }
    }
}
