using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A merge element by element, from the first input to the last. Inputs broadcast to each other behind the batch axis: sizes are equal or 1 from the last axis backward, and
/// [N, 3] goes with [N, 4, 3].
/// </summary>
public abstract class ElementwiseMerge : Merge
{
    private protected ElementwiseMerge()
    {
    }

    /// <summary>Whether more than two inputs can be merged.</summary>
    private protected virtual bool TakesMore => true;

    /// <inheritdoc/>
    public sealed override Shape OutputShape(IReadOnlyList<Shape> inputShapes)
    {
        RefuseOtherThanTwo(inputShapes, TakesMore);
        try
        {
            return inputShapes.Aggregate(Shape.Broadcast);
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{this}: expected inputs of shapes that are equal, or broadcast, got {Batched(inputShapes)}. Give them one size, with Dense.", nameof(inputShapes));
        }
    }

    /// <inheritdoc/>
    protected sealed override Variable Call(IReadOnlyList<Variable> xs, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(xs);
        int rank = xs.Max(x => x.Shape.Rank);
        Variable y = Aligned(xs[0], rank);
        for (int i = 1; i < xs.Count; i++) y = Combine(y, Aligned(xs[i], rank));
        return Finish(y, xs.Count);
    }

    /// <summary>What two inputs make.</summary>
    private protected abstract Variable Combine(Variable a, Variable b);

    /// <summary>What is done to the last result.</summary>
    private protected virtual Variable Finish(Variable y, int inputs) => y;

    /// <summary>An input with as many axes as the others: those that it lacks stand behind the batch's.</summary>
    private static Variable Aligned(Variable x, int rank) =>
        x.Shape.Rank == rank ? x : Op.Reshape(x, Shape.Of([x.Shape[0], .. Enumerable.Repeat(1, rank - x.Shape.Rank), .. x.Shape.Skip(1)]));
}
