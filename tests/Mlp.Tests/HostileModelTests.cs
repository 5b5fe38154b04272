using System.Text;

namespace Tapestry.Mlp.Tests;

/// <summary>A model of one's own that is damaged, or unfit for the data: the message names the layer and the key.</summary>
public class HostileModelTests
{
    private const string Flatten = """{"class_name": "Flatten", "config": {"batch_input_shape": [null, 28, 28]}}""";
    private const string Softmax = """{"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}""";

    private static readonly (string Case, string Json)[] Unreadable =
    [
        ("an empty file", ""),
        ("no JSON", "Sequential([Dense(10)])"),
        ("JSON that is cut off", """{"class_name": "Sequential", "config": {"layers": ["""),
        ("JSON with something behind it", Model(Flatten, Softmax) + "}"),
        ("a key that is there twice", """{"class_name": "Sequential", "class_name": "Sequential", "config": {"layers": []}}"""),
        ("brackets without end", new string('[', 100_000)),
        ("a text", "\"Sequential\""),
        ("null", "null"),
        ("a list", "[]"),
        ("an empty object", "{}"),
        ("no config", """{"class_name": "Sequential"}"""),
        ("a config that is a list", """{"class_name": "Sequential", "config": []}"""),
        ("no layers", """{"class_name": "Sequential", "config": {}}"""),
        ("layers that are a text", """{"class_name": "Sequential", "config": {"layers": "Dense"}}"""),
        ("a single layer", Softmax),
        ("a layer that is null", Model(Flatten, "null")),
        ("a layer that is a number", Model(Flatten, "300")),
        ("a layer without class", Model(Flatten, """{"config": {"units": 10}}""")),
        ("a layer whose class is a number", Model(Flatten, """{"class_name": 7, "config": {"units": 10}}""")),
        ("a layer without config", Model(Flatten, """{"class_name": "Dense"}""")),
        ("an unknown class", Model(Flatten, """{"class_name": "Conv2D", "config": {"filters": 8}}""")),
        ("a class in small letters", Model(Flatten, """{"class_name": "dense", "config": {"units": 10}}""")),
        ("no units", Model(Flatten, """{"class_name": "Dense", "config": {"activation": "softmax"}}""")),
        ("units null", Model(Flatten, Dense("null"))),
        ("no units at all", Model(Flatten, Dense("0"))),
        ("negative units", Model(Flatten, Dense("-10"))),
        ("half a unit", Model(Flatten, Dense("10.5"))),
        ("units as a text", Model(Flatten, Dense("\"10\""))),
        ("units as a list", Model(Flatten, Dense("[10]"))),
        ("units beyond 32 bits", Model(Flatten, Dense("4294967306"))),
        ("more weights than an array holds", Model(Flatten, Dense("2147483647"))),
        ("an unknown key", Model(Flatten, """{"class_name": "Dense", "config": {"units": 10, "activatoin": "softmax"}}""")),
        ("an unknown activation", Model(Flatten, """{"class_name": "Dense", "config": {"units": 10, "activation": "sotfmax"}}""")),
        ("an activation that is a number", Model(Flatten, """{"class_name": "Dense", "config": {"units": 10, "activation": 1}}""")),
        ("an unknown initializer", Model(Flatten, """{"class_name": "Dense", "config": {"units": 10, "kernel_initializer": "magic"}}""")),
        ("an unknown regularizer", Model(Flatten, """{"class_name": "Dense", "config": {"units": 10, "kernel_regularizer": {"class_name": "L3", "config": {"l3": 0.01}}}}""")),
        ("a rate above 1", Model(Flatten, """{"class_name": "Dropout", "config": {"rate": 1.5}}""", Softmax)),
        ("a momentum as a text", Model(Flatten, """{"class_name": "BatchNormalization", "config": {"momentum": "high"}}""", Softmax)),
        ("an axis that the input does not have", Model(Flatten, """{"class_name": "BatchNormalization", "config": {"axis": 5}}""", Softmax)),
        ("an input shape of texts", Model("""{"class_name": "Flatten", "config": {"batch_input_shape": [null, "28", "28"]}}""", Softmax)),
        ("an input shape below 0", Model("""{"class_name": "Flatten", "config": {"batch_input_shape": [null, -28, 28]}}""", Softmax)),
        ("two layers of one name", Model(Flatten, """{"class_name": "Dense", "config": {"name": "a", "units": 10}}""", """{"class_name": "Dense", "config": {"name": "a", "units": 10, "activation": "softmax"}}""")),
    ];

