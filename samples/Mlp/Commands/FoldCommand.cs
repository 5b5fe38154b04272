using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp fold RUN</c>: a saved run's model without its batch normalization, which goes into the layers beside it.</summary>
internal static class FoldCommand
{
    /// <summary>Answers that differ by more than this, in F32, differ by more than rounding.</summary>
    private const double LargestDifference = 1e-3;

    public static Command Create(Terminal terminal)
    {
        Argument<string> run = new("RUN") { Description = "The folder of the run." };
        Option<string?> output = new("--output") { Description = "The folder to make for weights.safetensors and model.json; RUN-folded unless told otherwise.", HelpName = "DIR" };
        Option<bool> population = new("--population") { Description = "First put statistics of all training examples in the place of the moving averages, layer by layer." };
        Option<int?> threads = Threads.Option();
        Option<bool> json = CommonOptions.Json();
        Command command = new("fold", "Fold a saved run's batch normalization into the layers beside it, and check that nothing changes.") { run, output, population, threads, json };
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () => Run(parsed.GetValue(run)!, parsed.GetValue(output), parsed.GetValue(population), parsed.GetValue(json), terminal))));
        return command;
    }

    private static int Run(string path, string? output, bool population, bool json, Terminal terminal)
    {
        string folder = output ?? $"{Folder(path)}-folded";
        OutputFolder.Check("--output", folder);
        SavedRun run = SavedRun.Load(path, terminal);
        if (Directory.Exists(folder)) throw new UsageException($"--output: expected a new folder, got {folder}, which exists. Choose another with --output.");

        Parts parts = Parts.Load(run.Settings);
        DataSet test = parts.Test;
        Sequential model = run.Model as Sequential ?? throw new UsageException($"{path}: expected a run of a Sequential, whose layers are a stack, got one of {run.Model}. A graph cannot be folded.");
        KeyValuePair<string, double> before = Score(model, test);
        Sequential folded;
        try
        {
            if (population) PopulationStatistics.Estimate(model, parts.Train, run.Settings.BatchSize);
            folded = Folding.Fold(model);
        }
        catch (ArgumentException refusal)
        {
            throw new UsageException($"{path}: {CommonOptions.Text(refusal)}");
        }

        double difference = Difference(Evaluator(model, test).Predict(test), Evaluator(folded, test).Predict(test));
        if (!(difference <= LargestDifference))
        {
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"mlp: the folded model's answers differ by {difference:0.0e+0} from the run's, which is more than rounding; nothing was saved. Has the training diverged?"));
            return ExitStatus.Failed;
        }

        Save(folded, folder);
        Report(json, terminal, folder, test.Count, population, difference, before.Key, (model, before.Value), (folded, Score(folded, test).Value));
        return ExitStatus.Done;
    }

    private static void Report(bool json, Terminal terminal, string folder, int examples, bool population, double difference, string metric, (Model Model, double Score) before, (Model Model, double Score) after)
    {
        (int layersBefore, int layersAfter) = (Layers(before.Model), Layers(after.Model));
        (long parametersBefore, long parametersAfter) = (Summary.Count(before.Model.Parameters), Summary.Count(after.Model.Parameters));
        (int operationsBefore, int operationsAfter) = (Operations(before.Model), Operations(after.Model));
        if (json)
        {
            terminal.Result(new JsonObject
            {
                ["event"] = "result",
                ["layers_before"] = layersBefore,
                ["layers_after"] = layersAfter,
                ["parameters_before"] = parametersBefore,
                ["parameters_after"] = parametersAfter,
                ["operations_before"] = operationsBefore,
                ["operations_after"] = operationsAfter,
                [$"{metric}_before"] = Terminal.Number(before.Score),
                [$"{metric}_after"] = Terminal.Number(after.Score),
                ["largest_difference"] = Terminal.Number(difference),
                ["population"] = population,
                ["examples"] = examples,
                ["output"] = folder,
            });
            return;
        }

        string text = population ? "statistics of all training examples" : "moving averages";
        terminal.Results(
            ("layers", Change(layersBefore, layersAfter)),
            ("parameters", Change(parametersBefore, parametersAfter)),
            ("operations", Change(operationsBefore, operationsAfter)),
            ($"test {metric}", string.Create(CultureInfo.InvariantCulture, $"{before.Score:0.0000} -> {after.Score:0.0000}")),
            ("difference", string.Create(CultureInfo.InvariantCulture, $"{difference:0.0e+0} at most, over {examples} test examples")),
            ("statistics", text),
            ("saved", folder));
    }

    /// <summary>Two counts, and their difference.</summary>
    private static string Change(long before, long after) => string.Create(CultureInfo.InvariantCulture, $"{before:N0} -> {after:N0}, {before - after:N0} fewer");

    private static string Folder(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) is "" or "." or ".."
        ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
        : Path.TrimEndingDirectorySeparator(path);

    /// <summary>Writes both files into a folder beside the target, then renames that: there is the whole of it or nothing.</summary>
    private static void Save(Sequential folded, string folder)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            AtomicFile.Write(Path.Combine(temporary, "weights.safetensors"), stream => SafeTensors.Write(stream, folded.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value))));
            AtomicFile.Write(Path.Combine(temporary, "model.json"), stream => stream.Write(Encoding.UTF8.GetBytes(LayerJson.ToJson(folded))));
            Directory.Move(temporary, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw new IOException($"{folder}: the folded model could not be saved: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static Trainer Evaluator(Model model, DataSet test) => SavedRun.Evaluator(model, LossChoice.Default(test.Classes is not null), metrics: null, test.Classes);

    /// <summary>The accuracy, or of numbers the root of the mean squared error.</summary>
    private static KeyValuePair<string, double> Score(Model model, DataSet test) => Tested.By(Evaluator(model, test), test).Values[0];

    private static double Difference(Tensor expected, Tensor actual) => expected.ToDoubles().Zip(actual.ToDoubles(), (a, b) => Math.Abs(a - b)).Aggregate(0.0, Math.Max);

    private static int Layers(Model model) => model.Layers.Sum(layer => layer is Model nested ? Layers(nested) : 1);

    /// <summary>How many operations an inference is on the tape.</summary>
    private static int Operations(Model model)
    {
        using Tape tape = new();
        model.Forward(tape.Watch(Tensor.Zeros(model.InputShape!.Prepend(1), model.DType)), Mode.Inference);
        return tape.Entries.Count;
    }
}
