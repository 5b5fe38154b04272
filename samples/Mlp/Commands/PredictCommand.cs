using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tapestry.Data;
using Tapestry.Optimizers;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp predict RUN</c>: draws an image, with what a saved run takes it for.</summary>
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
        Command command = new("predict", "Draw an image, with what a saved run takes it for.") { run, index, image, threads, json };
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () => Run(parsed.GetValue(run)!, parsed.GetValue(index), parsed.GetValue(image), parsed.GetValue(json), terminal))));
        return command;
    }

    private static int Run(string path, int index, string? file, bool json, Terminal terminal)
    {
        Checkpoint checkpoint = new RunFolder(path).Load(note => terminal.Note($"mlp: {note}"));
        checkpoint.UseAverages();
        (Tensor image, int? label) = file is null ? OfData(checkpoint, index) : (CommonOptions.Readable(() => OfFile(file, index)), null);
        if (image.Shape != checkpoint.Model.InputShape) throw new UsageException($"{file ?? "the run's data"}: expected an image of shape {checkpoint.Model.InputShape}, which the run was trained on, got {image.Shape}. Scale it to that size.");

        Trainer trainer = new(checkpoint.Model, new Sgd(), Losses.SparseCategoricalCrossentropy);
        DataSet single = new(image.Reshape(image.Shape.Prepend(1)), Tensor.From<byte>([0]));
        double[] probabilities = trainer.Predict(single).ToDoubles();
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
            return ExitStatus.Done;
        }

        terminal.Drawn.Write(new DigitImage(image));
        for (int i = 0; i < probabilities.Length; i++)
        {
            string bar = new('█', (int)Math.Round(probabilities[i] * BarWidth));
            terminal.Drawn.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i}  {probabilities[i]:0.0000}  {bar}").TrimEnd(), new Style(i == answer ? Color.Green : null));
        }

        terminal.Result(label is null ? $"taken for {answer}" : $"{label} taken for {answer}");
        return ExitStatus.Done;
    }

    private static (Tensor Image, int? Label) OfData(Checkpoint checkpoint, int index)
    {
        (_, DataSet test) = RunSettings.FromOptions(checkpoint.Options).Data.Load();
        if (index >= test.Count) throw new UsageException($"--index: expected a test example from 0 to {test.Count - 1}, got {index}.");
        return (test.Features.Rows(index, 1).Reshape(test.FeatureShape), (int)test.Targets[index]);
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
