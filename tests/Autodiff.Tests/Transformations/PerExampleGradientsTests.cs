using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Transformations;

public class PerExampleGradientsTests
{
    private static readonly Tensor Features = Tensor.From(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } });
    private static readonly Tensor Targets = Tensor.From(new double[,] { { 1 }, { 0 }, { 2 } });
    private static readonly Tensor Weight = Tensor.From(new double[,] { { 0.5 }, { -0.25 } });

    // l = (x·w - t)² with w = (1/2, -1/4): the residuals are 0 - 1 = -1, 0.5 - 0 = 0.5 and 1 - 2 = -1; dl/dw = 2·r·x: -2(1, 2), 1(3, 4), -2(5, 6).
    [Fact]
    public void Each_example_has_a_gradient_of_its_own()
    {
        Tensor[] gradients = Derivatives.PerExampleGradients(Loss, [Weight], [Features, Targets]);

        Assert.Equal([3, 2, 1], Assert.Single(gradients).Shape);
        Assert.Equal([-2.0, -4, 3, 4, -10, -12], gradients[0].ToDoubles());
    }

    [Fact]
    public void A_models_parameters_have_theirs_without_being_named_in_the_loss()
    {
        Parameter kernel = new("dense/kernel", Weight), bias = new("dense/bias", Tensor.From([0.0]));

        Tensor[] gradients = Derivatives.PerExampleGradients(
            example => Op.Sum(Op.Square(Op.MatMul(example[0], example[0].Tape!.Watch(kernel)) + example[0].Tape!.Watch(bias) - example[1])),
            [kernel, bias],
            [Features, Targets]);

        Assert.Equal([-2.0, -4, 3, 4, -10, -12], gradients[0].ToDoubles());
        Assert.Equal([3, 1], gradients[1].Shape);
        Assert.Equal([-2.0, 1, -2], gradients[1].ToDoubles());
    }

    // Where examples do not meet, three things agree: each alone, the rows of the Jacobian of all losses, and (their sum) the batch's gradient.
    [Fact]
    public void Where_examples_do_not_meet_they_are_the_rows_of_the_Jacobian_of_the_losses()
    {
        Tensor alone = Derivatives.PerExampleGradients(Loss, [Weight], [Features, Targets])[0];
        Tensor rows = Derivatives.Jacobian(w => Losses(w, Features), Weight);
        (_, Tensor batch) = Derivatives.ValueAndGradient(w => Op.Sum(Losses(w, Features)), Weight);

        Assert.Equal(rows.ToDoubles(), alone.Reshape(3, 1, 2, 1).ToDoubles());
        Assert.Equal(batch.ToDoubles(), Op.Sum(alone, 0).Value.ToDoubles());
    }

    // Batch normalization in training mode takes an example that is alone for its own mean: x̂ = 0, so the loss no longer depends on w. In the batch it does.
    [Fact]
    public void Where_examples_meet_each_is_alone_and_the_Jacobian_of_the_losses_sees_the_batch()
    {
        static Variable Normalize(Variable x) => Op.Normalize(x, Tensor.Ones([1, 2], DType.F64), Tensor.Zeros([1, 2], DType.F64), 0, 1e-3);

        Tensor alone = Derivatives.PerExampleGradients(
            (weights, example) => Op.Sum(Op.Square(Op.MatMul(Normalize(example[0]), weights[0]) - example[1])), [Weight], [Features, Targets])[0];
        Tensor rows = Derivatives.Jacobian(w => Losses(w, Normalize(Features)), Weight);
        (_, Tensor batch) = Derivatives.ValueAndGradient(w => Op.Sum(Losses(w, Normalize(Features))), Weight);

        Assert.Equal(new double[6], alone.ToDoubles());
        Expect.Close(batch, Op.Sum(Op.Reshape(rows, [3, 2, 1]), 0).Value, 1e-14, "the sum of the rows");
        Assert.All(batch.ToDoubles(), element => Assert.NotEqual(0, element));
    }

    [Fact]
    public void A_batch_without_examples_has_no_gradients()
    {
        Tensor gradients = Derivatives.PerExampleGradients(Loss, [Weight], [Tensor.Zeros([0, 2], DType.F64), Tensor.Zeros([0, 1], DType.F64)])[0];

        Assert.Equal([0, 2, 1], gradients.Shape);
    }

    private static Variable Loss(IReadOnlyList<Variable> weights, IReadOnlyList<Variable> example) => Op.Sum(Op.Square(Op.MatMul(example[0], weights[0]) - example[1]));

    private static Variable Losses(Variable w, Variable x) => Op.Square(Op.MatMul(x, w) - Targets);
}
