using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class RunFolderTests
{
    private static readonly Dictionary<string, string> Options = new() { ["epochs"] = "2" };

    [Fact]
    public void A_run_is_a_checkpoint_and_what_is_derived_from_it()
    {
        using TestFolder folder = new();
        RunFolder run = new(folder["runs/first"]);
        Trainer trainer = Trained(epochs: 1);

        run.Save(trainer, Options);

        Assert.Equal(["checkpoint.safetensors", "history.csv", "model.json", "weights.safetensors"], Files(run));
        Assert.Equal(LayerJson.ToJson(trainer.Model), File.ReadAllText(Path.Combine(run.Path, "model.json")));
        Assert.Equal(trainer.History.ToCsv(), File.ReadAllText(Path.Combine(run.Path, "history.csv")));
        (IReadOnlyList<KeyValuePair<string, Tensor>> weights, _) = SafeTensors.Read(Path.Combine(run.Path, "weights.safetensors"));
        Assert.Equal(trainer.Model.Parameters.Select(parameter => parameter.Name), weights.Select(pair => pair.Key));
        foreach ((Parameter parameter, KeyValuePair<string, Tensor> weight) in trainer.Model.Parameters.Zip(weights)) Expect.SameBits(parameter.Value, weight.Value);
    }

    [Fact]
    public void What_was_saved_is_loaded()
    {
        using TestFolder folder = new();
        RunFolder run = new(folder.Path);
        Trainer trainer = Trained(epochs: 2);

        run.Save(trainer, Options);
        Checkpoint read = run.Load();

        Assert.Equal(Options, read.Options);
        Assert.Equal(trainer.History.ToCsv(), read.History.ToCsv());
        foreach ((Parameter a, Parameter b) in trainer.Model.Parameters.Zip(read.Model.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    [Fact]
    public void The_checkpoint_before_is_kept_and_stands_in_where_the_last_is_missing()
    {
        using TestFolder folder = new();
        RunFolder run = new(folder.Path);
        Trainer trainer = Trained(epochs: 1);
        run.Save(trainer, Options);
        byte[] first = File.ReadAllBytes(folder["checkpoint.safetensors"]);

        trainer.Fit(Problem.Points(20, seed: 1));
        run.Save(trainer, Options);

        Assert.Equal(first, File.ReadAllBytes(folder["checkpoint.previous.safetensors"]));
        Assert.Equal(2, run.Load().History.Epochs.Count);
        File.Delete(folder["checkpoint.safetensors"]);
        Assert.Single(run.Load().History.Epochs);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_rather_than_passed_over()
    {
        using TestFolder folder = new();
        RunFolder run = new(folder.Path);
        run.Save(Trained(epochs: 1), Options);
        run.Save(Trained(epochs: 1), Options);
        File.WriteAllBytes(folder["checkpoint.safetensors"], File.ReadAllBytes(folder["checkpoint.safetensors"])[..^1]);

        Assert.StartsWith("checkpoint.safetensors: expected ", Assert.Throws<FormatException>(run.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_save_that_fails_leaves_the_checkpoint_before_and_no_temporary_file()
    {
        using TestFolder folder = new();
        RunFolder run = new(folder.Path);
        run.Save(Trained(epochs: 1), Options);
        byte[] before = File.ReadAllBytes(folder["checkpoint.safetensors"]);
        Trainer unbuilt = new(new Sequential { new Dense(2) }, Problem.Optimizer("sgd"), Losses.MeanSquaredError);

        Assert.Throws<InvalidOperationException>(() => run.Save(unbuilt, Options));

        Assert.Equal(before, File.ReadAllBytes(folder["checkpoint.safetensors"]));
        Assert.Equal(["checkpoint.safetensors", "history.csv", "model.json", "weights.safetensors"], Files(run));
    }

    [Fact]
    public void Equal_runs_write_equal_bytes_into_every_file()
    {
        using TestFolder folder = new();
        RunFolder first = new(folder["a"]), second = new(folder["b"]);
        foreach (RunFolder run in (RunFolder[])[first, second])
        {
            Trainer trainer = Trained(epochs: 1);
            run.Save(trainer, Options);
            trainer.Fit(Problem.Points(20, seed: 1));
            run.Save(trainer, Options);
        }

        Assert.Equal(5, Files(first).Length);
        Assert.Equal(Files(first), Files(second));
        foreach (string file in Files(first)) Assert.Equal(File.ReadAllBytes(Path.Combine(first.Path, file)), File.ReadAllBytes(Path.Combine(second.Path, file)));
    }

    [Fact]
    public void A_folder_without_a_run_is_refused_by_its_name()
    {
        using TestFolder folder = new();

        Assert.StartsWith($"{folder.Path}: expected a run with checkpoint.safetensors, got ", Assert.Throws<FileNotFoundException>(new RunFolder(folder.Path).Load).Message, StringComparison.Ordinal);
        Assert.StartsWith($"{folder["none"]}: expected the folder of a run, got ", Assert.Throws<DirectoryNotFoundException>(new RunFolder(folder["none"]).Load).Message, StringComparison.Ordinal);
    }

    private static Trainer Trained(int epochs)
    {
        Trainer trainer = Problem.Trainer();
        trainer.Fit(Problem.Points(20, seed: 1), epochs);
        return trainer;
    }

    private static string[] Files(RunFolder run) => [.. Directory.GetFiles(run.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
