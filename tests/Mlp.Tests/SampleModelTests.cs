using MathNet.Numerics.LinearAlgebra;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

/// <summary>Each model of <c>samples/models</c>, trained by the command that stands in the README there, reaches what it says.</summary>
public class SampleModelTests
{
    private static string Folder { get; } = Path.Combine(Repository.Root, "samples", "models");

    [Fact]
    public async Task Exclusive_or_is_learned_in_all_four_points()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await Train("xor", folder);

        Assert.Equal(1, run.Objects[^1]["test_accuracy"]!.GetValue<double>());
        Assert.InRange(run.Objects[^1]["test_loss"]!.GetValue<double>(), 0, 0.05);
        Assert.Contains("4 training and 4 test examples", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_arms_of_the_spirals_are_told_apart()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await Train("spirals", folder);

        Assert.InRange(run.Objects[^1]["test_accuracy"]!.GetValue<double>(), 0.97, 1);
    }

    [Fact]
    public async Task The_regression_finds_the_answer_of_least_squares()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await Train("regression", folder);

        Model model = new RunFolder(folder["regression"]).Load().Model;
        double[] learned = [.. model.Parameters.SelectMany(parameter => parameter.Value.ToDoubles())], known = [.. Regression.Kernel, Regression.Bias];
        DataSet trained = Regression.Generate(1000).SplitEnd(0.1, seed: 0).Train;
        Vector<double> solution = Matrix<double>.Build.Dense(trained.Count, 4, (i, j) => j < 3 ? trained.Features[i, j] : 1).QR().Solve(Vector<double>.Build.Dense(trained.Count, i => trained.Targets[i, 0]));
        Assert.Equal(["dense/kernel", "dense/bias"], model.Parameters.Select(parameter => parameter.Name));
        for (int i = 0; i < 4; i++)
        {
            // Whole batches of gradient descent come nearer by a factor of about 1 - 2·0.1 with each of 100 steps; what is left is F32's.
            Assert.Equal(solution[i], learned[i], 1e-4);

            // 900 examples leave each coefficient a standard deviation of noise/√900; four are allowed.
            Assert.Equal(known[i], learned[i], 4 * Regression.Noise / 30);
        }

        // And 200 leave the root of the mean squared error one of noise/√400.
        Assert.Equal(Regression.Noise, run.Objects[^1]["test_root_mean_squared_error"]!.GetValue<double>(), 4 * Regression.Noise / 20);
        Assert.InRange(run.Objects[^1]["test_r2_score"]!.GetValue<double>(), 0.99, 1);
    }

    [MnistFact]
    public async Task The_real_MNIST_is_learned_by_both_of_its_models()
    {
        using TemporaryFolder folder = new();
        foreach (string name in (string[])["mnist", "residual"])
        {
            MlpRun run = await Train(name, folder);

            Assert.InRange(run.Objects[^1]["test_accuracy"]!.GetValue<double>(), 0.97, 1);
        }
    }

    [Fact]
    public void Each_model_there_has_its_command()
    {
        string[] models = [.. Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

        Assert.Equal(["mnist", "regression", "residual", "spirals", "xor"], models);
        Assert.All(models, name => Assert.NotEmpty(Command(name)));
    }

    /// <summary>Runs a model's command, wherever the tests are run, and into a folder of the test's own.</summary>
    private static async Task<MlpRun> Train(string name, TemporaryFolder folder)
    {
        MlpRun run = await MlpRun.Of(
        [
            .. Command(name).Select(word => word == "mnist" ? MnistFactAttribute.Directory : word.StartsWith("samples/", StringComparison.Ordinal) ? Path.Combine(Folder, $"{name}.json") : word),
            "--json", "--output", folder[name],
        ]);
        Assert.True(run.Status == 0, run.Error);
        return run;
    }

    private static string[] Command(string name) =>
        File.ReadAllLines(Path.Combine(Folder, "README.md")).Single(line => line.StartsWith("mlp train ", StringComparison.Ordinal) && line.Contains($"/{name}.json", StringComparison.Ordinal)).Split(' ')[1..];
}
