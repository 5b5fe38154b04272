namespace Tapestry.Optimizers.Tests;

/// <summary>The defaults and ranges of every optimizer's options.</summary>
public class DefaultsTests
{
    [Fact]
    public void They_are_those_of_Keras()
    {
        Adagrad adagrad = new();
        Assert.Equal((0.001, 0.1, 1e-7, "Adagrad"), (adagrad.LearningRate, adagrad.InitialAccumulatorValue, adagrad.Epsilon, adagrad.Name));
        Adadelta adadelta = new();
        Assert.Equal((0.001, 0.95, 1e-7, "Adadelta"), (adadelta.LearningRate, adadelta.Rho, adadelta.Epsilon, adadelta.Name));
        RmsProp rmsProp = new();
        Assert.Equal((0.001, 0.9, 0.0, 1e-7, false, "RMSprop"), (rmsProp.LearningRate, rmsProp.Rho, rmsProp.Momentum, rmsProp.Epsilon, rmsProp.Centered, rmsProp.Name));
        AdamW adamW = new();
        Assert.Equal((0.001, 0.9, 0.999, 1e-7, false, "AdamW"), (adamW.LearningRate, adamW.Beta1, adamW.Beta2, adamW.Epsilon, adamW.AmsGrad, adamW.Name));
        Assert.Equal((0.004, false), (adamW.WeightDecay!.Rate, adamW.WeightDecay.Coupled));
        Adamax adamax = new();
        Assert.Equal((0.001, 0.9, 0.999, 1e-7, "Adamax"), (adamax.LearningRate, adamax.Beta1, adamax.Beta2, adamax.Epsilon, adamax.Name));
        Nadam nadam = new();
        Assert.Equal((0.001, 0.9, 0.999, 1e-7, "Nadam"), (nadam.LearningRate, nadam.Beta1, nadam.Beta2, nadam.Epsilon, nadam.Name));
        Lion lion = new();
        Assert.Equal((0.001, 0.9, 0.99, "Lion"), (lion.LearningRate, lion.Beta1, lion.Beta2, lion.Name));
        Adam adam = new();
        Assert.Equal((null, null, 0, 1, null, null), (adam.Clipping, adam.WeightDecay, adam.Groups.Count, adam.AccumulationSteps, adam.EmaMomentum, adam.EmaOverwriteFrequency));
    }

    [Fact]
    public void Options_that_cannot_be_are_refused_by_name()
    {
        (Action Make, string Message)[] refused =
        [
            (() => _ = new Adagrad { InitialAccumulatorValue = -1 }, "Adagrad: expected InitialAccumulatorValue to be a finite number of 0 or more, got -1."),
            (() => _ = new Adagrad { Epsilon = double.NaN }, "Adagrad: expected Epsilon to be a finite number of 0 or more, got NaN."),
            (() => _ = new Adadelta { Rho = 1 }, "Adadelta: expected Rho to be a number from 0 up to, not including, 1, got 1."),
            (() => _ = new Adadelta { Epsilon = -1 }, "Adadelta: expected Epsilon to be a finite number of 0 or more, got -1."),
            (() => _ = new RmsProp { Rho = -0.5 }, "RmsProp: expected Rho to be a number from 0 up to, not including, 1, got -0.5."),
            (() => _ = new RmsProp { Momentum = 1.5 }, "RmsProp: expected Momentum to be a number from 0 to 1, got 1.5."),
            (() => _ = new RmsProp { Epsilon = double.PositiveInfinity }, "RmsProp: expected Epsilon to be a finite number of 0 or more, got Infinity."),
            (() => _ = new AdamW { Beta1 = 1 }, "AdamW: expected Beta1 to be a number from 0 up to, not including, 1, got 1."),
            (() => _ = new Adamax { Beta2 = double.NaN }, "Adamax: expected Beta2 to be a number from 0 up to, not including, 1, got NaN."),
            (() => _ = new Nadam { Epsilon = -1e-7 }, "Nadam: expected Epsilon to be a finite number of 0 or more, got -1E-07."),
            (() => _ = new Lion { Beta1 = 1 }, "Lion: expected Beta1 to be a number from 0 up to, not including, 1, got 1."),
            (() => _ = new Lion { Beta2 = -1 }, "Lion: expected Beta2 to be a number from 0 up to, not including, 1, got -1."),
            (() => _ = new Sgd { AccumulationSteps = 0 }, "Sgd: expected AccumulationSteps to be 1 or more, got 0."),
            (() => _ = new Sgd { EmaMomentum = 1 }, "Sgd: expected EmaMomentum to be a number from 0 up to, not including, 1, got 1."),
            (() => _ = new Sgd { EmaOverwriteFrequency = 0 }, "Sgd: expected EmaOverwriteFrequency to be 1 or more, got 0."),
            (() => Clipping.ByValue(0), "Clipping: expected the limit to be a finite number above 0, got 0."),
            (() => Clipping.ByNorm(-1), "Clipping: expected the limit to be a finite number above 0, got -1."),
            (() => Clipping.ByGlobalNorm(double.NaN), "Clipping: expected the limit to be a finite number above 0, got NaN."),
            (() => _ = new WeightDecay(-0.1), "WeightDecay: expected the rate to be a finite number of 0 or more, got -0.1."),
            (() => _ = new ParameterGroup(_ => true) { RateFactor = -1 }, "ParameterGroup: expected RateFactor to be a finite number of 0 or more, got -1."),
        ];

        foreach ((Action make, string message) in refused) Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(make).Message, StringComparison.Ordinal);
    }
}
