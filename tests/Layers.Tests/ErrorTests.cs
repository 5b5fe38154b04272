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
        ("a layer within two models of a stack", WithinTwo),
        ("a model's input of another shape", () => new Sequential([2]) { new Flatten() }.Forward(Tensor.Zeros([4, 5]), Mode.Train)),
        ("a graph without inputs", () => _ = new Functional([], [Node.Input([2])])),
        ("a graph whose input is no input", () => _ = new Functional(Node.Input([2]).Then(new Flatten()), Node.Input([2]))),
        ("an input given twice", () => Graph(x => _ = new Functional([x, x], [x]))),
        ("an input that leads nowhere", () => Graph(x => _ = new Functional([x, Node.Input([3])], [x.Then(new Dense(1))]))),
        ("an input that is missing", () => Graph(x => _ = new Functional([x], [x + Node.Input([2])]))),
        ("a graph with a name taken", () => Graph(x => _ = new Functional(x, x.Then(new Flatten { Name = "same" }, new Flatten { Name = "same" })))),
        ("a layer shared between inputs that differ", () => Graph(x => Share(x, new Dense(3)))),
        ("a layer of another model's shape", () => Graph(x => Built(new Dense(3), [5]).Apply(x))),
        ("a layer of another model's type", () => Graph(x => _ = new Functional(x, Built(new Dense(3), [2]).Apply(x), dtype: DType.F64))),
        ("a layer within a nested model and beside it", () => Graph(x => Beside(x, new Dense(2)))),
        ("a normalization that cannot be shared", () => Graph(x => Share(x, new BatchNormalization(BatchNormalizationDialect.Keras1)))),
        ("two inputs for a layer of one", () => Graph(x => new Dense(3).Apply(x, x))),
        ("one input for a sum", () => Graph(x => new Add().Apply(x))),
        ("three inputs for a difference", () => Graph(x => new Subtract().Apply(x, x, x))),
        ("a sum of shapes that do not fit", () => Graph(x => _ = x + Node.Input([3]))),
        ("a concatenation of ranks that differ", () => Graph(x => new Concatenate().Apply(x, Node.Input([2, 2])))),
        ("a concatenation along the batch axis", () => Graph(x => new Concatenate { Axis = 0 }.Apply(x, x))),
        ("a dot of sizes that differ", () => Graph(x => new Dot(1).Apply(x, Node.Input([3])))),
        ("a dot over the batch axis", () => Graph(x => new Dot(0).Apply(x, x))),
        ("a dot over three axes", () => _ = new Dot([1, 2, 3])),
        ("one input for a model of two", () => Graph(x => Two(x).Forward(Tensor.Zeros([4, 2]), Mode.Train))),
        ("a second input of another shape", () => Graph(x => Two(x).Forward([Tensor.Zeros([4, 2]), Tensor.Zeros([4, 3])], Mode.Train))),
        ("a model of two inputs in a stack", () => Graph(x => _ = new Sequential([2]) { Two(x) })),
        ("one of two outputs", () => Graph(x => new Functional([x], [x, x]).Forward(Tensor.Zeros([4, 2]), Mode.Train))),
        ("a node of two outputs", () => Graph(x => new Functional([x], [x, x]).Apply(x))),
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

    private static void Graph(Action<Node> act) => act(Node.Input([2]));

    private static Functional Two(Node x)
    {
        Node other = Node.Input([2]);
        return new([x, other], [x + other]);
    }

    private static void Share(Node x, Layer layer)
    {
        Node other = Node.Input(layer is Dense ? [4] : [2]);
        Node both = layer.Apply(x) + layer.Apply(other);
        _ = new Functional([x, other], [both]);
    }

    private static void Beside(Node x, Dense layer)
    {
        Functional inner = new(x, layer.Apply(x));
        _ = new Functional(x, inner.Apply(layer.Apply(x)));
    }

    private static void WithinTwo()
    {
        Dense shared = new(2);
        Node x = Node.Input([2]), y = Node.Input([2]);
        _ = new Sequential([2]) { new Functional(x, shared.Apply(x)), new Functional(y, shared.Apply(y)) };
    }

    private static void AddedTwice()
    {
        Dense layer = new(2);
        _ = new Sequential([2]) { layer, layer };
    }
}