    private static readonly (string Case, string Json)[] Unfit =
    [
        ("no layers in the list", Model()),
        ("nine answers", Model(Flatten, """{"class_name": "Dense", "config": {"units": 9, "activation": "softmax"}}""")),
        ("eleven answers", Model(Flatten, """{"class_name": "Dense", "config": {"units": 11, "activation": "softmax"}}""")),
        ("no softmax", Model(Flatten, """{"class_name": "Dense", "config": {"units": 10}}""")),
        ("a sigmoid instead of a softmax", Model(Flatten, """{"class_name": "Dense", "config": {"units": 10, "activation": "sigmoid"}}""")),
        ("something behind the softmax", Model(Flatten, Softmax, """{"class_name": "BatchNormalization", "config": {}}""")),
        ("images of 32 by 32", Model("""{"class_name": "Flatten", "config": {"batch_input_shape": [null, 32, 32]}}""", Softmax)),
        ("flat images", Model("""{"class_name": "Dense", "config": {"units": 10, "activation": "softmax", "batch_input_shape": [null, 784]}}""")),
        ("an answer for each row, as nothing flattens", Model("""{"class_name": "Dense", "config": {"units": 10, "activation": "softmax", "batch_input_shape": [null, 28, 28]}}""")),
    ];

    [Fact]
    public async Task A_model_that_cannot_be_read_is_refused_wherever_it_is_named()
    {
        List<string> lines = [];
        foreach ((string what, string json) in Unreadable)
        {
            using TemporaryFolder folder = new();
            await File.WriteAllTextAsync(folder["mine.json"], json);

            string message = await HostileRefusal.Expect(what, folder, "train", "--data", "synthetic:20", "--model", folder["mine.json"], "--output", folder["run"]);

            lines.Add($"{what}:\n  {message}");
            string asked = await HostileRefusal.Expect(what, folder, "summary", "--model", folder["mine.json"]);
            Assert.Equal(message.Split('\n')[0], asked.Split('\n')[0]);
            Assert.Contains("mine.json", message, StringComparison.Ordinal);
        }

        await Verifier.Verify(string.Join("\n", lines));
    }

    [Fact]
    public async Task A_model_that_does_not_fit_the_data_is_refused_before_anything_is_made()
    {
        List<string> lines = [];
        foreach ((string what, string json) in Unfit)
        {
            using TemporaryFolder folder = new();
            await File.WriteAllTextAsync(folder["mine.json"], json);

            string message = await HostileRefusal.Expect(what, folder, "train", "--data", "synthetic:20", "--model", folder["mine.json"], "--output", folder["run"]);

            lines.Add($"{what}:\n  {message}");
            Assert.StartsWith("mlp: --model DIR", message, StringComparison.Ordinal);
        }

        await Verifier.Verify(string.Join("\n", lines));
    }

    [Fact]
    public async Task Models_that_are_damaged_at_random_are_refused_with_status_2_or_summed_up()
    {
        byte[] good = Encoding.UTF8.GetBytes(Model(Flatten, """{"class_name": "BatchNormalization", "config": {"momentum": 0.9, "axis": [-1]}}""", Softmax));
        Random random = new(11);
        int refused = 0;
        using TemporaryFolder folder = new();
        for (int i = 0; i < 300; i++)
        {
            string kind = Mutator.Kinds[i % Mutator.Kinds.Count];
            await File.WriteAllBytesAsync(folder["mine.json"], Mutator.Mutate(good, kind, random));

            MlpRun run = await MlpRun.Of("summary", "--model", folder["mine.json"]).WaitAsync(TimeSpan.FromMinutes(1));

            string told = $"{i}, {kind}: status {run.Status}, {run.Error}";
            if (run.Status != 0)
            {
                refused++;
                Assert.True(run.Status == 2, told);
                Assert.Equal("", run.Output);
                Assert.True(run.Error.StartsWith("mlp: ", StringComparison.Ordinal) && run.Error.Count(char.IsControl) <= 2 && !run.Error.Contains("of its own", StringComparison.Ordinal), told);
            }
            else
            {
                Assert.Equal("", run.Error);
            }
        }

        Assert.InRange(refused, 150, 299);
    }

    [UnixFact]
    public async Task A_device_under_a_models_name_is_not_read()
    {
        using TemporaryFolder folder = new();
        File.CreateSymbolicLink(folder["endless.json"], "/dev/zero");

        string message = await HostileRefusal.Expect("a device", folder, "summary", "--model", folder["endless.json"]);

        Assert.EndsWith("which is empty, larger, or a device.", message.Split('\n')[0], StringComparison.Ordinal);
    }

    private static string Dense(string units) => $$$"""{"class_name": "Dense", "config": {"units": {{{units}}}, "activation": "softmax"}}""";

    private static string Model(params string[] layers) => $$$"""{"class_name": "Sequential", "config": {"layers": [{{{string.Join(", ", layers)}}}]}}""";
}
