using System.Globalization;
using Spectre.Console;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>How often each class was taken for each: a row a true class, a column an answer. Mistakes stand out in red, the more the brighter.</summary>
internal static class ConfusionMatrix
{
    /// <summary>A table of counts.</summary>
    /// <param name="labels">The true classes.</param>
    /// <param name="answers">The answers, as many.</param>
    /// <param name="classes">The number of classes.</param>
    public static Table Of(IReadOnlyList<int> labels, IReadOnlyList<int> answers, int classes)
    {
        int[,] counts = new int[classes, classes];
        for (int i = 0; i < labels.Count; i++) counts[labels[i], answers[i]]++;
        int worst = 1;
        for (int i = 0; i < classes; i++)
        {
            for (int j = 0; j < classes; j++)
            {
                if (i != j) worst = Math.Max(worst, counts[i, j]);
            }
        }

        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("true \\ answer"));
        for (int answer = 0; answer < classes; answer++) table.AddColumn(new TableColumn(answer.ToString(CultureInfo.InvariantCulture)).RightAligned());
        for (int label = 0; label < classes; label++)
        {
            table.AddRow([new Text(label.ToString(CultureInfo.InvariantCulture)), .. Enumerable.Range(0, classes).Select(answer => Cell(counts[label, answer], label == answer, worst))]);
        }

        return table;
    }

    private static Text Cell(int count, bool isRight, int worst)
    {
        if (isRight) return new Text(count.ToString(CultureInfo.InvariantCulture), new Style(Color.Green));
        return count == 0
            ? new Text("·", new Style(Color.Grey))
            : new Text(count.ToString(CultureInfo.InvariantCulture), new Style(new Color((byte)(120 + (135 * count / worst)), 60, 60)));
    }
}
