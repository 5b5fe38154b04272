using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp data show</c> draws samples of a data set; <c>mlp data write DIR</c> writes it as IDX files, which other programs read; <c>list</c> and <c>download</c> have files of their own.</summary>
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
        Option<int> count = Numbers.Whole("--count", "How many test examples to draw.", 8, smallest: 1);
        Option<bool> json = CommonOptions.Json();
        Command command = new("show", "Draw samples of a data set.") { data, count, json };
        command.SetAction((parsed, _) => Task.Run(() => Show(parsed.GetValue(data)!, parsed.GetValue(count), parsed.GetValue(json), terminal)));
        return command;
    }

    private static int Show(DataSource source, int count, bool json, Terminal terminal)
    {
        (DataSet train, DataSet test) = source.Load();
        int[] labels = test.Targets.Cast(DType.I32).ToArray<int>();
        count = Math.Min(count, test.Count);
        if (json)
        {
            terminal.Result(new JsonObject { ["data"] = source.Text, ["training"] = train.Count, ["test"] = test.Count, ["classes"] = test.Classes, ["shape"] = new JsonArray([.. test.FeatureShape.Select(size => JsonValue.Create(size))]) });
            return ExitStatus.Done;
        }

        terminal.Result($"{source.Text}: {train.Count} training and {test.Count} test examples of shape {test.FeatureShape}, {test.Classes} classes");
        for (int first = 0; first < count; first += PerRow)
        {
            int[] shown = [.. Enumerable.Range(first, Math.Min(PerRow, count - first))];
            Grid grid = new();
            foreach (int _ in shown) grid.AddColumn();
            grid.AddRow([.. shown.Select(i => (IRenderable)new Text(string.Create(CultureInfo.InvariantCulture, $"test {i}: {labels[i]}")))]);
            grid.AddRow([.. shown.Select(i => (IRenderable)new DigitImage(test.Features.Rows(i, 1).Reshape(test.FeatureShape)))]);
            terminal.Drawn.Write(grid);
        }

        return ExitStatus.Done;
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
        IReadOnlyList<string> paths = Mnist.Save(directory, train, test, compress);
        if (json) terminal.Result(new JsonObject { ["data"] = source.Text, ["training"] = train.Count, ["test"] = test.Count, ["files"] = new JsonArray([.. paths.Select(path => JsonValue.Create(path))]) });
        else foreach (string path in paths) terminal.Result(path);
        return ExitStatus.Done;
    }
}
