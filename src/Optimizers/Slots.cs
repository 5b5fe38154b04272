using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>What a rule remembers of the weights that it is handed: for each of <see cref="Optimizer.Slots"/> as many numbers as there are weights.</summary>
/// <typeparam name="T">The element type.</typeparam>
public readonly ref struct Slots<T>
    where T : unmanaged
{
    private readonly Tensor[] tensors;
    private readonly int start;
    private readonly int length;

    internal Slots(Tensor[] tensors, int start, int length) => (this.tensors, this.start, this.length) = (tensors, start, length);

    /// <summary>The numbers of one slot, which the rule may change.</summary>
    /// <param name="slot">Its position in <see cref="Optimizer.Slots"/>.</param>
    public Span<T> this[int slot] => tensors[slot].AsSpan<T>().Slice(start, length);
}
