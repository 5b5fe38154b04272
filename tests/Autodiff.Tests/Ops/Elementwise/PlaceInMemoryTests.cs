using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>The same numbers give the same bits, wherever they lie in memory.</summary>
public class PlaceInMemoryTests
{
    private const int Rows = 9, Columns = 101;

    private static readonly string[] Names = ["Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Sin", "Cos", "Tan", "Tanh", "Sigmoid", "Erf", "Softplus"];

    public static TheoryData<string> Functions => new(Names);

    // Rows of an odd number of elements begin at every remainder of a register's width. Among ordinary numbers there are a few of which the library computes a whole register in
    // another way: beyond the exponents that there are, and angles too large or too small to be reduced like others.
    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_gives_the_same_bits_wherever_its_operand_begins(string name)
    {
        double[] row = [.. Enumerable.Range(0, Columns).Select(i => i % 23 == 22 ? 1e9 : i % 19 == 18 ? 1000 : 0.013 + (i % 11 * (i < 50 ? 0.07 : 0.37)))];
        Tensor wide = Tensor.From([.. Enumerable.Repeat(row, Rows).SelectMany(values => values)], [Rows, Columns]);
        Func<IReadOnlyList<Variable>, Variable> function = Catalogue.Operations.Single(operation => operation.Name == name).Cases[0].Function;

        foreach (Tensor all in (Tensor[])[wide, wide.Cast(DType.F32)])
        {
            for (int i = 1; i < Rows; i++) Expect.SameBits(function([all.Rows(0, 1)]).Value, function([all.Rows(i, 1)]).Value);
        }
    }
}
