using System.Globalization;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <content>What the rule does to a single entry, as a matrix.</content>
public sealed partial class Entry
{
    /// <summary>
    /// The partial derivatives of the output's elements with respect to an operand's, the other operands held: the matrix that the entry multiplies adjoints by. It costs one
    /// step of the rule for each element of the output, so it is for entries small enough to look at. Nothing is recorded, and the result outlives the tape.
    /// </summary>
    /// <param name="operand">The position among <see cref="Operands"/>, from 0. The operand need not be tracked.</param>
    /// <returns>[elements of the output, elements of the operand], both row-major; zeros where the output does not depend on the operand.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The entry has no such operand.</exception>
    /// <exception cref="ArgumentException">The operand holds integers.</exception>
    public Tensor LocalJacobian(int operand) => LocalJacobian(operand, seed: 1);

    /// <summary>The same with another number in place of 1. With NaN the result is NaN wherever the output depends on the operand, also where that partial happens to be 0.</summary>
    internal Tensor LocalJacobian(int operand, double seed)
    {
        if (operand < 0 || operand >= operands.Length) throw new ArgumentOutOfRangeException(nameof(operand), string.Create(CultureInfo.InvariantCulture, $"{this}: expected an operand from 0 to {operands.Length - 1}, got {operand}."));
        Tensor x = operands[operand].Value;
        if (!x.DType.IsFloat()) throw new ArgumentException($"{this}: expected an operand of F32 or F64, got {x.DType}{x.Shape}. Integers have no derivative.", nameof(operand));

        int rows = Output.Shape.ElementCount, columns = x.Length;
        double[] jacobian = new double[rows * columns];
        double[] adjoint = new double[rows];
        if (Rule is ElementwiseRule)
        {
            // The matrix is diagonal: one step gives all of it, and an infinite derivative makes no 0·∞ of its neighbours.
            Array.Fill(adjoint, seed);
            double[]? diagonal = Contribution(operand, adjoint);
            for (int i = 0; i < diagonal?.Length; i++) jacobian[(i * columns) + i] = diagonal[i];
        }
        else
        {
            for (int row = 0; row < rows; row++)
            {
                adjoint[row] = seed;
                Contribution(operand, adjoint)?.CopyTo(jacobian, row * columns);
                adjoint[row] = 0;
            }
        }

        return Tensor.From(jacobian, [rows, columns]).Cast(x.DType);
    }

    /// <summary>What an adjoint of the output contributes to one operand's; null for zero.</summary>
    private double[]? Contribution(int operand, double[] adjoint)
    {
        using Tape arena = new(record: false);
        bool[] needed = new bool[operands.Length];
        needed[operand] = true;
        Variable?[] contributions = new Variable?[operands.Length];
        Call call = new(Array.ConvertAll(operands, each => arena.Constant(each.Value)), arena.Constant(Output.Value));
        Rule.Vjp(call, arena.Constant(Tensor.From(adjoint, Output.Shape).Cast(Output.DType)), needed, contributions);
        return contributions[operand]?.Value.ToDoubles();
    }
}
