using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class EinsumTests
{
    public static TheoryData<string, int[], int[]> Equations => new()
    {
        { "ij,jk->ik", [2, 3], [3, 4] },
        { "ij,jk", [2, 3], [3, 4] },
        { "ij,jk->ki", [2, 3], [3, 4] },
        { "ji,jk->ik", [3, 2], [3, 4] },
        { "ij,kj->ik", [2, 3], [4, 3] },
        { "bij,bjk->bik", [2, 3, 4], [2, 4, 2] },
        { "abij,bajk->kabi", [2, 3, 2, 2], [3, 2, 2, 2] },
        { "bij,bkj", [2, 3, 4], [2, 2, 4] },
        { "i,j->ij", [2], [3] },
        { "i,j->ji", [2], [3] },
        { "i,i->", [3], [3] },
        { "i,i", [3], [3] },
        { "i,i->i", [3], [3] },
        { "ij,ij->", [2, 3], [2, 3] },
        { "ij,ji->", [2, 3], [3, 2] },
        { "ij,k->i", [2, 3], [4] },
        { "ij,k->", [2, 3], [4] },
        { ",ij->ji", [], [2, 3] },
        { "ij,", [2, 3], [] },
        { ",->", [], [] },
        { "ii,ij->j", [3, 3], [3, 2] },
        { "ii,j->ij", [3, 3], [2] },
        { "ii,jj->", [3, 3], [2, 2] },
        { "iii,i->i", [2, 2, 2], [2] },
        { "iji,jk->ik", [2, 3, 2], [3, 2] },
        { "iijj,j->i", [2, 2, 3, 3], [3] },
        { "ij,jk->ik", [2, 1], [3, 4] },
        { "ij,jk->ijk", [2, 3], [1, 4] },
        { "bij,bjk->bik", [1, 2, 3], [4, 3, 2] },
        { "ij,jk->ik", [1, 1], [1, 1] },
        { "ij,jk->ik", [2, 0], [0, 3] },
        { "ij,jk->ik", [0, 2], [2, 3] },
        { "ii,j->j", [0, 0], [2] },
        { "Ba,aC", [2, 3], [3, 4] },
        { " i j , j k -> i k ", [2, 3], [3, 4] },
    };

    [Theory]
    [MemberData(nameof(Equations))]
    public void Every_equation_agrees_with_loops_over_its_letters_and_passes_the_gradient_check(string equation, int[] left, int[] right)
    {
        // Whole numbers, so that sums are exact in any order.
        Tensor a = Whole(Shape.Of(left), 1), b = Whole(Shape.Of(right), 2);

        Variable y = Op.Einsum(equation, a, b);

        (Shape shape, double[] expected) = Loops(equation, a, b);
        Assert.Equal(shape, y.Shape);
        Assert.Equal(expected, y.Value.ToDoubles());
        if (a.Length * b.Length * y.Shape.ElementCount > 0) GradientCheck.Run(x => Op.Einsum(equation, x[0], x[1]), a, b).ThrowIfFailed();
    }

    // Both operands stand as the product reads them, one of them as its transpose: nothing is copied into another order.
    [Fact]
    public void A_product_that_needs_no_permutation_has_none()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Zeros([5, 2, 3])), b = tape.Watch(Tensor.Zeros([5, 4, 3]));

        Op.Einsum("bij,bkj->bik", a, b);

        Assert.Equal([nameof(Op.MatMul)], tape.Entries.Select(entry => entry.Rule.Name));
    }

    [Theory]
    [InlineData("ij", "no comma")]
    [InlineData("ij,jk,kl", "three operands")]
    [InlineData("ij,jk->i->k", "two arrows")]
    [InlineData("i...,jk", "an ellipsis")]
    [InlineData("ij,j1", "a digit")]
    [InlineData("i,jk", "too few letters")]
    [InlineData("ij,jkl", "too many letters")]
    [InlineData("ii,jk", "a diagonal that is not square")]
    [InlineData("ij,ik", "two sizes for one letter")]
    [InlineData("ij,jk->il", "an output letter from nowhere")]
    [InlineData("ij,jk->ii", "an output letter twice")]
    [InlineData("ij,jk->i,k", "a comma in the output")]
    public void What_cannot_be_read_is_refused(string equation, string why) =>
        Assert.True(Record.Exception(() => Op.Einsum(equation, Tensor.Zeros([2, 3]), Tensor.Zeros([3, 4]))) is ArgumentException, why);

    [Fact]
    public void Two_types_are_refused() => Assert.Throws<ArgumentException>(() => Op.Einsum("i,i", Tensor.Zeros([2]), Tensor.Zeros([2], DType.F64)));

    private static Tensor Whole(Shape shape, int seed)
    {
        Rng rng = new((ulong)seed);
        return Tensor.From([.. Enumerable.Range(0, shape.ElementCount).Select(_ => (double)rng.Next(-4, 5))], shape);
    }

    /// <summary>For every value of every letter the product of the elements that the letters name, added to the element of the output.</summary>
    private static (Shape Shape, double[] Values) Loops(string equation, Tensor a, Tensor b)
    {
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] inputs = sides[0].Split(',');
        string all = inputs[0] + inputs[1];
        string output = sides.Length == 2 ? sides[1] : string.Concat(all.Where(letter => all.Count(other => other == letter) == 1).Order());
        char[] letters = [.. all.Distinct()];
        Dictionary<char, int> sizes = letters.ToDictionary(letter => letter, letter =>
        {
            int[] found = [.. inputs[0].Zip(a.Shape).Concat(inputs[1].Zip(b.Shape)).Where(pair => pair.First == letter).Select(pair => pair.Second)];
            return found.Contains(0) ? 0 : found.Max();
        });

        Shape shape = Shape.Of([.. output.Select(letter => sizes[letter])]);
        double[] values = new double[shape.ElementCount];
        IEnumerable<Dictionary<char, int>> choices = [[]];
        foreach (char letter in letters) choices = choices.SelectMany(choice => Enumerable.Range(0, sizes[letter]).Select(i => new Dictionary<char, int>(choice) { [letter] = i }));
        foreach (Dictionary<char, int> choice in choices)
        {
            int place = output.Aggregate(0, (sum, letter) => (sum * sizes[letter]) + choice[letter]);
            values[place] += Element(a, inputs[0], choice) * Element(b, inputs[1], choice);
        }

        return (shape, values);
    }

    private static double Element(Tensor x, string letters, Dictionary<char, int> choice) => x[[.. letters.Select((letter, axis) => x.Shape[axis] == 1 ? 0 : choice[letter])]];
}
