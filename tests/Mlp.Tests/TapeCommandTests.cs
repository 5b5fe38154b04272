using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tapestry.Layers;

namespace Tapestry.Mlp.Tests;

public class TapeCommandTests
{
    private static readonly string[] Example = ["tape", "--expression", "a*b + exp(a)", "--at", "a=1,b=2"];

    [Fact]
    public async Task The_example_reads_as_in_the_documentation()
    {
        string text = "";
        foreach (string option in (string[])["", "--gradient", "--second-order", "--format dot", "--format mermaid", "--format json"])
        {
            MlpRun run = await MlpRun.Of([.. Example, .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            Assert.Equal((0, ""), (run.Status, run.Error));
            text += $"$ mlp tape --expression 'a*b + exp(a)' --at a=1,b=2{(option.Length > 0 ? " " : "")}{option}\n{run.Output}\n";
        }

        await Verifier.Verify(text);
    }

    // d(a·b + eᵃ)/da = b + eᵃ, and with respect to b it is a.
    [Fact]
    public async Task With_gradient_the_leaves_have_the_derivatives()
    {
        JsonArray nodes = (await Tape([.. Example, "--gradient"]))["nodes"]!.AsArray();

        Assert.Equal(2 + Math.E, nodes[0]!["adjoint"]!["elements"]![0]!.GetValue<double>());
        Assert.Equal(1, nodes[1]!["adjoint"]!["elements"]![0]!.GetValue<double>());
    }

    // A model's layers that have parameters or record something: a flatten of a constant records nothing.
    [Theory]
    [InlineData("bn-after", "batch_normalization dense batch_normalization_1 dense_1 batch_normalization_2 dense_2")]
    [InlineData("plain", "dense dense_1 dense_2")]
    public async Task A_models_tape_has_its_layers_its_parameters_and_its_loss(string model, string layers)
    {
        JsonObject tape = await Tape("tape", "--model", model, "--gradient", "--batch", "3");

        JsonArray nodes = tape["nodes"]!.AsArray();
        Assert.Equal(layers.Split(' ').Select(layer => $"sequential/{layer}"), nodes.Select(node => node!["scope"]?.GetValue<string>()).OfType<string>().Distinct());
        JsonNode[] watched = [.. nodes.Where(node => node!["kind"]!.GetValue<string>() == "watched")!];
        Assert.All(watched, node => Assert.Matches("^(batch_normalization|dense)(_\\d)?/(kernel|bias|gamma|beta)$", node["name"]!.GetValue<string>()));
        Assert.All(watched, node => Assert.Equal(node["shape"]!.ToJsonString(), node["adjoint"]!["shape"]!.ToJsonString()));
        JsonNode loss = nodes[tape["output"]!.GetValue<int>()]!;
        Assert.Equal("[]", loss["shape"]!.ToJsonString());

        // Unlearned, a model of ten classes guesses: about ln 10 of surprise.
        Assert.InRange(loss["value"]!["elements"]![0]!.GetValue<double>(), 1, 5);

        // Inputs come before what is made of them, and the sum of what is kept is the total.
        Assert.All(nodes, node => Assert.All(node!["inputs"]!.AsArray(), input => Assert.InRange(input!.GetValue<int>(), 0, node["id"]!.GetValue<int>() - 1)));
        Assert.Equal(tape["savedBytes"]!.GetValue<long>(), nodes.Sum(node => node!["savedBytes"]!.GetValue<long>()));
    }

    [Fact]
    public async Task A_models_drawing_has_a_frame_for_each_layer_and_every_node_once()
    {
        string[] line = ["tape", "--model", "bn-after", "--second-order"];
        int nodes = (await Tape(line))["nodes"]!.AsArray().Count;
        string dot = (await MlpRun.Of([.. line, "--format", "dot"])).Output, mermaid = (await MlpRun.Of([.. line, "--format", "mermaid"])).Output;

        Assert.Equal(nodes, Regex.Matches(dot, @"^ +n(\d+) \[", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Distinct().Count());
        Assert.Equal(nodes, Regex.Matches(mermaid, @"^ +n(\d+)[\[(]", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Distinct().Count());

        // The model and its six layers that compute, forward; the reverse pass, and those again inside it.
        Assert.Equal(15, Regex.Count(dot, "subgraph cluster_"));
        Assert.Equal(15, Regex.Count(mermaid, "subgraph layer"));
        Assert.Equal(dot.Count(character => character == '{'), dot.Count(character => character == '}'));
    }

    [ToolFact(Tool.Graphviz)]
    public async Task Graphviz_draws_models_and_layers()
    {
        foreach (string[] of in (string[][])[["--model", "bn-after"], .. LayerCatalogue.Layers.Select(row => new[] { "--layer", row.ClassName })])
        {
            using TemporaryFolder folder = new();
            MlpRun run = await MlpRun.Of(["tape", .. of, "--second-order", "--output", folder["tape.dot"]]);
            Assert.Equal((0, folder["tape.dot"] + "\n", ""), (run.Status, run.Output, run.Error));

            using System.Diagnostics.Process dot = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dot", ["-Tsvg", folder["tape.dot"], "-o", folder["tape.svg"]]) { RedirectStandardError = true })!;
            string error = await dot.StandardError.ReadToEndAsync();
            await dot.WaitForExitAsync();

            Assert.Equal((0, ""), (dot.ExitCode, error));
            Assert.True(new FileInfo(folder["tape.svg"]).Length > 500);
        }
    }

    public static TheoryData<string> Layers => new(LayerCatalogue.Layers.Select(row => row.ClassName));

    [Theory]
    [MemberData(nameof(Layers))]
    public async Task Every_layer_of_the_catalogue_has_a_tape_with_its_input_and_the_same_each_time(string layer)
    {
        MlpRun run = await MlpRun.Of("tape", "--layer", layer, "--gradient", "--json");

        JsonArray nodes = Assert.Single(run.Objects)["nodes"]!.AsArray();
        int inputs = LayerCatalogue.Find(layer)!.Samples[0].InputShapes.Count;
        string[] names = inputs == 1 ? ["x"] : [.. Enumerable.Range(1, inputs).Select(i => $"x{i}")];
        Assert.Equal(names, nodes.Take(inputs).Select(node => node!["name"]!.GetValue<string>()));
        // Indices have no derivative.
        if (layer != "Embedding") Assert.All(nodes.Take(inputs), node => Assert.NotNull(node!["adjoint"]));
        Assert.Equal(run.Output, (await MlpRun.Of("tape", "--layer", layer, "--gradient", "--json")).Output);
    }

    // The input's part in the mean and in the deviation is taken out of its adjoint: ȳ - mean(ȳ) - x̂·mean(ȳ·x̂) sums to 0 in each column.
    [Fact]
    public async Task Batch_normalizations_tape_has_an_adjoint_of_the_input_that_sums_to_nothing_but_is_not_nothing()
    {
        JsonObject x = (await Tape("tape", "--layer", "batch-normalization", "--gradient"))["nodes"]![0]!.AsObject();

        double[] adjoint = [.. x["adjoint"]!["elements"]!.AsArray().Select(element => element!.GetValue<double>())];
        for (int column = 0; column < 3; column++)
        {
            Assert.Equal(0, Enumerable.Range(0, 4).Sum(row => adjoint[(row * 3) + column]), 1e-12);
            Assert.True(Enumerable.Range(0, 4).Max(row => Math.Abs(adjoint[(row * 3) + column])) > 0.1);
        }
    }

    [Theory]
    [InlineData("tape.txt", "a*b + exp(a)\n")]
    [InlineData("tape", "a*b + exp(a)\n")]
    [InlineData("tape.dot", "digraph tape {")]
    [InlineData("tape.GV", "digraph tape {")]
    [InlineData("tape.mmd", "---\ntitle: ")]
    [InlineData("tape.html", "<!DOCTYPE html>")]
    [InlineData("tape.json", "{\"format\":\"tapestry-tape/1\"")]
    [InlineData("tape.html --format json", "{\"format\":\"tapestry-tape/1\"")]
    public async Task A_file_is_written_in_the_format_that_its_name_or_the_option_says(string output, string beginning)
    {
        using TemporaryFolder folder = new();
        string[] words = output.Split(' ');

        MlpRun run = await MlpRun.Of([.. Example, "--output", folder[words[0]], .. words.Skip(1)]);

        Assert.Equal((0, folder[words[0]] + "\n", ""), (run.Status, run.Output, run.Error));
        Assert.StartsWith(beginning, await File.ReadAllTextAsync(folder[words[0]]), StringComparison.OrdinalIgnoreCase);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_model_in_a_file_has_a_tape_too()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["own.json"], """
            {"class_name": "Sequential", "config": {"name": "own", "layers": [
                {"class_name": "Flatten", "config": {"batch_input_shape": [null, 28, 28]}},
                {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]}}
            """);

        JsonObject tape = await Tape("tape", "--model", folder["own.json"]);

        Assert.Contains(tape["nodes"]!.AsArray(), node => node!["scope"]?.GetValue<string>() == "own/dense");
    }

    [Theory]
    [InlineData("", "tape: expected one of --expression, --layer and --model, got none.")]
    [InlineData("--at a=1", "tape: expected one of --expression, --layer and --model, got none.")]
    [InlineData("--layer Dense --model plain", "tape: expected one of --expression, --layer and --model, got --layer and --model.")]
    [InlineData("--expression a --layer Dense --at a=1", "tape: expected one of --expression, --layer and --model, got --expression and --layer.")]
    [InlineData("--layer Dense --at a=1", "--at: expected --expression with it, got --layer.")]
    [InlineData("--expression a --at a=1 --batch 2", "--batch: expected --layer or --model with it, got --expression.")]
    [InlineData("--layer Dens", "--layer: expected one of Flatten, Dense, ")]
    [InlineData("--layer Dense --batch 0", "--batch: expected a whole number of 1 or more, got '0'.")]
    [InlineData("--layer Dense --batch 2000000000", "--batch: expected at most 1000 examples, got 2000000000.")]
    [InlineData("--model plian", "--model: expected bn-after, bn-before, bn-printed, plain or a JSON file, got 'plian'. Did you mean plain?")]
    [InlineData("--layer Dense --format dto", "--format: expected text, dot, mermaid, html, json, got 'dto'. Did you mean dot?")]
    [InlineData("--layer Dense --format dot --json", "--json: expected either this or --format, got both.")]
    [InlineData("--layer Dense --output DIR/file", "--output: expected a file that does not exist yet, got DIR/file.")]
    [InlineData("--layer Dense --output DIR", "--output: expected a file that does not exist yet, got DIR.")]
    [InlineData("--layer Dense --output DIR/none/tape.dot", "--output: expected a file in a folder that exists, got DIR/none/tape.dot.")]
    [InlineData("--layer Dense --output ''", "--output: expected the name of a file, got an empty text.")]
    [InlineData("--layer Dense --gradeint", "expected a command or an option, got '--gradeint'. Did you mean --gradient?")]
    public async Task What_cannot_be_is_refused_in_a_line_and_nothing_is_written(string line, string expected)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["file"], "a file");
        string[] words = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "''" ? "" : word.Replace("DIR", folder.Path, StringComparison.Ordinal))];

        string message = await HostileRefusal.Expect(line, folder, ["tape", .. words]);

        Assert.StartsWith($"mlp: {expected}", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_the_same_where_the_comma_is_decimal()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        MlpRun plain = await MlpRun.Of([.. Example, "--gradient"]);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(plain, await MlpRun.Of([.. Example, "--gradient"]));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static async Task<JsonObject> Tape(params string[] args)
    {
        MlpRun run = await MlpRun.Of([.. args, "--json"]);
        Assert.Equal((0, ""), (run.Status, run.Error));
        return Assert.Single(run.Objects);
    }
}
