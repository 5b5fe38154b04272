using System.Globalization;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Compare.Report;

/// <summary>What a run answered to its test examples: the confusion matrix, and the worst mistakes.</summary>
internal static class Answers
{
    private const int Mistakes = 12;
    private const int Heats = 5;
    private const int ShownNumbers = 5;

    /// <summary>How often each class was taken for each, a row a true class. The more mistakes, the stronger their cell's colour, by the logarithm.</summary>
    public static Html Confusion(ComparedRun run)
    {
        int classes = run.Test.Classes!.Value;
        int[,] counts = new int[classes, classes];
        foreach ((int label, int answer) in run.Labels().Zip(run.Answers())) counts[label, answer]++;
        int[] all = [.. Enumerable.Range(0, classes)];
        int worst = Math.Max(2, all.SelectMany(label => all.Where(answer => answer != label).Select(answer => counts[label, answer])).DefaultIfEmpty().Max());
        return $"""
            <div class="wide"><table class="confusion"><tr><th scope="col">true \ answer</th>{Html.Each(all, answer => $"<th scope=\"col\">{answer}</th>")}<th scope="col">recall</th></tr>
            {Html.Each(all, label => $"<tr><th scope=\"row\">{label}</th>{Html.Each(all, answer => Cell(counts[label, answer], label == answer, worst))}<td>{Share(counts[label, label], all.Sum(answer => counts[label, answer]))}</td></tr>\n")}
            <tr><th scope="row">precision</th>{Html.Each(all, answer => $"<td>{Share(counts[answer, answer], all.Sum(label => counts[label, answer]))}</td>")}<td></td></tr></table></div>

            """;
    }

    /// <summary>The examples whose wrong answer the model was surest of; nothing where there is none.</summary>
    public static Html WorstMistakes(ComparedRun run)
    {
        (int[] labels, int[] answers) = (run.Labels(), run.Answers());
        int[] worst = Examples.WorstMistakes(labels, answers, run.Predictions, Mistakes);
        return worst.Length == 0 ? Html.Empty : $"""
            <h3>The worst mistakes</h3>
            <div class="mistakes">{Html.Each(worst, i => $"<figure>{Example(run.Test, i)}<figcaption><b>{labels[i]}</b> taken for <b>{answers[i]}</b><br>{run.Predictions[i, answers[i]]:0.000} sure, example {i}</figcaption></figure>\n")}</div>

            """;
    }

    /// <summary>An example: as an image where it is one, else as its numbers.</summary>
    private static Html Example(DataSet data, int index)
    {
        Tensor example = Examples.At(data, index);
        if (Examples.AreImages(data)) return $"<img alt=\"example {index}\" src=\"data:image/png;base64,{Convert.ToBase64String(Png.Write(example))}\">";
        double[] numbers = example.ToDoubles();
        return $"<code>{string.Join(", ", numbers.Take(ShownNumbers).Select(Examples.Text))}{(numbers.Length > ShownNumbers ? ", …" : "")}</code>";
    }

    private static Html Cell(int count, bool isRight, int worst)
    {
        if (isRight) return $"<td class=\"right\">{count}</td>";
        return count == 0 ? $"<td class=\"none\">·</td>" : (Html)$"<td class=\"heat{1 + (int)Math.Round((Heats - 1) * Math.Log(count) / Math.Log(worst))}\">{count}</td>";
    }

    private static string Share(int part, int whole) => whole == 0 ? "-" : (part / (double)whole).ToString("0.000", CultureInfo.InvariantCulture);
}
