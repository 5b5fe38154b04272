using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>The book's models in miniature against numbers that another framework's automatic derivatives gave: see <c>generate.py</c>.</summary>
public class ModelFixtureTests
{
    private static readonly string[] ModelNames = ["bn-after", "bn-before", "bn-printed", "plain"];

    public static TheoryData<string, DType> Models()
    {
        TheoryData<string, DType> data = [];
        foreach (string model in ModelNames)
        {
            data.Add(model, DType.F32);
            data.Add(model, DType.F64);
        }

        return data;
    }

    public static TheoryData<string, string, DType> Trainings()
    {
        TheoryData<string, string, DType> data = [];
        foreach (string model in ModelNames)
        {
            foreach (string optimizer in (string[])["sgd", "momentum", "nesterov", "adam"])
            {
                data.Add(model, optimizer, DType.F32);
                data.Add(model, optimizer, DType.F64);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Inference_agrees(string name, DType dtype)
    {
        Fixture fixture = Fixture.Models(dtype);
        JsonNode model = fixture.Model(name);

        Variable y = fixture.Build(model).Forward(fixture.Batch(0).Inputs, Mode.Inference);

        Expect.Close(fixture.Tensor(model["first"]!["inferenceProbabilities"]!), y.Value, fixture.Tolerance, "probabilities");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_first_training_pass_agrees_in_values_gradients_and_statistics(string name, DType dtype)
    {
        Fixture fixture = Fixture.Models(dtype);
        JsonNode model = fixture.Model(name);
        JsonNode first = model["first"]!;
        Sequential built = fixture.Build(model);
        (Tensor inputs, Tensor labels) = fixture.Batch(0);
        using Tape tape = new();
        Variable x = tape.Watch(inputs);

        Variable y = built.Forward(x, Mode.Train);
        Variable loss = Losses.SparseCategoricalCrossentropy(labels, y);
        Gradients gradients = tape.Gradient(loss, built.TrainableParameters);

        Expect.Close(fixture.Tensor(first["trainingProbabilities"]!), y.Value, fixture.Tolerance, "probabilities");
        double expectedLoss = first["loss"]!.GetValue<double>();
        Assert.Equal(expectedLoss, loss.Value.ToScalar(), fixture.Tolerance * expectedLoss);
        Expect.Close(fixture.Tensor(first["inputGradient"]!), tape.Gradient(loss, x).Value, fixture.Tolerance, "input gradient");

        // Gradients that are truly 0 come out as rounding noise, which has no magnitude to be relative to.
        string[] zero = Fixture.Texts(model, "zeroGradients");
        Assert.Equal(gradients.Select(pair => pair.Parameter.Name).Except(zero), first["gradients"]!.AsArray().Select(node => Fixture.Text(node!, "name")));
        foreach (JsonNode? node in first["gradients"]!.AsArray())
        {
            string parameter = Fixture.Text(node!, "name");
            Expect.Close(fixture.Tensor(node!), gradients.Single(pair => pair.Parameter.Name == parameter).Gradient, fixture.Tolerance, $"gradient of {parameter}");
        }

        Assert.All(gradients.Where(pair => zero.Contains(pair.Parameter.Name)), pair => Expect.Near(new double[pair.Gradient.Length], pair.Gradient, fixture.Tolerance / 10));
        foreach (JsonNode? node in first["moving"]!.AsArray())
        {
            Parameter parameter = built.Parameters.Single(parameter => parameter.Name == Fixture.Text(node!, "name"));
            Expect.Close(fixture.Tensor(node!), parameter.Value, fixture.Tolerance, parameter.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Twenty_steps_agree_in_losses_and_weights(string name, string optimizerName, DType dtype)
    {
        Fixture fixture = Fixture.Models(dtype);
        JsonNode model = fixture.Model(name);
        JsonNode training = model["training"]!.AsArray().Single(node => Fixture.Text(node!, "optimizer") == optimizerName)!;
        Sequential built = fixture.Build(model);
        Optimizer optimizer = fixture.Optimizer(optimizerName);
        double[] losses = [.. training["losses"]!.AsArray().Select(value => value!.GetValue<double>())];
        Assert.Equal(fixture.Steps, losses.Length);

        for (int step = 0; step < losses.Length; step++)
        {
            (Tensor inputs, Tensor labels) = fixture.Batch(step);
            using Tape tape = new();
            Variable loss = Losses.SparseCategoricalCrossentropy(labels, built.Forward(tape.Constant(inputs), Mode.Train));
            optimizer.Apply(tape.Gradient(loss, built.TrainableParameters));
            Assert.True(Math.Abs(losses[step] - loss.Value.ToScalar()) <= fixture.Tolerance * losses.Max(), $"loss of step {step}: expected {losses[step]:R}, got {loss.Value.ToScalar():R}");
        }

        string[] unstable = Fixture.Texts(training, "unstable");
        JsonNode[] after = [.. training["parameters"]!.AsArray().Select(node => node!)];
        Assert.Equal(after.Select(node => Fixture.Text(node, "name")), built.Parameters.Select(parameter => parameter.Name));
        foreach ((JsonNode node, Parameter parameter) in after.Zip(built.Parameters))
        {
            // Adam makes steps of up to its rate from rounding noise: 20 steps of 0.01 bound how far it can wander.
            if (unstable.Contains(parameter.Name)) Expect.Near(fixture.Tensor(node).ToDoubles(), parameter.Value, fixture.Steps * optimizer.LearningRate);
            else Expect.Close(fixture.Tensor(node), parameter.Value, fixture.Tolerance, parameter.Name);
        }
    }
}
