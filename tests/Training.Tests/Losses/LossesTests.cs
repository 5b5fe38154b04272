using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class LossesTests
{
    private const double Printed = 5.01e-10;

    // Softmax of [1, 2, 3] is [0.090030573, 0.244728471, 0.665240956]; -ln of the last is 0.407605964, and the derivative by the logits is p - onehot.
    [Fact]
    public void Crossentropy_of_a_softmax_is_the_logarithm_of_the_right_ones_probability()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, 2, 3 } }));

        Variable loss = Losses.SparseCategoricalCrossentropy(Tensor.From([2]), Op.Softmax(x));

        Assert.Equal(0.407605964, loss.Value.ToScalar(), Printed);
        Expect.Near([0.090030573, 0.244728471, -0.334759044], tape.Gradient(loss, x).Value, Printed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_uniform_prediction_loses_the_logarithm_of_the_number_of_classes(bool logits)
    {
        Variable predictions = logits ? Op.Softmax(Tensor.Zeros([2, 10], DType.F64)) : Tensor.Full([2, 10], 0.1, DType.F64);

        Assert.Equal(2.302585093, Losses.SparseCategoricalCrossentropy(Tensor.From([3, 9]), predictions).Value.ToScalar(), Printed);
    }

    // The probability of class 1 rounds to 0, whose logarithm is infinite; from the logits it is ln Σeᶻ - 0 = 1000.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Logits_of_a_thousand_neither_overflow_nor_are_clipped(DType dtype)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1000, 0, -1000 } }).Cast(dtype));

        Variable loss = Losses.SparseCategoricalCrossentropy(Tensor.From([1]), Op.Softmax(x));

        Assert.Equal(1000, loss.Value.ToScalar());
        Assert.Equal([1, -1, 0], tape.Gradient(loss, x).Value.ToDoubles());
    }

    // Without logits a probability of 0 counts as 1e-7: -ln 1e-7 = 16.118095651.
    [Fact]
    public void Bare_probabilities_are_clipped() => Assert.Equal(
        16.118095651, Losses.SparseCategoricalCrossentropy(Tensor.From([1]), Tensor.From(new double[,] { { 1, 0 } })).Value.ToScalar(), Printed);

    [Fact]
    public void One_hot_targets_give_what_class_numbers_give()
    {
        Variable predictions = Op.Softmax(Tensor.From(new double[,] { { 1, 2, 3 }, { 0, -1, 5 } }));
        Tensor oneHot = Tensor.From(new double[,] { { 0, 1, 0 }, { 1, 0, 0 } });

        Assert.Equal(
            Losses.SparseCategoricalCrossentropy(Tensor.From([1, 0]), predictions).Value.ToScalar(),
            Losses.CategoricalCrossentropy(oneHot, predictions).Value.ToScalar());
    }

    [Fact]
    public void Labels_may_be_bytes()
    {
        Variable predictions = Op.Softmax(Tensor.From(new double[,] { { 1, 2, 3 } }));

        Assert.Equal(0.407605964, Losses.SparseCategoricalCrossentropy(Tensor.From([(byte)2]), predictions).Value.ToScalar(), Printed);
    }

    // ((3 - 1)² + (5 - 4)² + 0 + 0)/4 = 1.25; the derivative is 2·(y - t)/4.
    [Fact]
    public void The_squared_error_is_averaged_over_every_element()
    {
        using Tape tape = new();
        Variable y = tape.Watch(Tensor.From(new double[,] { { 3, 5 }, { 0, 1 } }));

        Variable loss = Losses.MeanSquaredError(Tensor.From(new double[,] { { 1, 4 }, { 0, 1 } }), y);

        Assert.Equal(1.25, loss.Value.ToScalar());
        Assert.Equal([1, 0.5, 0, 0], tape.Gradient(loss, y).Value.ToDoubles());
    }

    // The last layer's 100 normalized inputs through Glorot's weights give logits of variance 100·(0.2335²/3) = 1.8, which costs about 0.9 above ln 10.
    [Fact]
    public void The_books_model_starts_near_chance_and_exactly_there_with_a_last_kernel_of_0()
    {
        Tensor images = Catalogue.Sample([128, 28, 28], Domain.Any, new Rng(1)).Cast(DType.F32);
        int[] labels = [.. Enumerable.Range(0, 128).Select(i => i % 10)];

        Assert.InRange(Loss(Initializers.GlorotUniform), 2.6, 3.7);
        Assert.Equal(2.302585093, Loss(Initializers.Zeros), 1e-6);

        double Loss(Initializer last)
        {
            Sequential model = new([28, 28], seed: 1)
            {
                new Flatten(),
                new BatchNormalization(),
                new Dense(300) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal },
                new BatchNormalization(),
                new Dense(100) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal },
                new BatchNormalization(),
                new Dense(10) { Activation = Activations.Softmax, KernelInitializer = last },
            };
            return Losses.SparseCategoricalCrossentropy(Tensor.From(labels), model.Forward(images, Mode.Train)).Value.ToScalar();
        }
    }

    [Fact]
    public Task Texts_of_errors_say_what_was_expected_and_what_came()
    {
        Variable rows = Tensor.Full([2, 3], 1.0 / 3, DType.F64);
        (string Cause, Action Act)[] errors =
        [
            ("a sparse target too few", () => Losses.SparseCategoricalCrossentropy(Tensor.From([1]), rows)),
            ("one-hot targets for the sparse loss", () => Losses.SparseCategoricalCrossentropy(rows.Value, rows)),
            ("a label that is too large", () => Losses.SparseCategoricalCrossentropy(Tensor.From([0, 3]), rows)),
            ("a negative label", () => Losses.SparseCategoricalCrossentropy(Tensor.From([-1, 0]), rows)),
            ("a scalar prediction", () => Losses.SparseCategoricalCrossentropy(Tensor.From([1]), Tensor.Scalar(1, DType.F64))),
            ("class numbers for the dense loss", () => Losses.CategoricalCrossentropy(Tensor.From([0, 1]), rows)),
            ("one-hot targets of another type", () => Losses.CategoricalCrossentropy(Tensor.Zeros([2, 3]), rows)),
            ("targets of another shape", () => Losses.MeanSquaredError(Tensor.Zeros([3, 2], DType.F64), rows)),
        ];

        return Verifier.Verify(string.Join('\n', errors.Select(error => $"{error.Cause}\n    {Assert.Throws<ArgumentException>(error.Act).Message}")));
    }
}
