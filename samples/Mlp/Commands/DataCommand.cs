using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp data show</c> shows samples of a data set; <c>mlp data write DIR</c> writes it as IDX files, which other programs read; <c>list</c> and <c>download</c> have files of their own.</summary>
internal static class DataCommand
{
    private const int PerRow = 4;

    public static Command Create(Terminal terminal, Interruption interruption) => new("data", "Look at a data set, write it as files, or download a published one.")
    {
        Show(terminal), Write(terminal), DataListCommand.Create(terminal), DataDownloadCommand.Create(terminal, interruption),
    };

    private static Command Show(Terminal terminal)
    {
        Option<DataSource> data = CommonOptions.Data();
        Option<int> count = Numbers.Whole("--count", "How many test examples to show.", 8, smallest: 1);
        Option<bool> json = CommonOptions.Json();
        Command command = new("show", "Show samples of a data set: images are drawn, points put on a map, numbers in a table.") { data, count, json };
        command.SetAction((parsed, _) => Task.Run(() => Show(parsed.GetValue(data)!, parsed.GetValue(count), parsed.GetValue(json), terminal)));
        return command;
    }

    private static int Show(DataSource source, int count, bool json, Terminal terminal)
    {
        (DataSet train, DataSet test) = source.Load();
        if (json)
        {
            terminal.Result(new JsonObject { ["data"] = source.Text, ["training"] = train.Count, ["test"] = test.Count, ["classes"] = test.Classes, ["shape"] = new JsonArray([.. test.FeatureShape.Select(size => JsonValue.Create(size))]) });
            return ExitStatus.Done;
        }

        string targets = test.Classes is { } classes ? $"{classes} classes" : $"targets of shape {test.Targets.Shape.WithoutFirst()}";
        terminal.Result($"{source.Text}: {train.Count} training and {test.Count} test examples of shape {test.FeatureShape}, {targets}");
        int shown = Math.Min(count, test.Count);
        if (Examples.AreImages(test))
        {
            ShowImages(test, shown, terminal);
            return ExitStatus.Done;
        }

        // Where the table does not show them all.
        if (Examples.ArePoints(test) && test.Classes is not null && shown < test.Count) terminal.Drawn.Write(new PointMap("the test examples, each by its class", [.. Enumerable.Range(0, test.Count).Select(i => PointMap.OfClass(test.Features[i, 0], test.Features[i, 1], (int)test.Targets[i]))]));
        ShowNumbers(test, shown, terminal);
        return ExitStatus.Done;
    }

    private static void ShowImages(DataSet test, int count, Terminal terminal)
    {
        for (int first = 0; first < count; first += PerRow)
        {
            int[] row = [.. Enumerable.Range(first, Math.Min(PerRow, count - first))];
            Grid grid = new();
            foreach (int _ in row) grid.AddColumn();
            grid.AddRow([.. row.Select(i => (IRenderable)new Text(string.Create(CultureInfo.InvariantCulture, $"test {i}: {(int)test.Targets[i]}")))]);
            grid.AddRow([.. row.Select(i => (IRenderable)new DigitImage(Examples.At(test, i)))]);
            terminal.Drawn.Write(grid);
        }
    }

    private static void ShowNumbers(DataSet test, int count, Terminal terminal)
    {
        string[] heading = ["test", .. Enumerable.Range(1, test.FeatureShape.ElementCount).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}")), test.Classes is null ? "target" : "class"];
        IEnumerable<string[]> rows = Enumerable.Range(0, count).Select(i => (string[])
        [
            i.ToString(CultureInfo.InvariantCulture),
            .. Examples.At(test, i).ToDoubles().Select(Examples.Text),
            test.Classes is null ? Examples.Text(test.Targets[i, 0]) : test.Targets[i].ToString(CultureInfo.InvariantCulture),
        ]);
        foreach (string line in Explain.Columns.Of([heading, .. rows], left: 0)) terminal.Result(line);
    }

    private static Command Write(Terminal terminal)
    {
        Argument<string> directory = new("DIR") { Description = "The folder to write, which must not hold such files yet." };
        Option<DataSource> data = CommonOptions.Data();
        Option<bool> compress = new("--gzip") { Description = "Compress the files." };
        Option<bool> json = CommonOptions.Json();
        Command command = new("write", "Write a data set as MNIST's four IDX files.") { directory, data, compress, json };
        command.SetAction((parsed, _) => Task.Run(() => Write(parsed.GetValue(directory)!, parsed.GetValue(data)!, parsed.GetValue(compress), parsed.GetValue(json), terminal)));
        return command;
    }

    private static int Write(string directory, DataSource source, bool compress, bool json, Terminal terminal)
    {
        // What the user can put right is looked for before anything is written.
        OutputFolder.Check("DIR", directory);
        if (Mnist.PathsIn(directory, compress).FirstOrDefault(Path.Exists) is { } taken) throw new UsageException($"DIR: expected a folder without such files, got one that holds {taken}. Remove it, or choose another folder.");
        (DataSet train, DataSet test) = source.Load();
        if (!Examples.AreImages(test) || test.Classes is null) throw new UsageException($"--data: expected images with classes, which MNIST's files hold, got {source.Text}, whose examples are of shape {test.FeatureShape}.");
        IReadOnlyList<string> paths = Mnist.Save(directory, train, test, compress);
        if (json) terminal.Result(new JsonObject { ["data"] = source.Text, ["training"] = train.Count, ["test"] = test.Count, ["files"] = new JsonArray([.. paths.Select(path => JsonValue.Create(path))]) });
        else foreach (string path in paths) terminal.Result(path);
        return ExitStatus.Done;
    }
}
