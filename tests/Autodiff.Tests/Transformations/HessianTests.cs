using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Transformations;

/// <summary>Second derivatives, whole and times a vector.</summary>
public class HessianTests
{
    // Rosenbrock's f = (1 - x)² + 100(y - x²)². fxx = 2 - 400(y - 3x²), fxy = -400x, fyy = 200: at (-1.2, 1) 2 - 400(1 - 4.32) = 1330, 480, 200.
    [Fact]
    public void The_Hessian_of_Rosenbrocks_function()
    {
        Tensor hessian = Derivatives.Hessian(Rosenbrock, Tensor.From([-1.2, 1]));

        Assert.Equal([2, 2], hessian.Shape);
        Expect.Near([1330, 480, 480, 200], hessian, 1e-12);
    }

    // Times (1, 2): 1330 + 960 and 480 + 400.
    [Fact]
    public void The_product_with_a_vector_needs_no_Hessian()
    {
        Tensor product = Derivatives.HessianVectorProduct(Rosenbrock, Tensor.From([-1.2, 1]), Tensor.From([1.0, 2]));

        Assert.Equal([2], product.Shape);
        Expect.Near([2290, 880], product, 1e-12);
    }

    // The same function of two variables: blocks, and a product's parts.
    [Fact]
    public void Several_variables_have_a_block_for_each_pair()
    {
        static Variable F(IReadOnlyList<Variable> x) => Op.Square(1 - x[0]) + (100 * Op.Square(x[1] - Op.Square(x[0])));
        Tensor[] point = [Tensor.Scalar(-1.2, DType.F64), Tensor.From([1.0], [1, 1])];

        Tensor[][] blocks = Derivatives.Hessian(x => Op.Sum(F(x)), point);
        Tensor[] product = Derivatives.HessianVectorProduct(x => Op.Sum(F(x)), point, [Tensor.Scalar(1, DType.F64), Tensor.From([2.0], [1, 1])]);

        double[] expected = [1330, 480, 480, 200];
        Shape[] shapes = [[], [1, 1], [1, 1], [1, 1, 1, 1]];
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(shapes[i], blocks[i / 2][i % 2].Shape);
            Expect.Near([expected[i]], blocks[i / 2][i % 2], 1e-12);
        }

        Expect.Near([2290], product[0], 1e-12);
        Expect.Near([880], product[1], 1e-12);
        Assert.Equal([1, 1], product[1].Shape);
    }

    // G7 of batchnorm.md: the first output of batch normalization of [1, 2, 3, 4] with ε = 1e-3, composed and fused. Symmetric, and its rows add up to 0.
    [Fact]
    public void The_Hessian_of_batch_normalization_matches_G7()
    {
        double[] expected =
        [
            .241495052, -.187508134, -.080498351, .026511433,
            -.187508134, .116168279, -.026832784, .098172639,
            -.080498351, -.026832784, .205503774, -.098172639,
            .026511433, .098172639, -.098172639, -.026511433,
        ];
        Tensor batch = Tensor.From([1.0, 2, 3, 4], [4, 1]), first = Tensor.From([1.0, 0, 0, 0], [4, 1]);
        foreach (Func<Variable, Variable> normalize in new Func<Variable, Variable>[] { Composed, Fused })
        {
            Variable F(Variable x) => Op.Sum(normalize(x) * first);

            Tensor hessian = Derivatives.Hessian(F, batch);

            Assert.Equal([4, 1, 4, 1], hessian.Shape);
            Expect.Near(expected, hessian);
            for (int row = 0; row < 4; row++)
            {
                Assert.Equal(0, hessian.Reshape(4, 4).Rows(row, 1).ToDoubles().Sum(), 1e-14);
                Tensor vector = Tensor.Zeros([4, 1], DType.F64);
                vector.AsSpan<double>()[row] = 1;
                Expect.Near(expected.AsSpan(4 * row, 4), Derivatives.HessianVectorProduct(F, batch, vector));
            }
        }
    }

    [Fact]
    public void The_Hessian_of_random_programs_is_symmetric_and_its_products_are_its_own()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Rng rng = new((ulong)seed);
            Tensor[] inputs = [Catalogue.Sample([2, 3], Domain.Any, rng), Catalogue.Sample([3], Domain.Any, rng), Catalogue.Sample([], Domain.Any, rng)];
            Tensor[] vectors = [.. inputs.Select(input => Catalogue.Sample(input.Shape, Domain.Any, rng))];
            Variable Program(IReadOnlyList<Variable> xs) => RandomProgramTests.Run(xs, new Rng((ulong)seed).Split(1));

            Tensor[][] blocks = Derivatives.Hessian(Program, inputs);
            Tensor[] products = Derivatives.HessianVectorProduct(Program, inputs, vectors);

            double scale = blocks.SelectMany(row => row).Max(block => block.ToDoubles().Max(Math.Abs)) + 1e-12;
            for (int i = 0; i < inputs.Length; i++)
            {
                double[] expected = new double[inputs[i].Length];
                for (int j = 0; j < inputs.Length; j++)
                {
                    (double[] block, double[] transposed, double[] v) = (blocks[i][j].ToDoubles(), blocks[j][i].ToDoubles(), vectors[j].ToDoubles());
                    for (int r = 0; r < expected.Length; r++)
                    {
                        for (int c = 0; c < v.Length; c++)
                        {
                            Assert.Equal(block[(r * v.Length) + c] / scale, transposed[(c * expected.Length) + r] / scale, 1e-11);
                            expected[r] += block[(r * v.Length) + c] * v[c];
                        }
                    }
                }

                for (int r = 0; r < expected.Length; r++) Assert.Equal(expected[r] / scale, products[i].ToDoubles()[r] / scale, 1e-11);
            }
        }
    }

    // A linear function's second derivatives are zeros, though its gradient does not depend on x at all.
    [Fact]
    public void A_linear_function_has_a_Hessian_of_zeros()
    {
        Assert.Equal(new double[4], Derivatives.Hessian(x => Op.Mean(x), Tensor.From([1.0, 2])).ToDoubles());
    }

    private static Variable Rosenbrock(Variable v)
    {
        Variable x = Op.Sum(v * Tensor.From([1.0, 0])), y = Op.Sum(v * Tensor.From([0.0, 1]));
        return Op.Square(1 - x) + (100 * Op.Square(y - Op.Square(x)));
    }

    private static Variable Composed(Variable x)
    {
        Variable centred = x - Op.Mean(x, 0, keepDimensions: true);
        return centred / Op.Sqrt(Op.Mean(Op.Square(centred), 0, keepDimensions: true) + 1e-3);
    }

    private static Variable Fused(Variable x) => Op.Normalize(x, Tensor.Ones([1, 1], DType.F64), Tensor.Zeros([1, 1], DType.F64), 0, 1e-3);
}
