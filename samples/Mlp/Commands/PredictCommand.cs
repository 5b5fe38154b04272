using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp predict RUN</c>: shows an example, with what a saved run takes it for: a class, or a number.</summary>
internal static class PredictCommand
{
    private const int BarWidth = 40;

    public static Command Create(Terminal terminal)
    {
        Argument<string> run = new("RUN") { Description = "The folder of the run." };
        Option<int> index = Numbers.Whole("--index", "Which test example of the run's data, or which image of an IDX file, from 0.", 0, smallest: 0);
        Option<string?> image = new("--image") { Description = "An image instead: a PGM file, or an IDX file of images; white on black.", HelpName = "FILE" };
        Option<int?> threads = Threads.Option();
        Option<bool> json = CommonOptions.Json();
        Command command = new("predict", "Show a test example or an image, with what a saved run takes it for.") { run, index, image, threads, json };
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () => Run(parsed.GetValue(run)!, parsed.GetValue(index), parsed.GetValue(image), parsed.GetValue(json), terminal))));
        return command;
    }

    private static int Run(string path, int index, string? file, bool json, Terminal terminal)
    {
        SavedRun run = SavedRun.Load(path, terminal);
        if (file is null) OfData(run, index, json, terminal);
        else OfImage(run, file, index, json, terminal);
        return ExitStatus.Done;
    }

    private static void OfData(SavedRun run, int index, bool json, Terminal terminal)
    {
        (_, DataSet test) = run.Settings.Data.Load();
        if (index >= test.Count) throw new UsageException($"--index: expected a test example from 0 to {test.Count - 1}, got {index}.");
        SavedRun.Check("the run's data", run.Model, test, " Have its files been replaced?");
        Tensor example = Examples.At(test, index), answer = Answer(run, example);
        if (test.Classes is null) ShowNumber(example, index, test.Targets[index, 0], answer[0], json, terminal);
        else ShowClass(example, null, index, (int)test.Targets[index], answer.ToDoubles(), json, terminal);
    }

    private static void OfImage(SavedRun run, string file, int index, bool json, Terminal terminal)
    {
        if (run.Model.InputShape is { Rank: not 2 } shape) throw new UsageException($"--image: expected none, as the run was trained on examples of shape {shape}, which are no images, got {file}. Pass --index to choose a test example.");
        Tensor image = CommonOptions.Readable(() => OfFile(file, index));
        if (image.Shape != run.Model.InputShape) throw new UsageException($"{file}: expected an image of shape {run.Model.InputShape}, which the run was trained on, got {image.Shape}. Scale it to that size.");
        ShowClass(image, file, index, null, Answer(run, image).ToDoubles(), json, terminal);
    }

    private static Tensor Answer(SavedRun run, Tensor example)
    {
        // Neither loss nor target is looked at.
        DataSet single = new(example.Reshape(example.Shape.Prepend(1)), Tensor.From<byte>([0]));
        return SavedRun.Evaluator(run.Model, LossChoice.Default(hasClasses: false), metrics: null, classes: null).Predict(single).Reshape(run.Model.OutputShape(example.Shape));
    }

    private static void ShowClass(Tensor example, string? file, int index, int? label, double[] probabilities, bool json, Terminal terminal)
    {
        int answer = Array.IndexOf(probabilities, probabilities.Max());
        if (json)
        {
            terminal.Result(new JsonObject
            {
                ["event"] = "prediction",
                ["image"] = file,
                ["index"] = index,
                ["label"] = label,
                ["answer"] = answer,
                ["probabilities"] = new JsonArray([.. probabilities.Select(probability => Terminal.Number(probability))]),
            });
            return;
        }

        if (example.DType == DType.U8) terminal.Drawn.Write(new DigitImage(example));
        else terminal.Result($"test {index}  {Examples.Text(example)}");
        for (int i = 0; i < probabilities.Length; i++)
        {
            string bar = new('█', (int)Math.Round(probabilities[i] * BarWidth));
            terminal.Drawn.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i}  {probabilities[i]:0.0000}  {bar}").TrimEnd(), new Style(i == answer ? Color.Green : null));
        }

        terminal.Result(label is null ? $"taken for {answer}" : $"{label} taken for {answer}");
    }

    private static void ShowNumber(Tensor example, int index, double target, double answer, bool json, Terminal terminal)
    {
        if (json)
        {
            terminal.Result(new JsonObject
            {
                ["event"] = "prediction",
                ["index"] = index,
                ["features"] = Examples.Json(example),
                ["target"] = Terminal.Number(target),
                ["answer"] = Terminal.Number(answer),
            });
            return;
        }

        terminal.Results(($"test {index}", Examples.Text(example)), ("answer", Examples.Text(answer)), ("target", Examples.Text(target)), ("off by", Examples.Text(Math.Abs(answer - target))));
    }

    private static Tensor OfFile(string file, int index)
    {
        if (Pgm.IsPgm(file))
        {
            return index == 0 ? Pgm.Read(file) : throw new UsageException($"--index: expected 0, as {file} is a PGM file and holds one image, got {index}.");
        }

        Tensor images;
        try
        {
            images = Idx.Read(file);
        }
        catch (DataFormatException error)
        {
            throw new UsageException($"--image: {error.Message} What is read is a PGM file, or an IDX file of images.");
        }

        if (images.Rank != 3 || images.DType != DType.U8 || images.Length == 0) throw new UsageException($"--image: expected a PGM file or an IDX file of images [N, height, width], got {images.DType} {images.Shape} in {file}. Convert it to one of these.");
        return index < images.Shape[0]
            ? images.Rows(index, 1).Reshape(images.Shape.WithoutFirst())
            : throw new UsageException($"--index: expected an image from 0 to {images.Shape[0] - 1} of {file}, got {index}.");
    }
}
