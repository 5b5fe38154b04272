using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class ActivationTests
{
    // e⁻¹ - 1 and e⁻² - 1; above 0 the identity.
    [Fact]
    public void Elu_levels_off_below_0()
    {
        Variable y = Built(Activations.Elu, 4).Forward(Tensor.From([-1.0, -2, 0, 3], [1, 4]), Mode.Train);

        Expect.Near([-0.632120559, -0.864664717, 0, 3], y.Value);
    }

    // Below 0 the derivative is eˣ; at exactly 0 it is 1 from both sides.
    [Fact]
    public void The_derivative_of_elu_is_continuous_at_0()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([-1.0, 0, 2], [1, 3]));

        Tensor gradient = tape.Gradient(Op.Sum(Built(Activations.Elu, 3).Forward(x, Mode.Train)), x).Value;

        Expect.Near([0.367879441, 1, 1], gradient);
    }

    // α(e⁻¹ - 1) = -0.316060279 with α = 0.5, and its derivative there is α·e⁻¹ = 0.183939721.
    [Fact]
    public void Elus_alpha_scales_the_negative_side_alone()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([-1.0, 2], [1, 2]));
        Variable y = Built(Activations.EluWith(0.5), 2).Forward(x, Mode.Train);

        Expect.Near([-0.316060279, 2], y.Value);
        Expect.Near([0.183939721, 1], tape.Gradient(Op.Sum(y), x).Value);
    }

    [Fact]
    public void An_alpha_of_1_is_the_plain_elu() => Assert.Same(Activations.Elu, Activations.EluWith(1));

    // 1/(1 + e⁻¹) = 0.731058579, tanh 1 = 0.761594156. The others' digits are derived in the tests of their operations.
    [Theory]
    [InlineData("linear", -1, 1)]
    [InlineData("relu", 0, 1)]
    [InlineData("sigmoid", 0.268941421, 0.731058579)]
    [InlineData("tanh", -0.761594156, 0.761594156)]
    [InlineData("elu", -0.632120559, 1)]
    [InlineData("softmax", 0.119202922, 0.880797078)]
    [InlineData("log_softmax", -2.126928011, -0.126928011)]
    [InlineData("leaky_relu", -0.3, 1)]
    [InlineData("selu", -1.111330738, 1.050700987)]
    [InlineData("gelu", -0.158655254, 0.841344746)]
    [InlineData("silu", -0.268941421, 0.731058579)]
    [InlineData("mish", -0.303401461, 0.865098388)]
    [InlineData("hard_sigmoid", 0.3, 0.7)]
    [InlineData("softsign", -0.5, 0.5)]
    [InlineData("softplus", 0.313261688, 1.313261688)]
    [InlineData("exponential", 0.367879441, 2.718281828)]
    [InlineData("thresholded_relu", 0, 0)]
    public void Functions_are_known_by_name(string name, double atMinusOne, double atOne)
    {
        ActivationFunction function = Assert.Single(Activations.All, function => function.Name == name);

        Expect.Near([atMinusOne, atOne], Built(function, 2).Forward(Tensor.From([-1.0, 1], [1, 2]), Mode.Inference).Value);
    }

    [Fact]
    public void All_functions_were_tried() => Assert.Equal(17, Activations.All.Count);

    // e, e², e³ over their sum 30.19287485.
    [Fact]
    public void Softmax_gives_probabilities_and_keeps_its_logits()
    {
        Tensor x = Tensor.From([1.0, 2, 3], [1, 3]);

        Variable y = Built(Activations.Softmax, 3).Forward(x, Mode.Inference);

        Expect.Near([0.090030573, 0.244728471, 0.665240956], y.Value);
        Assert.Same(x, y.Logits!.Value);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Softmax_of_a_thousand_does_not_overflow(DType dtype)
    {
        Variable y = Built(Activations.Softmax, 3, dtype).Forward(Tensor.From([1000.0, 1000, -1000], [1, 3]).Cast(dtype), Mode.Inference);

        Assert.Equal([0.5, 0.5, 0], y.Value.ToDoubles());
    }

    public static TheoryData<string, ActivationFunction, double, double> WithArguments => new()
    {
        { "leaky_relu(negative_slope: 0.01)", Activations.LeakyReluWith(0.01), -0.01, 1 },
        { "gelu(approximate: true)", Activations.ApproximateGelu, -0.158808009, 0.841191991 },
        { "hard_sigmoid(slope: 0.25)", Activations.HardSigmoidWith(0.25), 0.25, 0.75 },
        { "thresholded_relu(theta: 0.5)", Activations.ThresholdedRelu(0.5), 0, 1 },
    };

    [Theory]
    [MemberData(nameof(WithArguments))]
    public void An_argument_changes_the_function_and_its_text(string text, ActivationFunction function, double atMinusOne, double atOne)
    {
        Expect.Near([atMinusOne, atOne], function.Apply(Tensor.From([-1.0, 1])).Value);
        Assert.Equal(text, function.ToString());
    }

    [Fact]
    public void The_function_is_part_of_the_layers_text()
    {
        Assert.Equal("Activation(elu)", new Activation(Activations.Elu).ToString());
        Assert.Equal("Activation(elu(alpha: 0.5))", new Activation(Activations.EluWith(0.5)).ToString());
    }

    [Fact]
    public void A_layer_without_a_function_is_refused() => Assert.Throws<ArgumentNullException>(() => new Activation(null!));

    private static Activation Built(ActivationFunction function, int features, DType dtype = DType.F64)
    {
        Activation layer = new(function);
        layer.BuildFor([features], dtype, new Rng(0));
        return layer;
    }
}
