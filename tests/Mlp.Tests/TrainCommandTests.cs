using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

public class TrainCommandTests
{
    private static readonly string[] Quick = ["--data", "synthetic:300", "--epochs", "2", "--json"];

    [Fact]
    public async Task With_json_there_is_an_object_for_each_epoch_and_one_for_the_result_and_nothing_else()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of(["train", .. Quick, "--output", folder["run"]]);

        Assert.Equal(0, run.Status);
        Assert.Equal(["epoch", "epoch", "result"], run.Objects.Select(line => line["event"]!.GetValue<string>()));
        Assert.Equal(["event", "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"], run.Objects[0].Select(pair => pair.Key));
        Assert.Equal(["event", "test_accuracy", "test_loss", "train_seconds", "samples_per_second", "parameters", "seed", "run"], run.Objects[2].Select(pair => pair.Key));
        Assert.Equal([1, 2], run.Objects.Take(2).Select(line => line["epoch"]!.GetValue<int>()));
        Assert.InRange(run.Objects[1]["accuracy"]!.GetValue<double>(), 0.2, 1);
        Assert.Equal(271_346, run.Objects[2]["parameters"]!.GetValue<long>());
        Assert.Equal(folder["run"], run.Objects[2]["run"]!.GetValue<string>());
        Assert.Contains("270 training, 30 validation and 60 test examples", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_validation_part_its_values_are_null()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of(["train", .. Quick, "--validation-split", "0", "--output", folder["run"]]);

        Assert.True(run.Objects[0].ContainsKey("val_loss"));
        Assert.Null(run.Objects[0]["val_loss"]);
        Assert.Null(run.Objects[0]["val_accuracy"]);
        Assert.Contains("300 training and 60 test examples", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_the_folder_that_the_design_describes()
    {
        using TemporaryFolder folder = new();

        await MlpRun.Of(["train", .. Quick, "--output", folder["run"]]);

        Assert.Equal(
            ["checkpoint.previous.safetensors", "checkpoint.safetensors", "history.csv", "model.json", "weights.safetensors"],
            Directory.GetFiles(folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.StartsWith("epoch,loss,accuracy,val_loss,val_accuracy\n1,", await File.ReadAllTextAsync(Path.Combine(folder["run"], "history.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_seed_writes_the_same_bytes_and_another_seed_others()
    {
        using TemporaryFolder folder = new();

        await MlpRun.Of(["train", .. Quick, "--seed", "7", "--output", folder["a"]]);
        await MlpRun.Of(["train", .. Quick, "--seed", "7", "--output", folder["b"]]);
        await MlpRun.Of(["train", .. Quick, "--seed", "8", "--output", folder["c"]]);

        byte[] Bytes(string run, string file) => File.ReadAllBytes(Path.Combine(folder[run], file));
        foreach (string file in (string[])["weights.safetensors", "checkpoint.safetensors", "history.csv", "model.json"]) Assert.Equal(Bytes("a", file), Bytes("b", file));
        Assert.NotEqual(Bytes("a", "weights.safetensors"), Bytes("c", "weights.safetensors"));
    }

    [Fact]
    public async Task Numbers_are_read_and_written_invariantly_where_the_comma_is_decimal()
    {
        using TemporaryFolder folder = new();
        CultureInfo before = CultureInfo.CurrentCulture;
        MlpRun german;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("0,5", $"{0.5}");
            german = await MlpRun.Of(["train", .. Quick, "--learning-rate", "0.005", "--validation-split", "0.2", "--output", folder["german"]]);
            Assert.Equal("0,5", $"{0.5}");
            MlpRun text = await MlpRun.Of("evaluate", folder["german"]);
            Assert.Matches(@"^test accuracy  0\.\d{4}\n", text.Output);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        MlpRun invariant = await MlpRun.Of(["train", .. Quick, "--learning-rate", "0.005", "--validation-split", "0.2", "--output", folder["invariant"]]);
        foreach (string file in Directory.GetFiles(folder["invariant"]).Select(path => Path.GetFileName(path)!))
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder["invariant"], file)), await File.ReadAllBytesAsync(Path.Combine(folder["german"], file)));
        }

        Assert.Equal(invariant.Objects[0]["loss"]!.GetValue<double>(), german.Objects[0]["loss"]!.GetValue<double>());
    }

    [Theory]
    [InlineData("adagrad:initial_accumulator_value=0.2", "")]
    [InlineData("adadelta:rho=0.9", "--schedule exponential:decay_rate=0.5,staircase=1")]
    [InlineData("rmsprop:centered=1", "--schedule inverse")]
    [InlineData("adam:amsgrad=1", "--schedule power:power=2 --clip-norm 1")]
    [InlineData("adamw", "--schedule piecewise:boundaries=5/10,rates=0.001/0.0005/0.0001 --clip-value 1")]
    [InlineData("adamax", "--schedule polynomial:power=2,cycle=1 --global-clip-norm 1")]
    [InlineData("nadam", "--schedule restarts:t_mul=1 --weight-decay 0.01")]
    [InlineData("lion:beta_1=0.8", "--schedule constant:warmup=5 --accumulate 2")]
    [InlineData("sgd", "--schedule onecycle:max=0.1,linear=1 --ema 0.5")]
    [InlineData("nesterov", "--schedule plateau:patience=1")]
    public async Task Every_optimizer_and_schedule_trains_and_evaluates_to_what_it_told(string optimizer, string more)
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of(["train", .. Quick, "--model", "plain", "--optimizer", optimizer, .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--output", folder["run"]]);
        MlpRun evaluated = await MlpRun.Of("evaluate", folder["run"], "--json");

        Assert.Equal(0, run.Status);
        Assert.True(run.Objects[1]["loss"]!.GetValue<double>() < 3);
        Assert.Equal(run.Objects[^1]["test_loss"]!.GetValue<double>(), evaluated.Objects[0]["test_loss"]!.GetValue<double>(), 1e-6);
    }

    [Fact]
    public async Task An_existing_output_is_refused_and_left_as_it_is()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["precious.txt"], "mine");

        MlpRun run = await MlpRun.Of(["train", .. Quick, "--output", folder.Path]);

        Assert.Equal(2, run.Status);
        Assert.Contains("which holds something. Choose another, or pass --force to overwrite it.", run.Error, StringComparison.Ordinal);
        Assert.Equal([folder["precious.txt"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Force_overwrites_a_run_and_keeps_what_is_not_its_own()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["precious.txt"], "mine");
        await File.WriteAllTextAsync(folder["model.json"], "old");

        MlpRun run = await MlpRun.Of(["train", .. Quick, "--force", "--output", folder.Path]);

        Assert.Equal(0, run.Status);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder["precious.txt"]));
        Assert.Equal("Sequential", JsonNode.Parse(await File.ReadAllTextAsync(folder["model.json"]))!["class_name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_loss_that_is_no_number_is_null_in_json_stops_with_status_3_and_keeps_the_last_good_state()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of("train", "--model", "plain", "--data", "synthetic:300", "--epochs", "3", "--json", "--optimizer", "sgd", "--learning-rate", "1e30", "--output", folder["run"]);

        Assert.Equal(3, run.Status);
        JsonObject epoch = Assert.Single(run.Objects);
        Assert.True(epoch.ContainsKey("loss"));
        Assert.Null(epoch["loss"]);
        Checkpoint checkpoint = new RunFolder(folder["run"]).Load();
        Assert.All(checkpoint.Model.Parameters, parameter => Assert.All(parameter.Value.ToDoubles(), value => Assert.True(double.IsFinite(value))));
    }

    [Fact]
    public async Task Evaluate_finds_what_training_reported()
    {
        using TemporaryFolder folder = new();
        MlpRun trained = await MlpRun.Of(["train", .. Quick, "--model", "bn-before", "--output", folder["run"]]);

        MlpRun evaluated = await MlpRun.Of("evaluate", folder["run"], "--json");

        Assert.Equal(0, evaluated.Status);
        JsonObject result = Assert.Single(evaluated.Objects);
        Assert.Equal(trained.Objects[^1]["test_accuracy"]!.GetValue<double>(), result["test_accuracy"]!.GetValue<double>());
        Assert.Equal(trained.Objects[^1]["test_loss"]!.GetValue<double>(), result["test_loss"]!.GetValue<double>());
        Assert.Equal(60, result["examples"]!.GetValue<int>());
    }

    [Fact]
    public async Task Each_model_and_optimizer_trains()
    {
        using TemporaryFolder folder = new();
        foreach (string model in (string[])["bn-after", "bn-before", "bn-printed", "plain"])
        {
            foreach (string optimizer in (string[])["sgd", "sgd:momentum=0.5", "momentum", "nesterov", "adam:learning_rate=0.002,beta_1=0.8"])
            {
                MlpRun run = await MlpRun.Of(["train", .. Quick, "--model", model, "--optimizer", optimizer, "--force", "--output", folder["run"]]);

                Assert.True(run.Status == 0, run.Error);
                Assert.True(run.Objects[1]["loss"]!.GetValue<double>() < run.Objects[0]["loss"]!.GetValue<double>(), $"{model} with {optimizer}: {run.Output}");
            }
        }
    }

    [MnistFact]
    public async Task The_real_MNIST_is_learned()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of("train", "--data", MnistFactAttribute.Directory, "--epochs", "1", "--json", "--output", folder["run"]);

        Assert.Equal(0, run.Status);
        Assert.Contains("54000 training, 6000 validation and 10000 test examples", run.Error, StringComparison.Ordinal);
        Assert.InRange(run.Objects[^1]["test_accuracy"]!.GetValue<double>(), 0.95, 1);
    }
}
