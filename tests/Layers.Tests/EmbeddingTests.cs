using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class EmbeddingTests
{
    private static readonly int[] Indices = [2, 0, 2];

    private static Tensor Rows => Tensor.From(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } });

    [Fact]
    public void Each_index_becomes_its_row()
    {
        Embedding layer = Built();

        Variable y = layer.Forward(Tensor.From(Indices, [1, 3]), Mode.Inference);

        Assert.Equal([1, 3, 2], y.Shape);
        Assert.Equal([5, 6, 1, 2, 5, 6], y.Value.ToDoubles());
    }

    [Fact]
    public void Whole_numbers_in_the_models_type_do_as_well() => Expect.SameBits(
        Built().Forward(Tensor.From(Indices, [1, 3]), Mode.Inference).Value,
        Built().Forward(Tensor.From(Indices, [1, 3]).Cast(DType.F64), Mode.Inference).Value);

    // Row 2 was named twice, with the weights 1, 2 and 5, 6; row 0 once, with 3, 4; row 1 never.
    [Fact]
    public void A_rows_gradient_is_the_sum_over_the_places_that_named_it()
    {
        Embedding layer = Built();
        using Tape tape = new();

        Variable y = layer.Forward(tape.Constant(Tensor.From(Indices, [1, 3])), Mode.Train);
        Gradients gradients = tape.Gradient(Op.Sum(y * Tensor.From([1.0, 2, 3, 4, 5, 6], [1, 3, 2])), layer.TrainableParameters);

        Assert.Equal([3, 4, 0, 0, 6, 8], gradients.Single().Gradient.ToDoubles());
    }

    [Fact]
    public void A_model_takes_integers_where_its_first_layer_does()
    {
        Sequential model = new([3], dtype: DType.F64) { new Embedding(3, 2), new Flatten(), new Dense(1) };

        Assert.Equal([1, 1], model.Forward(Tensor.From(Indices, [1, 3]), Mode.Inference).Shape);
        Assert.Throws<ArgumentException>(() => new Sequential([3]) { new Dense(1) }.Forward(Tensor.From(Indices, [1, 3]), Mode.Inference));
    }

    // ±0.05 throughout: the deviation of 10,000 such is 0.05/√3, their mean's 0.00029.
    [Fact]
    public void Rows_start_uniform_within_a_twentieth()
    {
        Embedding layer = new(100, 100);
        layer.BuildFor([1], DType.F64, new Rng(3));
        double[] values = layer.Embeddings.Value.ToDoubles();

        Assert.InRange(values.Max(Math.Abs), 0.0499, 0.05);
        Assert.Equal(0, values.Average(), 5 * 0.00029);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    public void What_is_no_index_is_refused(double index)
    {
        string message = Assert.Throws<ArgumentException>(() => Built().Forward(Tensor.Full([1, 3], index, DType.F64), Mode.Train)).Message;

        Assert.StartsWith("Embedding(3, 2): expected whole numbers from 0 to 2, got ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_of_zeros_is_refused_in_JSON()
    {
        string json = LayerJson.ToJson(new Sequential([3]) { new Embedding(3, 2) }).Replace("\"input_dim\": 3", "\"mask_zero\": true, \"input_dim\": 3", StringComparison.Ordinal);

        Assert.Contains("mask_zero", Assert.Throws<FormatException>(() => LayerJson.FromJson(json)).Message, StringComparison.Ordinal);
    }

    private static Embedding Built()
    {
        Embedding layer = new(3, 2);
        layer.BuildFor([3], DType.F64, new Rng(0));
        layer.Embeddings.Value.CopyFrom(Rows);
        return layer;
    }
}
