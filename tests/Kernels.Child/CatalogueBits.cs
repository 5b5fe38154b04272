using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>
/// Every operation of the catalogue with its adjoints, for their bits alone: how near they come, their own tests check. A line for each, so that what differs is named.
/// </summary>
internal static class CatalogueBits
{
    /// <summary>What the catalogue's small shapes are multiplied by: their own size, and one with several registers and a rest.</summary>
    private static readonly int[] Factors = [1, 7];

    public static void Run(CatalogueRow row, Check check)
    {
        foreach (CatalogueCase sampled in row.Cases)
        {
            foreach (int factor in Factors)
            {
                foreach (DType dtype in Draw.Floats)
                {
                    Tensor[] inputs = Inputs(row, sampled, factor, dtype);
                    if (Accepts(sampled, inputs)) check.Compute($"{sampled.Label} of {dtype}, {factor} times the catalogue's size", () => Compute(sampled, inputs));
                }
            }
        }
    }

    private static Tensor[] Inputs(CatalogueRow row, CatalogueCase sampled, int factor, DType dtype)
    {
        Rng rng = new(21);
        return [.. sampled.Shapes.Select(shape => Catalogue.Sample(Shape.Of([.. shape.AsSpan().ToArray().Select(size => size == 1 ? 1 : size * factor)]), row.Domain, rng).Cast(dtype))];
    }

    /// <summary>Some cases name sizes or indices of their own, which larger operands do not fit.</summary>
    private static bool Accepts(CatalogueCase sampled, Tensor[] inputs)
    {
        try
        {
            Compute(sampled, inputs);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The result, and the operands' adjoints for one of the result that is not the same everywhere.</summary>
    private static Tensor[] Compute(CatalogueCase sampled, Tensor[] inputs)
    {
        using Tape tape = new();
        Variable[] operands = [.. inputs.Select(tape.Watch)];
        Variable y = sampled.Function(operands);
        Tensor given = new Rng(22).Uniform(y.Shape, y.DType);
        return [y.Detach(), .. operands.Select(operand => tape.Gradient(y, operand, tape.Constant(given)).Detach())];
    }
}
