using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>The losses by themselves against another framework's: see <c>generate.py</c>.</summary>
public class LossFixtureTests
{
    public static TheoryData<string, DType> Cases()
    {
        TheoryData<string, DType> data = [];
        foreach (DType dtype in (DType[])[DType.F32, DType.F64])
        {
            foreach (JsonNode loss in Fixture.Losses(dtype).Cases) data.Add(Fixture.Text(loss, "name"), dtype);
        }

        return data;
    }

    [Fact]
    public void There_are_as_many_cases_as_were_written() => Assert.Equal(18, Cases().Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_examples_and_gradient_agree(string name, DType dtype)
    {
        Fixture fixture = Fixture.Losses(dtype);
        JsonNode expected = fixture.Cases.Single(node => Fixture.Text(node, "name") == name);
        Tensor predictions = fixture.Tensor(expected["predictions"]!);
        Tensor targets = expected["labels"] is { } labels ? Fixture.Labels(labels) : fixture.Tensor(expected["targets"]!);
        Loss loss = Fixture.Text(expected, "loss") switch
        {
            "categorical_crossentropy" => Losses.CategoricalCrossentropy,
            "sparse_categorical_crossentropy" => Losses.SparseCategoricalCrossentropy,
            _ => Losses.MeanSquaredError,
        };
        bool fromLogits = Fixture.Text(expected, "kind") == "logits";
        using Tape tape = new();
        Variable x = tape.Watch(predictions);

        Variable value = loss(targets, fromLogits ? Op.Softmax(x) : x);

        Assert.Equal([], value.Shape);
        Expect.Close(Scalar(expected["value"]!, dtype), value.Value, fixture.Tolerance, "value");
        Expect.Close(fixture.Tensor(expected["gradient"]!), tape.Gradient(value, x).Value, fixture.Tolerance, "gradient");
        double[] perExample = [.. expected["perExample"]!.AsArray().Select(number => number!.GetValue<double>())];
        for (int row = 0; row < perExample.Length; row++)
        {
            Variable one = tape.Constant(predictions.Rows(row, 1));
            double actual = loss(targets.Rows(row, 1), fromLogits ? Op.Softmax(one) : one).Value.ToScalar();
            Assert.Equal(perExample[row], actual, fixture.Tolerance * perExample.Max());
        }
    }

    private static Tensor Scalar(JsonNode node, DType dtype) => Tensor.Scalar(node.GetValue<double>(), dtype);
}
