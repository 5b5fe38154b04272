using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ComparisonTests
{
    // 1 against 2, 2 against 2, 3 against 2, and NaN, which differs from everything and compares with nothing.
    public static TheoryData<string, double[]> Comparisons => new()
    {
        { nameof(Op.Greater), [0, 0, 1, 0] },
        { nameof(Op.GreaterOrEqual), [0, 1, 1, 0] },
        { nameof(Op.Less), [1, 0, 0, 0] },
        { nameof(Op.LessOrEqual), [1, 1, 0, 0] },
        { nameof(Op.Equal), [0, 1, 0, 0] },
        { nameof(Op.NotEqual), [1, 0, 1, 1] },
    };

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void Each_is_a_mask_without_derivative(string name, double[] expected)
    {
        CatalogueRow row = Catalogue.Operations.Single(row => row.Name == name);
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1, 2, 3, double.NaN]));

        Variable mask = row.Cases[0].Function([x, Tensor.Scalar(2, DType.F64)]);

        Assert.Equal(expected, mask.Value.ToDoubles());
        // The mask's own derivative counts as 0, which leaves that of x.
        Assert.Equal([1.0, 1, 1, 1], tape.Gradient(mask + x, x, Tensor.Ones([4], DType.F64)).Value.ToDoubles());
        Assert.Equal([0.0, 0, 0, 0], tape.Jvp(mask, [x], [Tensor.Ones([4], DType.F64)]).Value.ToDoubles());
    }
}
