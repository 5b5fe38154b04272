using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>An equation of <see cref="Op.Einsum"/> that fits its operands.</summary>
/// <param name="Left">The letters of the first operand's axes.</param>
/// <param name="Right">The letters of the second operand's axes.</param>
/// <param name="Output">The letters of the output's axes, each once.</param>
internal sealed record EinsumEquation(string Left, string Right, string Output)
{
    /// <summary>Takes an equation apart and holds it against the operands.</summary>
    /// <exception cref="ArgumentException">It cannot be read or does not fit the shapes, or the types differ.</exception>
    public static EinsumEquation Read(string equation, Tensor a, Tensor b)
    {
        ArgumentException Wrong(string expectedAndGot) => new($"Einsum(\"{equation}\"): expected {expectedAndGot}", nameof(equation));

        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] inputs = sides[0].Split(',');
        if (sides.Length > 2 || inputs.Length != 2) throw Wrong($"the letters of two operands with a comma between them and at most one arrow, got {inputs.Length} operands and {sides.Length - 1} arrows. Try \"ij,jk->ik\".");
        foreach (char letter in string.Concat(sides))
        {
            if (!char.IsAsciiLetter(letter) && letter != ',') throw Wrong($"letters for axes, got '{letter}'. There is no ellipsis; name every axis.");
        }

        (string left, string right) = (inputs[0], inputs[1]);
        if (left.Length != a.Rank || right.Length != b.Rank) throw Wrong($"a letter for each axis, got {a.Shape} and {b.Shape}.");
        Dictionary<char, int> sizes = [];
        foreach ((string letters, Shape shape) in new[] { (left, a.Shape), (right, b.Shape) })
        {
            for (int axis = 0; axis < letters.Length; axis++)
            {
                int first = letters.IndexOf(letters[axis], StringComparison.Ordinal);
                if (shape[axis] != shape[first]) throw Wrong($"a diagonal of equal axes for '{letters[axis]}', got {shape}.");
                int known = sizes.GetValueOrDefault(letters[axis], 1);
                if (shape[axis] != known && shape[axis] != 1 && known != 1) throw Wrong($"one size for '{letters[axis]}', got {a.Shape} and {b.Shape}.");
                sizes[letters[axis]] = shape[axis] == 1 ? known : shape[axis];
            }
        }

        string both = left + right;
        string output = sides.Length == 2 ? sides[1] : string.Concat(both.Where(letter => both.Count(other => other == letter) == 1).Order());
        foreach (char letter in output)
        {
            if (!both.Contains(letter, StringComparison.Ordinal) || output.Count(other => other == letter) > 1) throw Wrong($"output letters that the operands have, each once, got '{letter}'.");
        }

        return a.DType == b.DType ? new EinsumEquation(left, right, output) : throw Wrong($"operands of one type, got {a.DType}{a.Shape} and {b.DType}{b.Shape}.");
    }
}
