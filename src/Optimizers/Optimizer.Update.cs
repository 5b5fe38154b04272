using System.Numerics;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <content>The rule's way over a parameter: in parts, by the threads that there are.</content>
public abstract partial class Optimizer
{
    /// <summary>Changes a parameter by its gradient, and what goes with it.</summary>
    private void Update(Parameter parameter, Tensor gradient, ParameterState state, double rate, double mean, double global)
    {
        Rate = rate * (state.Group?.RateFactor ?? 1);
        double scale = Clipping is { Kind: ClippingKind.Norm } ? Clipping.ScaleFor(mean * Math.Sqrt(norm.SumOfSquares(gradient))) : global;
        int parts = Partition.Count(Rows(parameter.Value), parameter.Value.Length, LeastWork);
        Workers.Run(parts, new UpdateBody(this, parameter.Value, gradient, state.Tensors, Prepare(state, mean * scale), parts));
        Finish(parameter, state);
    }

    /// <summary>What is left to do when all elements have changed.</summary>
    private void Finish(Parameter parameter, ParameterState state)
    {
        if (parameter.Constraint is { } constraint) Project(parameter, constraint);
        if (state.Average is { } average) AverageWeights(average, parameter.Value);
    }

    /// <summary>The rule for some elements, the gradient made ready for it.</summary>
    private void Update<T>(Tensor weights, int first, ReadOnlySpan<T> gradient, Tensor[] state, Preparation preparation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> some = weights.AsSpan<T>().Slice(first, gradient.Length);
        if (preparation.IsNone)
        {
            Update(some, gradient, new Slots<T>(state, first, gradient.Length));
            return;
        }

        // In stretches that stay in the first-level cache: the gradient itself is the tape's, and may be another parameter's too, so nothing is written into it.
        Span<T> prepared = stackalloc T[Preparation.Stretch + (Tensors.Buffer.Spare / sizeof(int))];
        for (int start = 0; start < gradient.Length; start += Preparation.Stretch)
        {
            int length = Math.Min(Preparation.Stretch, gradient.Length - start);
            preparation.Run(some.Slice(start, length), gradient.Slice(start, length), prepared[..length]);
            Update(some.Slice(start, length), prepared[..length], new Slots<T>(state, first + start, length));
        }
    }

    private static int Rows(Tensor tensor) => tensor.Rank == 0 ? 1 : tensor.Shape[0];

    /// <summary>Some rows of a weight: those whose gradient the same thread has computed, so that both are in its core's cache.</summary>
    private readonly struct UpdateBody(Optimizer optimizer, Tensor weights, Tensor gradient, Tensor[] state, Preparation preparation, int parts) : IParallelBody
    {
        public void Run(int part)
        {
            if (weights.DType == DType.F64) Run<double>(part);
            else Run<float>(part);
        }

        private void Run<T>(int part)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int rows = Rows(weights), row = weights.Length / Math.Max(rows, 1), first = Partition.RowStart(rows, parts, part) * row;
            int count = (Partition.RowStart(rows, parts, part + 1) * row) - first;
            optimizer.Update<T>(weights, first, gradient.AsSpan<T>().Slice(first, count), state, preparation);
        }
    }
}
