using System.Text.Json.Nodes;

namespace Tapestry.Mlp.Tests;

public class FindRateCommandTests
{
    private static readonly string[] Quick = ["find-rate", "--data", "synthetic:300", "--model", "plain", "--steps", "120"];

    [Fact]
    public async Task With_json_there_is_an_object_for_each_step_and_one_for_the_result()
    {
        MlpRun run = await MlpRun.Of([.. Quick, "--optimizer", "momentum", "--clip-norm", "10", "--json"]);

        Assert.Equal(0, run.Status);
        JsonObject result = run.Objects[^1];
        Assert.Equal(["event", "suggestion", "steepest", "lowest", "steps", "exploded"], result.Select(pair => pair.Key));
        Assert.Equal(run.Objects.Count - 1, result["steps"]!.GetValue<int>());
        Assert.All(run.Objects.Take(run.Objects.Count - 1), line => Assert.Equal("step", line["event"]!.GetValue<string>()));
        Assert.Equal(1e-7, run.Objects[0]["learning_rate"]!.GetValue<double>(), 1e-20);
        Assert.InRange(result["suggestion"]!.GetValue<double>(), 1e-5, 0.2);
        Assert.True(result["suggestion"]!.GetValue<double>() <= result["lowest"]!.GetValue<double>() / 10);
    }

    [Fact]
    public async Task A_rate_is_suggested_in_words_that_train_takes_and_nothing_is_saved()
    {
        MlpRun run = await MlpRun.Of(Quick);

        Assert.Equal(0, run.Status);
        Assert.Matches(@"^falls fastest at  \d\.\de-?\d+\nlowest at         \d\.\de-?\d+\n(explodes behind|ends at        )   \d\.\de-?\d+\nsuggestion        --learning-rate \d\.\de-?\d+\n$", run.Output);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_answer_and_another_seed_another()
    {
        MlpRun first = await MlpRun.Of([.. Quick, "--json"]), second = await MlpRun.Of([.. Quick, "--json"]), other = await MlpRun.Of([.. Quick, "--json", "--seed", "2"]);

        Assert.Equal(first.Output, second.Output);
        Assert.NotEqual(first.Output, other.Output);
    }
}
