using System.Numerics;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// An update rule with its state: one tensor per slot and parameter, made when the parameter is first seen. A subclass is the rule alone; the state is handed to it.
/// </summary>
public abstract class Optimizer
{
    /// <summary>What makes it worth while to share a parameter among threads, in elements.</summary>
    private const long LeastWork = 12_000;

    private readonly Dictionary<Parameter, Tensor[]> state = [];
    private double learningRate;

    /// <summary>Starts with a learning rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a finite number of 0 or more.</exception>
    protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>Keras's class name: <c>SGD</c>, <c>Adam</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The size of a step; may change between steps.</summary>
    public double LearningRate
    {
        get => learningRate;
        set => learningRate = value is >= 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), FormattableString.Invariant($"{GetType().Name}: expected a finite learning rate of 0 or more, got {value}."));
    }

    /// <summary>How many times <see cref="Apply"/> has run.</summary>
    public long Iterations { get; private set; }

    /// <summary>The names of what is remembered for each parameter: <c>velocity</c>.</summary>
    public abstract IReadOnlyList<string> Slots { get; }

    /// <summary>Takes one step: changes each parameter by its gradient, in place, and then projects it to its constraint.</summary>
    /// <param name="gradients">What <see cref="Tape.Gradient(Variable, IEnumerable{Parameter})"/> gave.</param>
    public void Apply(Gradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        Iterations++;
        foreach ((Parameter parameter, Tensor gradient) in gradients)
        {
            Tensor[] slots = SlotsOf(parameter);
            int rows = parameter.Shape.Rank == 0 ? 1 : parameter.Shape[0], parts = Partition.Count(rows, parameter.Value.Length, LeastWork);
            Workers.Run(parts, new UpdateBody(this, parameter.Value, gradient, slots, parts));
            if (parameter.Constraint is { } constraint) Project(parameter, constraint);
        }
    }

    /// <summary>What is remembered for a parameter, in the order of <see cref="Slots"/>; zeros before its first step. For checkpoints, which may write into it.</summary>
    public IReadOnlyList<Tensor> StateOf(Parameter parameter) => SlotsOf(parameter);

    /// <summary>Sets the number of steps taken, when a checkpoint is restored.</summary>
    public void RestoreIterations(long iterations)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iterations);
        Iterations = iterations;
    }

    /// <summary>The rule: changes the weights in place by the gradient, and the slots for next time. <see cref="Iterations"/> counts this step already.</summary>
    /// <param name="weights">The parameter's elements.</param>
    /// <param name="gradient">As many derivatives.</param>
    /// <param name="slots">What is remembered for this parameter, in the order of <see cref="Slots"/>.</param>
    protected abstract void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, IReadOnlyList<Tensor> slots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private void Update(Tensor weights, Tensor gradient, IReadOnlyList<Tensor> slots)
    {
        if (weights.DType == DType.F64) Update(weights.AsSpan<double>(), gradient.AsSpan<double>(), slots);
        else Update(weights.AsSpan<float>(), gradient.AsSpan<float>(), slots);
    }

    private static void Project(Parameter parameter, Constraint constraint)
    {
        using Tape arena = new(record: false);
        parameter.Value.CopyFrom(constraint.Project(arena.Constant(parameter.Value)).Value);
    }

    private Tensor[] SlotsOf(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (!state.TryGetValue(parameter, out Tensor[]? slots))
        {
            state[parameter] = slots = [.. Slots.Select(_ => Tensor.Zeros(parameter.Shape, parameter.Value.DType))];
        }

        return slots;
    }

    /// <summary>Some rows of a weight: those whose gradient the same thread has computed, so that both are in its core's cache.</summary>
    private readonly struct UpdateBody(Optimizer optimizer, Tensor weights, Tensor gradient, Tensor[] slots, int parts) : IParallelBody
    {
        public void Run(int part)
        {
            if (parts == 1)
            {
                optimizer.Update(weights, gradient, slots);
                return;
            }

            int first = Partition.Start(weights.Shape[0], parts, part), count = Partition.Start(weights.Shape[0], parts, part + 1) - first;
            optimizer.Update(weights.Rows(first, count), gradient.Rows(first, count), Array.ConvertAll(slots, slot => slot.Rows(first, count)));
        }
    }
}
