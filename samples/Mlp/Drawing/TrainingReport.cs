using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tapestry.Data;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>
/// What a person wants to see when a training has ended: the learning curves; of classes the confusion matrix and the worst mistakes; of numbers the answers over the targets
/// and the worst misses.
/// </summary>
internal static class TrainingReport
{
    private const int Mistakes = 4;

    /// <summary>Draws it.</summary>
    public static void Draw(IAnsiConsole console, Trainer trainer, DataSet test)
    {
        if (trainer.History.Epochs.Count > 1)
        {
            console.WriteLine();
            console.Write(Curves(trainer.History, "loss"));

            // The root of the mean squared error would be the same curve once more.
            if (test.Classes is not null) console.Write(Curves(trainer.History, "accuracy"));
        }

        Tensor answers = trainer.Predict(test, batchSize: 512);
        console.WriteLine();
        if (test.Classes is { } classes) DrawClasses(console, test, answers, classes);
        else DrawNumbers(console, test, answers);
    }

    private static LineChart Curves(History history, string name)
    {
        Series training = new("training", history[name], Color.Blue);
        return history.Epochs.All(epoch => epoch.Find($"val_{name}") is not null)
            ? new LineChart(name, training, new Series("validation", history[$"val_{name}"], Color.Orange1))
            : new LineChart(name, training);
    }

    private static void DrawClasses(IAnsiConsole console, DataSet test, Tensor probabilities, int classes)
    {
        int[] answers = Reduce.ArgMax(probabilities).ToArray<int>();
        int[] labels = test.Targets.Cast(DType.I32).ToArray<int>();
        console.Write(ConfusionMatrix.Of(labels, answers, classes));
        int[] worst = Examples.WorstMistakes(labels, answers, probabilities, Mistakes);
        if (worst.Length == 0) return;

        console.WriteLine("The worst mistakes:");
        string[] taken = [.. worst.Select(i => string.Create(CultureInfo.InvariantCulture, $"{labels[i]} taken for {answers[i]} ({probabilities[i, answers[i]]:0.00})"))];
        if (!Examples.AreImages(test))
        {
            for (int i = 0; i < worst.Length; i++) console.WriteLine($"  test {worst[i],-6}{Examples.Text(Examples.At(test, worst[i]))}  {taken[i]}");
            return;
        }

        Grid grid = new();
        foreach (int _ in worst) grid.AddColumn();
        grid.AddRow([.. worst.Select(i => (IRenderable)new DigitImage(Examples.At(test, i)))]);
        grid.AddRow([.. taken.Select(text => (IRenderable)new Text(text))]);
        console.Write(grid);
    }

    private static void DrawNumbers(IAnsiConsole console, DataSet test, Tensor predictions)
    {
        double[] targets = test.Targets.ToDoubles(), answers = predictions.ToDoubles();
        console.Write(new PointMap("the answers, upwards, over the targets", [.. targets.Select((target, i) => new MapPoint(target, answers[i], '•', Color.Blue))]));
        console.WriteLine("The worst misses:");
        foreach (int i in Enumerable.Range(0, targets.Length).OrderByDescending(i => Math.Abs(answers[i] - targets[i])).ThenBy(i => i).Take(Mistakes))
        {
            console.WriteLine($"  test {i,-6}{Examples.Text(Examples.At(test, i))}  target {Examples.Text(targets[i])}  answer {Examples.Text(answers[i])}");
        }
    }
}
