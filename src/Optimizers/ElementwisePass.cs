using System.Numerics;
using System.Numerics.Tensors;
using Tapestry.Tensors;
using Tensor = Tapestry.Tensors.Tensor;

namespace Tapestry.Optimizers;

/// <summary>What one tensor becomes by another of its shape.</summary>
internal interface IPass
{
    void Run<T>(Span<T> target, ReadOnlySpan<T> source)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>target ← target + source</summary>
internal readonly struct Addition : IPass
{
    public void Run<T>(Span<T> target, ReadOnlySpan<T> source)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Add(target, source, target);
}

/// <summary>target ← (1 - share)·target + share·source</summary>
internal readonly struct Averaging(double share) : IPass
{
    public void Run<T>(Span<T> target, ReadOnlySpan<T> source)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // As target + share·(source - target): what equals the source stays it to the last bit.
        Span<T> difference = stackalloc T[Preparation.Stretch];
        for (int start = 0; start < target.Length; start += Preparation.Stretch)
        {
            int length = Math.Min(Preparation.Stretch, target.Length - start);
            Span<T> some = target.Slice(start, length);
            TensorPrimitives.Subtract(source.Slice(start, length), some, difference);
            TensorPrimitives.FusedMultiplyAdd(difference[..length], T.CreateTruncating(share), some, some);
        }
    }
}

/// <summary>Runs passes in as many parts as the optimizer's own.</summary>
internal static class ElementwisePass
{
    public static void Run<TPass>(TPass pass, Tensor target, Tensor source)
        where TPass : struct, IPass
    {
        int parts = Partition.Count(target.Length, target.Length, Optimizer.LeastWork);
        Workers.Run(parts, new Body<TPass>(pass, target, source, parts));
    }

    private readonly struct Body<TPass>(TPass pass, Tensor target, Tensor source, int parts) : IParallelBody
        where TPass : struct, IPass
    {
        public void Run(int part)
        {
            if (target.DType == DType.F64) Run<double>(part);
            else Run<float>(part);
        }

        private void Run<T>(int part)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int first = Partition.Start(target.Length, parts, part), count = Partition.Start(target.Length, parts, part + 1) - first;
            pass.Run(target.AsSpan<T>().Slice(first, count), (ReadOnlySpan<T>)source.AsSpan<T>().Slice(first, count));
        }
    }
}
