using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>Regularizers and constraints of normalization where they take effect: in the loss and after the optimizer's step (batchnorm.md A15, E4).</summary>
public class RegularizationTests
{
    // 784 ones: 0.01·784 = 7.84, on top of the loss. γ does not change at a rate of 0.
    [Theory]
    [InlineData(true, 7.84)]
    [InlineData(false, 0)]
    public void A_regularizer_of_gamma_is_in_the_training_loss_and_in_evaluation_as_Keras_2_or_as_Keras_1_has_it(bool inEvaluation, double evaluated)
    {
        Trainer plain = Trained(null, inEvaluation), regularized = Trained(new L1L2(l2: 0.01), inEvaluation);
        DataSet data = Data();

        double training = regularized.Fit(data, shuffle: false).Epochs[0].Values[0].Value - plain.Fit(data, shuffle: false).Epochs[0].Values[0].Value;
        double evaluation = regularized.Evaluate(data)[0].Value - plain.Evaluate(data)[0].Value;

        Assert.Equal(7.84, training, 1e-5);
        Assert.Equal(evaluated, evaluation, 1e-5);
    }

    // The kernel is all 1/2 and the bias 0: 784·2 squares of 1/4, times 0.01, are 3.92. What the layer gives is the sum s of an example's features over 2, twice: the mean over the
    // examples of 2·|s|/2, times 0.1, as long as every batch is as large as the other.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Weights_and_outputs_of_any_layer_are_in_the_training_loss_and_in_evaluation_if_that_is_wanted(bool inEvaluation)
    {
        DataSet data = Data();
        double activity = 0.1 * Enumerable.Range(0, 8).Average(row => Math.Abs(data.Features.Rows(row, 1).ToDoubles().Sum()));
        (Trainer plain, Trainer regularized) = (Trained(null, null), Trained(new L2(0.01), new L1(0.1)));

        double training = regularized.Fit(data, batchSize: 4, shuffle: false).Epochs[0].Values[0].Value - plain.Fit(data, batchSize: 4, shuffle: false).Epochs[0].Values[0].Value;
        double evaluation = regularized.Evaluate(data, batchSize: 4)[0].Value - plain.Evaluate(data, batchSize: 4)[0].Value;

        Assert.Equal(3.92 + activity, training, 1e-4);
        Assert.Equal(inEvaluation ? 3.92 + activity : 0, evaluation, 1e-4);

        Trainer Trained(Regularizer? kernel, Regularizer? output) => new(
            new Sequential([784])
            {
                new Dense(2) { KernelInitializer = Initializers.Constant(0.5), KernelRegularizer = kernel, ActivityRegularizer = output },
                new Activation(Activations.Softmax),
            },
            new Sgd(0),
            Losses.SparseCategoricalCrossentropy)
        { PenaltyInEvaluation = inEvaluation };
    }

    // Without any other gradient, 0.1·2·y/N reaches the kernel: one example [1], y = w = 2: dw = 0.4, and a rate of 1 leaves 1.6.
    [Fact]
    public void A_penalty_on_outputs_pulls_the_weights_before_it()
    {
        Dense layer = new(1) { UseBias = false, KernelInitializer = Initializers.Constant(2), ActivityRegularizer = new L2(0.1) };
        Sequential model = new([1], dtype: DType.F64) { layer };

        new Trainer(model, new Sgd(1), (_, y) => Op.Sum(y) * 0).Fit(new DataSet(Tensor.From([1.0], [1, 1]), Tensor.From([0.0], [1, 1])));

        Assert.Equal(1.6, layer.Kernel.Value.ToScalar(), 1e-15);
    }

    // d(0.01·Σγ²)/dγ = 0.02·γ: at a rate of 1 the ones become 0.98, beside nothing else, since the loss does not depend on γ behind a kernel of 0.
    [Fact]
    public void A_regularizer_pulls_its_weights_down()
    {
        Sequential model = Model(new L1L2(l2: 0.01));
        Trainer trainer = new(model, new Sgd(1), Losses.SparseCategoricalCrossentropy);

        trainer.Fit(Data());

        Assert.All(model.Parameters[0].Value.ToDoubles(), value => Assert.Equal(0.98, value, 1e-6));
    }

    // The step takes γ = 0.2 to 0.2 - 1·0.5 = -0.3, and the projection to 0; γ = 0.8 goes to 0.3 and stays.
    [Fact]
    public void NonNeg_puts_a_negative_gamma_back_to_0_after_the_step()
    {
        BatchNormalization layer = Normalization(new NonNeg());
        layer.Gamma!.Value.CopyFrom(Tensor.From([0.2, 0.8]));

        new Sgd(1).Apply(new Gradients([(layer.Gamma, Tensor.From([0.5, 0.5]))]));

        Expect.Near([0, 0.3], layer.Gamma.Value, 1e-15);
    }

    // The step takes γ to [3, 4], of norm 5; a bound of 2 scales it by 2/5.
    [Fact]
    public void MaxNorm_scales_gamma_down_to_its_bound_after_the_step()
    {
        BatchNormalization layer = Normalization(new MaxNorm(2));
        layer.Gamma!.Value.CopyFrom(Tensor.From([4.0, 5]));

        new Sgd(1).Apply(new Gradients([(layer.Gamma, Tensor.From([1.0, 1]))]));

        Expect.Near([1.2, 1.6], layer.Gamma.Value, 1e-6);
    }

    private static BatchNormalization Normalization(Constraint constraint)
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Tf1) { GammaConstraint = constraint };
        layer.BuildFor([2], DType.F64, new Rng(0));
        return layer;
    }

    private static Trainer Trained(Regularizer? regularizer, bool inEvaluation) =>
        new(Model(regularizer), new Sgd(0), Losses.SparseCategoricalCrossentropy) { PenaltyInEvaluation = inEvaluation };

    private static Sequential Model(Regularizer? regularizer) => new([784])
    {
        new BatchNormalization(BatchNormalizationDialect.Keras1) { GammaRegularizer = regularizer },
        new Dense(2) { Activation = Activations.Softmax, KernelInitializer = Initializers.Zeros },
    };

    private static DataSet Data() => new(Catalogue.Sample([8, 784], Domain.Any, new Rng(1)).Cast(DType.F32), Tensor.From([0, 1, 0, 1, 0, 1, 0, 1]), classes: 2);
}
