using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Inspection;

/// <summary>The derivatives of one entry's output with respect to its operands, by its own rule: one vector-Jacobian product for each element of the output.</summary>
internal static class EntryJacobians
{
    /// <summary>Larger tensors make Jacobians that nobody reads.</summary>
    private const int MostElements = 16;

    /// <param name="entry">The entry.</param>
    /// <param name="operands">The positions of the operands that its rule contributes to.</param>
    /// <param name="id">The number of a variable's node.</param>
    public static IReadOnlyList<LocalJacobian> Of(Entry entry, IEnumerable<int> operands, Func<Variable, int> id)
    {
        int rows = entry.Output.Shape.ElementCount;
        int[] small = [.. operands.Where(operand => entry.Operands[operand].Shape.ElementCount <= MostElements)];
        if (rows > MostElements || small.Length == 0) return [];

        bool[] needed = new bool[entry.Operands.Count];
        foreach (int operand in small) needed[operand] = true;
        double[][] values = [.. small.Select(operand => new double[rows * entry.Operands[operand].Shape.ElementCount])];
        Call call = entry.Call(recorded: false);
        for (int row = 0; row < rows; row++)
        {
            Tensor oneHot = Tensor.Zeros(entry.Output.Shape, entry.Output.DType);
            if (oneHot.DType == DType.F32) oneHot.AsSpan<float>()[row] = 1;
            else oneHot.AsSpan<double>()[row] = 1;
            Variable?[] contributions = new Variable?[needed.Length];
            entry.Rule.Vjp(call, oneHot, needed, contributions);
            for (int i = 0; i < small.Length; i++)
            {
                int columns = entry.Operands[small[i]].Shape.ElementCount;
                contributions[small[i]]?.Value.ToDoubles().CopyTo(values[i].AsSpan(row * columns));
            }
        }

        return [.. small.Select((operand, i) => new LocalJacobian(operand, id(entry.Operands[operand]), rows, entry.Operands[operand].Shape.ElementCount, values[i]))];
    }
}
