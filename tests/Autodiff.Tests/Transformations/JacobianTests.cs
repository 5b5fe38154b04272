using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Transformations;

public class JacobianTests
{
    private static readonly JacobianMode[] Modes = [JacobianMode.Auto, JacobianMode.Reverse, JacobianMode.Forward];

    // y = Wx with W = [[1, 2], [3, 4], [5, 6]] and x = [10; 100]: dy/dx = W. dy_i/dW_jk = x_k where i = j, else 0.
    [Fact]
    public void The_Jacobians_of_a_matrix_product_have_the_shapes_of_value_and_variable()
    {
        Tensor w = Tensor.From(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }), x = Tensor.From([10.0, 100], [2, 1]);
        foreach (JacobianMode mode in Modes)
        {
            Tensor[] jacobians = Derivatives.Jacobian(at => Op.MatMul(at[0], at[1]), [w, x], mode);

            Assert.Equal([3, 1, 3, 2], jacobians[0].Shape);
            Assert.Equal([10.0, 100, 0, 0, 0, 0, 0, 0, 10, 100, 0, 0, 0, 0, 0, 0, 10, 100], jacobians[0].ToDoubles());
            Assert.Equal([3, 1, 2, 1], jacobians[1].Shape);
            Assert.Equal(w.ToDoubles(), jacobians[1].ToDoubles());
        }
    }

    [Fact]
    public void A_scalars_Jacobian_is_its_gradient_and_a_constants_is_zero()
    {
        foreach (JacobianMode mode in Modes)
        {
            Tensor gradient = Derivatives.Jacobian(x => Op.Sum(Op.Square(x)), Tensor.From([1f, 2]), mode);
            Assert.Equal([2], gradient.Shape);
            Assert.Equal([2f, 4], gradient.ToArray<float>());

            Assert.Equal([0.0, 0, 0, 0], Derivatives.Jacobian(Op.StopGradient, Tensor.From([1.0, 2]), mode).ToDoubles());
        }
    }

    // 2 inputs and 3 outputs: 2 forward passes beat 3 reverse ones. 3 inputs and 2 outputs: 2 reverse passes beat 3 forward ones. As many: reverse.
    [Theory]
    [InlineData(2, 3, 0, 2)]
    [InlineData(3, 2, 2, 0)]
    [InlineData(3, 3, 3, 0)]
    public void The_mode_with_fewer_passes_is_chosen(int inputs, int outputs, int reverse, int forward)
    {
        Counting rule = new();
        Tensor matrix = Tensor.Ones([inputs, outputs]);

        Derivatives.Jacobian(x => Op.MatMul(Op.Apply(rule, x), matrix), Tensor.Ones([1, inputs]));

        Assert.Equal((reverse, forward), (rule.Vjps, rule.Jvps));
    }

    // The passes of forward mode are counted over all variables: 2 + 2 columns against 3 rows.
    [Fact]
    public void The_cost_is_counted_over_all_variables()
    {
        Counting rule = new();

        Derivatives.Jacobian(x => Op.MatMul(Op.Apply(rule, x[0]) + x[1], Tensor.Ones([2, 3])), [Tensor.Ones([1, 2]), Tensor.Ones([1, 2])]);

        Assert.Equal((3, 0), (rule.Vjps, rule.Jvps));
    }

    [Fact]
    public void Forward_equals_reverse_on_random_programs()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Rng rng = new((ulong)seed);
            Tensor[] inputs = [Catalogue.Sample([2, 3], Domain.Any, rng), Catalogue.Sample([3], Domain.Any, rng), Catalogue.Sample([], Domain.Any, rng)];
            Variable Program(IReadOnlyList<Variable> xs) => Op.Tanh(xs[0] + (xs[1] * RandomProgramTests.Run(xs, new Rng((ulong)seed).Split(1))));

            Tensor[] forward = Derivatives.Jacobian(Program, inputs, JacobianMode.Forward), reverse = Derivatives.Jacobian(Program, inputs, JacobianMode.Reverse);

            for (int i = 0; i < inputs.Length; i++) Expect.Close(reverse[i], forward[i], 1e-12, $"seed {seed}, input {i}");
        }
    }

    // Batch normalization in training mode: row i of x̂'s Jacobian is G6 of batchnorm.md for i = 0, and every row adds up to 0, since moving all examples alike moves nothing.
    [Fact]
    public void Examples_depend_on_each_other_in_batch_normalization()
    {
        Tensor jacobian = Derivatives.Jacobian(
            x => Op.Normalize(x, Tensor.Ones([1, 1], DType.F64), Tensor.Zeros([1, 1], DType.F64), 0, 1e-3), Tensor.From([1.0, 2, 3, 4], [4, 1])).Reshape(4, 4);

        Expect.Near([.268542498, -.357520651, -.089514166, .178492319], jacobian.Rows(0, 1));
        for (int row = 0; row < 4; row++) Assert.Equal(0, jacobian.Rows(row, 1).ToDoubles().Sum(), 1e-15);
    }

    /// <summary>y = x, which counts how often each of its derivatives is asked for.</summary>
    private sealed class Counting : UnaryRule
    {
        public int Vjps { get; private set; }

        public int Jvps { get; private set; }

        public override string Name => nameof(Counting);

        public override string Formula => "";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor x) => x;

        public override Variable Vjp(Variable x, Variable y, Variable gy)
        {
            Vjps++;
            return gy;
        }

        public override Variable Jvp(Variable x, Variable y, Variable tx)
        {
            Jvps++;
            return tx;
        }
    }
}
