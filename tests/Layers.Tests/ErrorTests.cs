using System.Globalization;
using System.Text;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>The text of every error that users of layers can meet in code, in one snapshot. Those of JSON are in <see cref="LayerJsonTests"/>.</summary>
public class ErrorTests
{
    private static readonly (string Cause, Action Act)[] Errors =
    [
        ("a layer that was not built", () => new Dense(3).Forward(Tensor.Zeros([1, 2]), Mode.Train)),
        ("the kernel of a layer that was not built", () => _ = new Dense(3).Kernel),
        ("the moving mean of a layer that was not built", () => _ = new BatchNormalization().MovingMean),
        ("the moving variance of a layer that was not built", () => _ = new BatchNormalization { Axis = 1 }.MovingVariance),
        ("a layer built twice", () => Built(new Dense(3), [2]).BuildFor([2], DType.F32, new Rng(0))),
        ("a layer built for integers", () => new Dense(3).BuildFor([2], DType.I32, new Rng(0))),
        ("another number of features", () => Built(new Dense(3) { Activation = Activations.Elu }, [2]).Forward(Tensor.Zeros([4, 5]), Mode.Train)),
        ("another rank", () => Built(new Flatten(), [2, 3]).Forward(Tensor.Zeros([4, 6]), Mode.Train)),
        ("a scalar", () => Built(new Flatten(), [2, 3]).Forward(Tensor.Scalar(1), Mode.Train)),
        ("another type", () => Built(new Dropout(0.5), [2]).Forward(Tensor.Zeros([4, 2], DType.F64), Mode.Train)),
        ("bytes", () => Built(new Flatten(), [2]).Forward(Tensor.Zeros([4, 2], DType.U8), Mode.Train)),
        ("channels first for a layer of channels last", () => Built(new BatchNormalization(), [28, 28, 3]).Forward(Tensor.Zeros([32, 3, 28, 28]), Mode.Train)),
        ("channels last for a layer of channels first", () => Built(new BatchNormalization { Axis = 1 }, [3, 28, 28]).Forward(Tensor.Zeros([32, 28, 28, 3]), Mode.Train)),
        ("an axis outside the input", () => Built(new BatchNormalization { Axis = 3 }, [28, 28])),
        ("an axis named twice", () => Built(new BatchNormalization { Axis = [1, -2] }, [28, 28])),
        ("the batch's axis", () => Built(new BatchNormalization { Axis = [0, 1] }, [28, 28])),
        ("no axis", () => _ = new BatchNormalization { Axis = [] }),
        ("a momentum of 1.5", () => _ = new BatchNormalization { Momentum = 1.5 }),
        ("an epsilon of -0.001", () => _ = new BatchNormalization { Epsilon = -0.001 }),
        ("no units", () => _ = new Dense(0)),
        ("a dense layer of numbers", () => Built(new Dense(3) { UseBias = false }, [])),
        ("a rate of 1", () => _ = new Dropout(1)),
        ("a negative threshold", () => _ = Activations.ThresholdedRelu(-0.5)),
        ("an infinite slope", () => _ = Activations.LeakyReluWith(double.PositiveInfinity)),
        ("a layer added twice", AddedTwice),
        ("a name taken", () => _ = new Sequential([2]) { new Flatten { Name = "same" }, new Flatten { Name = "same" } }),
        ("a nested model of another shape", () => _ = new Sequential([2]) { new Sequential([3]) { new Flatten() } }),
        ("a nested model of another type", () => _ = new Sequential([2], dtype: DType.F64) { new Sequential([2]) { new Flatten() } }),
        ("a model's input of another shape", () => new Sequential([2]) { new Flatten() }.Forward(Tensor.Zeros([4, 5]), Mode.Train)),
        ("a summary without shapes", () => new Sequential { new Flatten() }.Summary()),
    ];

    [Fact]
    public Task Texts_say_what_was_expected_and_what_came() => Verifier.Verify(Collect());

    [Fact]
    public void Texts_are_the_same_under_every_culture()
    {
        string before = Collect();
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(before, Collect());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static string Collect()
    {
        StringBuilder text = new();
        foreach ((string cause, Action act) in Errors)
        {
            Exception? error = Record.Exception(act);
            Assert.True(error is not null, $"no error: {cause}");
            text.Append(cause).Append("\n    ").Append(error.GetType().Name).Append(": ").Append(error.Message).Append('\n');
        }

        return text.ToString();
    }

    private static Layer Built(Layer layer, Shape shape)
    {
        layer.BuildFor(shape, DType.F32, new Rng(0));
        return layer;
    }

    private static void AddedTwice()
    {
        Dense layer = new(2);
        _ = new Sequential([2]) { layer, layer };
    }
}
