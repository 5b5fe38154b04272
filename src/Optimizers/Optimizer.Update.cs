using System.Numerics;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <content>The rule's way over a parameter: in parts, by the threads that there are.</content>
public abstract partial class Optimizer
{
    private void Update(Parameter parameter, Tensor gradient, ParameterState state, Preparation preparation)
    {
        int parts = Partition.Count(Rows(parameter.Value), parameter.Value.Length, LeastWork);
        Workers.Run(parts, new UpdateBody(this, parameter.Value, gradient, state.Tensors, preparation, parts));
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
            int rows = Rows(weights), row = weights.Length / Math.Max(rows, 1), first = Partition.Start(rows, parts, part) * row;
            int count = (Partition.Start(rows, parts, part + 1) * row) - first;
            Span<T> some = weights.AsSpan<T>().Slice(first, count);
            ReadOnlySpan<T> derivatives = gradient.AsSpan<T>().Slice(first, count);
            if (preparation.IsNone)
            {
                optimizer.Update(some, derivatives, new Slots<T>(state, first, count));
                return;
            }

            // In stretches that stay in the first-level cache: the gradient itself is the tape's, and may be another parameter's too, so nothing is written into it.
            Span<T> prepared = stackalloc T[Preparation.Stretch + (Tensors.Buffer.Spare / sizeof(int))];
            for (int start = 0; start < count; start += Preparation.Stretch)
            {
                int length = Math.Min(Preparation.Stretch, count - start);
                preparation.Run(some.Slice(start, length), derivatives.Slice(start, length), prepared[..length]);
                optimizer.Update(some.Slice(start, length), prepared[..length], new Slots<T>(state, first + start, length));
            }
        }
    }
}
