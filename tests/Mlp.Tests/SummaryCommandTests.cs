using System.Text.Json.Nodes;

namespace Tapestry.Mlp.Tests;

public class SummaryCommandTests
{
    [Fact]
    public async Task The_summaries_of_the_models_look_as_Keras_prints_them()
    {
        string[] texts = [.. (await Task.WhenAll(((string[])["bn-after", "bn-before", "bn-printed", "plain"]).Select(model => MlpRun.Of("summary", "--model", model)))).Select(run => run.Output)];

        await Verifier.Verify(string.Join("\n", texts));
    }

    // Totals of batchnorm.md, section 1.6.
    [Theory]
    [InlineData("bn-after", 271_346, 268_978, 2_368)]
    [InlineData("bn-before", 270_946, 268_578, 2_368)]
    [InlineData("bn-printed", 270_946, 268_578, 2_368)]
    [InlineData("plain", 266_610, 266_610, 0)]
    public async Task With_json_the_totals_are_the_books(string model, long total, long trainable, long nonTrainable)
    {
        MlpRun run = await MlpRun.Of("summary", "--model", model, "--json");

        JsonObject summary = Assert.Single(run.Objects);
        Assert.Equal((total, trainable, nonTrainable), (summary["total"]!.GetValue<long>(), summary["trainable"]!.GetValue<long>(), summary["non_trainable"]!.GetValue<long>()));
        Assert.Equal(total, summary["layers"]!.AsArray().Sum(layer => layer!["parameters"]!.GetValue<long>()));
    }
}
