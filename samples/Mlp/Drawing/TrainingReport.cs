using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tapestry.Data;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>What a person wants to see when a training has ended: the learning curves, what was taken for what, and the worst mistakes.</summary>
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
            console.Write(Curves(trainer.History, "accuracy"));
        }

        Tensor probabilities = trainer.Predict(test, batchSize: 512);
        int[] answers = Reduce.ArgMax(probabilities).ToArray<int>();
        int[] labels = test.Targets.Cast(DType.I32).ToArray<int>();
        console.WriteLine();
        console.Write(ConfusionMatrix.Of(labels, answers, test.Classes!.Value));
        DrawMistakes(console, test, probabilities, labels, answers);
    }

    private static LineChart Curves(History history, string name)
    {
        Series training = new("training", history[name], Color.Blue);
        return history.Epochs.All(epoch => epoch.Find($"val_{name}") is not null)
            ? new LineChart(name, training, new Series("validation", history[$"val_{name}"], Color.Orange1))
            : new LineChart(name, training);
    }

    /// <summary>The images whose wrong answer the model was surest of.</summary>
    private static void DrawMistakes(IAnsiConsole console, DataSet test, Tensor probabilities, int[] labels, int[] answers)
    {
        int[] worst =
        [
            .. Enumerable.Range(0, labels.Length).Where(i => answers[i] != labels[i])
                .OrderByDescending(i => probabilities[i, answers[i]]).ThenBy(i => i).Take(Mistakes),
        ];
        if (worst.Length == 0 || test.Features.DType != DType.U8 || test.FeatureShape.Rank != 2) return;

        console.WriteLine("The worst mistakes:");
        Grid grid = new();
        foreach (int _ in worst) grid.AddColumn();
        grid.AddRow([.. worst.Select(i => (IRenderable)new DigitImage(test.Features.Rows(i, 1).Reshape(test.FeatureShape)))]);
        grid.AddRow([.. worst.Select(i => (IRenderable)new Text(string.Create(CultureInfo.InvariantCulture, $"{labels[i]} taken for {answers[i]} ({probabilities[i, answers[i]]:0.00})")))]);
        console.Write(grid);
    }
}
