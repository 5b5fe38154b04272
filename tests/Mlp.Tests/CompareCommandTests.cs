using System.Text.Json;
using System.Text.Json.Nodes;
using Tapestry.Samples.Mlp.Compare;
using Tapestry.Samples.Mlp.Compare.Report;
using Tapestry.Tensors;

namespace Tapestry.Mlp.Tests;

/// <summary><c>mlp compare</c>; its page is looked at in <c>tests/Explorer.Tests/ReportPageTests.cs</c>.</summary>
public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Models_are_trained_alike_into_runs_and_shown_side_by_side()
    {
        MlpRun run = await Compare("--models", "plain,bn-before", "--data", "synthetic:300", "--epochs", "2", "--seed", "3", "--output", folder["runs"]);

        Assert.Equal(0, run.Status);
        Assert.Contains("epoch 2/2  loss ", run.Error, StringComparison.Ordinal);
        string[] lines = run.Output.Split('\n');
        Assert.Matches("^ +plain +bn-before$", lines[0]);
        Assert.Matches("^  parameters +266,610 +270,946$", lines[1]);
        Assert.Matches("^  epochs +2 +2$", lines[2]);
        Assert.Matches("^  loss +0\\.[0-9]{4} +0\\.[0-9]{4}$", lines[3].Replace(" 1.", " 0.", StringComparison.Ordinal).Replace(" 2.", " 0.", StringComparison.Ordinal));
        Assert.Contains("  model  plain  bn-before", lines);
        Assert.Contains("seed 3", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("samples/s", run.Output, StringComparison.Ordinal); // a training's own report

        // The same from the folders, which a shell's star names in the order of the alphabet.
        Assert.Equal(run.Output, (await Compare(folder["runs/plain"], folder["runs/bn-before"])).Output);
    }

    [Fact]
    public async Task Its_objects_hold_what_the_runs_and_their_evaluation_hold()
    {
        await Train("one", "--seed", "1");
        await Train("two", "--optimizer", "sgd:momentum=0.9", "--metrics", "f1_score", "--ema", "0.9");

        IReadOnlyList<JsonObject> objects = (await Compare(folder["one"], folder["two"], "--json")).Objects;

        Assert.Equal(["run", "run", "against_best"], objects.Select(line => (string?)line["event"]));
        for (int i = 0; i < 2; i++)
        {
            string name = i == 0 ? "one" : "two";
            JsonObject evaluated = (await MlpRun.Of("evaluate", folder[name], "--json")).Objects.Single();
            Assert.Equal(folder[name], (string?)objects[i]["run"]);
            Assert.Equal(name, (string?)objects[i]["name"]);
            foreach (string measure in (string[])["test_accuracy", "test_loss", "test_f1_score"])
            {
                if (evaluated[measure] is null) Assert.Null(objects[i][measure]);
                else Assert.Equal((double)evaluated[measure]!, (double)objects[i][measure]!);
            }

            string[] table = await File.ReadAllLinesAsync(Path.Combine(folder[name], "history.csv"));
            JsonObject history = objects[i]["history"]!.AsObject();
            Assert.Equal(table[0], $"epoch,{string.Join(',', history.Select(pair => pair.Key))}");
            Assert.Equal(table[2], $"2,{string.Join(',', history.Select(pair => pair.Value![1]!.ToJsonString()))}", ignoreCase: true);
        }

        Assert.Equal("sgd:momentum=0.9", (string?)objects[1]["settings"]!["optimizer"]);
        Assert.Equal("0.9", (string?)objects[1]["settings"]!["ema"]);

        // Whichever is best is so by its accuracy, and the difference in what is right is that of the accuracies.
        JsonObject best = Assert.Single(objects, line => line["best"]?.GetValueKind() == JsonValueKind.True), other = Assert.Single(objects, line => line["best"]?.GetValueKind() == JsonValueKind.False);
        double lead = (double)best["test_accuracy"]! - (double)other["test_accuracy"]!;
        Assert.True(lead >= 0);
        Assert.Equal(lead * 60, (int)objects[2]["only_best_right"]! - (int)objects[2]["only_run_right"]!, 1e-6);
    }

    [Fact]
    public async Task Many_runs_are_cut_into_tables_no_wider_than_a_terminal()
    {
        await Train("run");
        string[] copies = [.. Enumerable.Range(0, 9).Select(i => folder[$"a-run-of-length-{i}"])];
        foreach (string copy in copies)
        {
            Directory.CreateDirectory(copy);
            File.Copy(Path.Combine(folder["run"], "checkpoint.safetensors"), Path.Combine(copy, "checkpoint.safetensors"));
        }

        string output = (await Compare(copies)).Output;

        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.All(copies, copy => Assert.Contains(Path.GetFileName(copy), output, StringComparison.Ordinal));
        Assert.Equal(3, output.Split('\n').Count(line => line.StartsWith("  parameters", StringComparison.Ordinal)));
        Assert.DoesNotContain("differ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_whose_folders_have_one_name_are_told_apart_by_their_paths()
    {
        await Train("a/run");
        await Train("b/run");

        Assert.Equal([folder["a/run"], folder["b/run"]], (await Compare(folder["a/run"], folder["b/run"], "--json")).Objects.Take(2).Select(line => (string?)line["name"]));
    }

    [Fact]
    public async Task A_model_that_diverges_is_shown_with_what_it_reached_and_the_status_tells()
    {
        // The one without normalization is carried off by such a rate in its first epoch.
        MlpRun run = await Compare("--models", "plain,bn-after", "--data", "synthetic:300", "--epochs", "2", "--optimizer", "sgd:learning_rate=10", "--output", folder["runs"]);

        Assert.Equal(3, run.Status);
        Assert.Contains("the loss is not a number any more", run.Error, StringComparison.Ordinal);
        Assert.Matches("  epochs +0 +[0-2]", run.Output);
    }

    // A rate beyond F32 makes one step to weights of infinity, with either sign, and sums of their products are NaN. The epoch's own loss was taken before it.
    [Fact]
    public async Task A_run_whose_loss_is_NaN_is_not_the_best()
    {
        string own = folder["own.json"];
        await File.WriteAllTextAsync(own, """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"batch_input_shape": [null, 3], "units": 8}}, {"class_name": "Dense", "config": {"units": 1}}]}}""");
        string[] train = ["train", "--model", own, "--data", "regression:100", "--validation-split", "0", "--epochs", "1", "--steps-per-epoch", "1", "--optimizer", "sgd", "--learning-rate"];
        Assert.Equal(0, (await MlpRun.Of([.. train, "1e300", "--output", folder["lost"]])).Status);
        Assert.Equal(0, (await MlpRun.Of([.. train, "0.01", "--output", folder["found"]])).Status);

        MlpRun run = await Compare(folder["lost"], folder["found"], "--html", folder["page.html"], "--json");

        Assert.True(run.Status == 0, run.Error);
        Assert.Null(run.Objects[0]["test_loss"]);
        Assert.Contains("NaN", (await MlpRun.Of("evaluate", folder["lost"])).Output, StringComparison.Ordinal);
        Assert.Equal([false, true], run.Objects.Select(line => line["best"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task The_report_is_the_same_for_equal_runs_and_whole_or_not_there()
    {
        await Train("run");

        Assert.Equal(0, (await Compare(folder["run"], "--html", folder["one.html"])).Status);
        MlpRun again = await Compare(folder["run"], "--html", folder["two.html"], "--json");

        Assert.Equal(await File.ReadAllBytesAsync(folder["one.html"]), await File.ReadAllBytesAsync(folder["two.html"]));
        Assert.Equal($"the report is {folder["two.html"]}\n", again.Error);
        Assert.Single(again.Objects);
        Assert.Equal(["one.html", "run", "two.html"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task What_cannot_be_compared_is_refused_before_anything_is_trained_or_written()
    {
        await Train("run");
        await File.WriteAllTextAsync(folder["taken.html"], "");
        string own = folder["own.json"];
        await File.WriteAllTextAsync(own, """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Flatten", "config": {"batch_input_shape": [null, 28, 28]}}, {"class_name": "Dense", "config": {"units": 7, "activation": "softmax"}}]}}""");

        await Refused("compare: expected the folders of runs, or --models to train some, got neither.");
        await Refused("compare: expected the folders of runs, or --models to train some, got both.", folder["run"], "--models", "plain");
        await Refused("--epochs: expected --models with it, as runs are compared as they are, got RUNs.", folder["run"], "--epochs", "2");
        await Refused($"compare: expected each run once, got {folder["run"]}/ twice.", folder["run"] + "/", folder["run"]);
        await Refused($"--html: expected a file that does not exist yet, got {folder["taken.html"]}.", folder["run"], "--html", folder["taken.html"]);
        await Refused("--models: expected models of different names, got plain twice.", "--models", "plain,plain", "--output", folder["new"]);
        await Refused("--models: expected bn-after, bn-before, bn-printed, plain or a JSON file, got 'plian'. Did you mean plain?", "--models", "bn-after,plian", "--output", folder["new"]);
        await Refused($"--model {own}: expected a model that answers with 10 probabilities, got one that answers with shape [7].", "--models", $"plain,{own}", "--output", folder["new"], "--data", "synthetic:50");
        Assert.Contains(folder["nowhere"], (await Compare(folder["run"], folder["nowhere"])).Error, StringComparison.Ordinal);

        Assert.False(Directory.Exists(folder["new"]));

        async Task Refused(string message, params string[] args)
        {
            MlpRun run = await Compare(args);
            Assert.Equal((2, ""), (run.Status, run.Output));
            Assert.StartsWith($"mlp: {message}", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_interruption_ends_it_and_leaves_what_can_be_gone_on_with()
    {
        using CancellationTokenSource source = new();
        StringWriter output = new(), error = new();
        await source.CancelAsync();

        int status = await Tapestry.Samples.Mlp.MlpApp.RunAsync(["compare", "--models", "plain,bn-after", "--data", "synthetic:100", "--output", folder["runs"]], output, error, source.Token);

        Assert.Equal((130, ""), (status, output.ToString()));
        Assert.Contains($"Go on with: mlp train --resume {folder["runs/plain"]}", error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["runs/bn-after"]));
    }

    // Two-sided and exact: 2 · Σ C(n, i) / 2ⁿ over i up to the smaller count, and no more than 1. 5 against 0: 2/32. 6 against 2: 2 (1 + 8 + 28)/256. 3 against 3: 1.3125, so 1.
    [Theory]
    [InlineData(0, 0, 1, "1")]
    [InlineData(5, 0, 0.0625, "0.0625")]
    [InlineData(6, 2, 0.2890625, "0.2891")]
    [InlineData(2, 6, 0.2890625, "0.2891")]
    [InlineData(3, 3, 1, "1")]
    [InlineData(0, 20, 2 / 1048576.0, "< 0.0001")]
    public void McNemars_test_is_exact(int onlyFirst, int onlySecond, double p, string text)
    {
        bool[] first = [.. Enumerable.Repeat(true, onlyFirst), .. Enumerable.Repeat(false, onlySecond), true, false];
        bool[] second = [.. Enumerable.Repeat(false, onlyFirst), .. Enumerable.Repeat(true, onlySecond), true, false];

        McNemar test = McNemar.Of(first, second);

        Assert.Equal((onlyFirst, onlySecond), (test.OnlyFirst, test.OnlySecond));
        Assert.Equal(p, test.P, 1e-12);
        Assert.Equal(text, test.Text);
    }

    [Theory]
    [InlineData(0, 1, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(0.04, 0.31, "0.1 0.2 0.3")]
    [InlineData(-3, 12, "0 5 10")]
    [InlineData(0.00001, 0.00006, "1e-5 2e-5 3e-5 4e-5 5e-5 6e-5")]
    [InlineData(1, 3, "1 1.5 2 2.5 3")]
    public void Ticks_are_round(double low, double high, string texts) => Assert.Equal(texts, string.Join(' ', new Axis(low, high, 0, 100).Ticks().Select(tick => tick.Text)));

    [Fact]
    public void What_is_put_into_a_page_is_escaped_and_pieces_are_not()
    {
        Html piece = $"<b>{"a < b & \"c\""}</b>";

        Assert.Equal("<p>1.5 <b>a &lt; b &amp; &quot;c&quot;</b></p>", ((Html)$"<p>{1.5} {piece}</p>").ToString());
    }

    // The rows of the image behind a filter byte each, compressed; decompressed by what .NET has.
    [Fact]
    public void A_PNG_holds_the_pixels()
    {
        byte[] file = Png.Write(Tensor.From<byte>([0, 50, 100, 150, 200, 255]).Reshape(2, 3));

        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0], file[..29]);
        int length = (file[33] << 24) | (file[34] << 16) | (file[35] << 8) | file[36];
        using System.IO.Compression.ZLibStream pixels = new(new MemoryStream(file, 41, length), System.IO.Compression.CompressionMode.Decompress);
        using MemoryStream rows = new();
        pixels.CopyTo(rows);
        Assert.Equal([0, 0, 50, 100, 0, 150, 200, 255], rows.ToArray());

        // The end's checksum is known: it is that of "IEND".
        Assert.Equal([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82], file[^12..]);
    }

    private static Task<MlpRun> Compare(params string[] args) => MlpRun.Of(["compare", .. args]);

    private async Task Train(string name, params string[] more) =>
        Assert.Equal(0, (await MlpRun.Of(["train", "--model", "plain", "--data", "synthetic:300", "--epochs", "2", "--output", folder[name], .. more])).Status);
}
