using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>The losses by themselves, and fifty steps by each, against another framework's: see <c>losses.py</c>.</summary>
public class LossFixtureTests
{
    public static TheoryData<string, DType> Cases() => Named(fixture => fixture.Cases, "name");

    public static TheoryData<string, DType> Trainings() => Named(fixture => fixture.Trainings, "loss");

    [Fact]
    public void There_are_as_many_cases_as_were_written()
    {
        Assert.Equal(2 * 74, Cases().Count);
        Assert.Equal(2 * 17, Trainings().Count);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_examples_and_gradient_agree(string name, DType dtype)
    {
        Fixture fixture = Fixture.Losses(dtype);
        JsonNode expected = fixture.Cases.Single(node => Fixture.Text(node, "name") == name);
        string kind = Fixture.Text(expected, "kind");
        Tensor predictions = fixture.Tensor(expected["predictions"]!), targets = Targets(fixture, expected);
        Tensor? weights = expected["weights"] is { } given ? Tensor.From(Fixture.Reals(given)).Cast(dtype) : null;
        Loss loss = NamedLoss.Of(expected, fromLogits: kind == "logits");
        using Tape tape = new();
        Variable x = tape.Watch(predictions);
        Variable y = kind switch { "softmax" => Op.Softmax(x), "sigmoid" => Op.Sigmoid(x), _ => x };

        Variable value = loss.Compute(targets, y, weights), examples = loss.PerExample(targets, y);

        Assert.Equal([], value.Shape);
        Expect.Close(Scalar(expected["value"]!, dtype), value.Value, fixture.Tolerance, "value");
        Expect.Close(fixture.Tensor(expected["gradient"]!), tape.Gradient(value, x).Value, fixture.Tolerance, "gradient");
        Expect.Close(Tensor.From(Fixture.Reals(expected["perExample"]!)).Cast(dtype), examples.Value, fixture.Tolerance, "examples");

        // What the examples are worth together is the same however it is asked for.
        Variable weighed = weights is null ? examples : examples * weights;
        Expect.Close(Scalar(expected["value"]!, dtype), Op.Mean(weighed).Value, fixture.Tolerance, "mean of the examples");
        Expect.Close(fixture.Tensor(expected["gradient"]!), tape.Gradient(Op.Mean(weighed), x).Value, fixture.Tolerance, "gradient of that");
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Fifty_steps_agree_in_losses_and_weights(string name, DType dtype)
    {
        Fixture fixture = Fixture.Losses(dtype);
        JsonNode expected = fixture.Trainings.Single(node => Fixture.Text(node, "loss") == name);
        Loss loss = NamedLoss.Of(expected);
        Sequential model = new([4], dtype: dtype)
        {
            new Dense(5)
            {
                Activation = Fixture.Text(expected, "activation") switch
                {
                    "softmax" => Activations.Softmax,
                    "sigmoid" => Activations.Sigmoid,
                    "softplus" => Activations.Softplus,
                    _ => Activations.Linear,
                },
            },
        };
        foreach ((Parameter parameter, string start) in model.Parameters.Zip(["kernel", "bias"])) parameter.Value.CopyFrom(fixture.Tensor(expected[start]!));
        Tensor inputs = fixture.Tensor(expected["inputs"]!), targets = Targets(fixture, expected);
        Sgd optimizer = new(expected["learningRate"]!.GetValue<double>());
        double[] losses = Fixture.Reals(expected["losses"]!);
        Assert.Equal(50, losses.Length);

        for (int step = 0; step < losses.Length; step++)
        {
            using Tape tape = new();
            Variable value = loss.Compute(targets, model.Forward(tape.Constant(inputs), Mode.Train));
            optimizer.Apply(tape.Gradient(value, model.TrainableParameters));
            Assert.True(Math.Abs(losses[step] - value.Value.ToScalar()) <= fixture.Tolerance * losses.Max(Math.Abs), $"loss of step {step}: expected {losses[step]:R}, got {value.Value.ToScalar():R}");
        }

        Assert.True(losses[^1] < losses[0]);
        foreach ((Parameter parameter, string end) in model.Parameters.Zip(["kernelAfter", "biasAfter"])) Expect.Close(fixture.Tensor(expected[end]!), parameter.Value, fixture.Tolerance, end);
    }

    private static TheoryData<string, DType> Named(Func<Fixture, IReadOnlyList<JsonNode>> list, string key)
    {
        TheoryData<string, DType> data = [];
        foreach (DType dtype in (DType[])[DType.F32, DType.F64])
        {
            foreach (JsonNode node in list(Fixture.Losses(dtype))) data.Add(Fixture.Text(node, key), dtype);
        }

        return data;
    }

    private static Tensor Targets(Fixture fixture, JsonNode node) => node["labels"] is { } labels ? Fixture.Labels(labels) : fixture.Tensor(node["targets"]!);

    private static Tensor Scalar(JsonNode node, DType dtype) => Tensor.Scalar(node.GetValue<double>(), dtype);
}
