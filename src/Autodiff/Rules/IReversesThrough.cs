using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>
/// A rule that knows a shorter way back through itself and the operation that made its first operand, together. It is taken where that operand's adjoint is nobody else's: no
/// other operation read it, nobody asked for it, nothing is recorded, and nobody looks on.
/// </summary>
internal interface IReversesThrough
{
    /// <summary>Computes what the two operations contribute to their operands, by kernels. It may read all operands of both, whatever their <see cref="Saves"/> say of the longer way.</summary>
    /// <param name="entry">The entry of this rule.</param>
    /// <param name="maker">The entry that made its first operand.</param>
    /// <param name="adjoint">The adjoint of the entry's output.</param>
    /// <param name="needed">Which of the entry's operands want theirs; the first one's is not made.</param>
    /// <param name="neededByMaker">The same of the maker's.</param>
    /// <param name="contributions">Where those of the entry's operands go.</param>
    /// <param name="contributionsOfMaker">Where those of the maker's go.</param>
    /// <param name="rows">Who takes the contribution to the second operand by rows; null where it is to be a tensor.</param>
    /// <returns>Whether there is a shorter way; nothing has been done where not.</returns>
    bool TryVjp(Entry entry, Entry maker, Tensor adjoint, ReadOnlySpan<bool> needed, ReadOnlySpan<bool> neededByMaker, Span<Tensor?> contributions, Span<Tensor?> contributionsOfMaker, IRowSink? rows);
}
