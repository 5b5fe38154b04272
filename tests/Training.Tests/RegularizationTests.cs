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
