using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// Einstein's summation of two operands by NumPy's rules: <c>Einsum("bij,bjk->bik", a, b)</c> multiplies matrices in a batch, <c>"i,j->ij"</c> is the outer product,
    /// <c>"ij,ij->"</c> the sum of products. Each letter names an axis. A letter that the output lacks is summed over; one that an operand has twice takes its diagonal;
    /// an axis of size 1 is repeated to the other operand's size. Made of diagonals, sums, permutations and one <see cref="MatMul"/>.
    /// </summary>
    /// <param name="equation">
    /// The letters of both operands, and behind an arrow the output's. Without an arrow the output has the letters that occur once, in the order of the alphabet, capitals
    /// first. Spaces mean nothing. There is no ellipsis.
    /// </param>
    /// <param name="a">One axis for each letter before the comma.</param>
    /// <param name="b">One axis for each letter behind it.</param>
    /// <exception cref="ArgumentException">The equation cannot be read or does not fit the shapes, or the types differ.</exception>
    public static Variable Einsum(string equation, Variable a, Variable b)
    {
        ArgumentNullException.ThrowIfNull(equation);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        EinsumEquation letters = EinsumEquation.Read(equation, a.Value, b.Value);

        Lettered left = new Lettered(a, letters.Left).Diagonal(), right = new Lettered(b, letters.Right).Diagonal();
        left = left.WithoutRepeated(right);
        right = right.WithoutRepeated(left);
        left = left.SumExcept(right.Letters + letters.Output);
        right = right.SumExcept(left.Letters + letters.Output);

        string shared = Common(left.Letters, right.Letters);
        string batch = Common(shared, letters.Output), summed = Except(shared, letters.Output);
        string rows = Except(left.Letters, shared), columns = Except(right.Letters, shared);
        (Variable leftMatrix, bool transposeA) = left.Matrix(batch, rows, summed);
        (Variable rightMatrix, bool transposeB) = right.Matrix(batch, summed, columns);
        Variable product = MatMul(leftMatrix, rightMatrix, transposeA, transposeB);
        return new Lettered(Reshape(product, [.. left.Sizes(batch + rows), .. right.Sizes(columns)]), batch + rows + columns).Arrange(letters.Output).Value;
    }

    private static string Common(string letters, string others) => string.Concat(letters.Where(others.Contains));

    private static string Except(string letters, string others) => string.Concat(letters.Where(letter => !others.Contains(letter, StringComparison.Ordinal)));

    /// <summary>A variable whose axes are named by letters.</summary>
    private sealed record Lettered(Variable Value, string Letters)
    {
        public int[] Sizes(string letters) => [.. Places(letters).Select(axis => Value.Shape[axis])];

        /// <summary>The axes in the order of the letters, which are all that there are.</summary>
        public Lettered Arrange(string letters) => new(InOrder(Value, Places(letters)), letters);

        /// <summary>Takes the diagonal for each letter that names two axes.</summary>
        public Lettered Diagonal()
        {
            for (int second = 1; second < Letters.Length; second++)
            {
                int first = Letters.IndexOf(Letters[second], StringComparison.Ordinal);
                if (first == second) continue;

                // With the two axes last and merged, the diagonal is every (n + 1)-th element.
                int[] others = [.. Enumerable.Range(0, Letters.Length).Where(axis => axis != first && axis != second)];
                Variable last = InOrder(Value, [.. others, first, second]);
                int n = Value.Shape[first];
                Variable merged = Reshape(last, [.. last.Shape.AsSpan()[..^2], n * n]);
                Variable diagonal = Slice(merged, Along(-1, merged.Shape.Rank, new AxisRange(step: n + 1)));
                return new Lettered(diagonal, string.Concat(others.Select(axis => Letters[axis])) + Letters[first]).Diagonal();
            }

            return this;
        }

        /// <summary>Drops axes of size 1 that the other operand has with another size: a product without them repeats them.</summary>
        public Lettered WithoutRepeated(Lettered other)
        {
            string shared = Common(Letters, other.Letters);
            string repeated = string.Concat(shared.Zip(Sizes(shared)).Zip(other.Sizes(shared), (own, size) => own.Second == 1 && size != 1 ? $"{own.First}" : ""));
            string kept = Except(Letters, repeated);
            return new Lettered(Reshape(Value, Shape.Of(Sizes(kept))), kept);
        }

        /// <summary>Sums over every axis but those of the letters.</summary>
        public Lettered SumExcept(string letters)
        {
            string summed = Except(Letters, letters);
            return summed.Length == 0 ? this : new Lettered(Sum(Value, Axes.Of(Places(summed))), Common(Letters, letters));
        }

        /// <summary>[rows, columns], behind the batch's axes merged into one where there are any; or the transpose, where the axes stand in that order already.</summary>
        public (Variable Matrix, bool IsTransposed) Matrix(string batch, string rows, string columns)
        {
            bool isTransposed = Letters == batch + columns + rows;
            (string first, string second) = isTransposed ? (columns, rows) : (rows, columns);
            int[] sizes = [.. (batch.Length == 0 ? (string[])[first, second] : [batch, first, second]).Select(letters => Shape.Of(Sizes(letters)).ElementCount)];
            return (Reshape(Arrange(batch + first + second).Value, Shape.Of(sizes)), isTransposed);
        }

        private int[] Places(string letters) => [.. letters.Select(letter => Letters.IndexOf(letter, StringComparison.Ordinal))];
    }
}
