namespace Tapestry.Mlp.Tests;

public class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("tain")]
    [InlineData("train extra")]
    [InlineData("train --epochs 0")]
    [InlineData("train --epochs -1")]
    [InlineData("train --epochs 1.5")]
    [InlineData("train --epochs five")]
    [InlineData("train --epochs 99999999999")]
    [InlineData("train --epochs")]
    [InlineData("train --batch-size 0")]
    [InlineData("train --batch-size x")]
    [InlineData("train --model cnn")]
    [InlineData("train --data nowhere")]
    [InlineData("train --data synthetic:")]
    [InlineData("train --data synthetic:4")]
    [InlineData("train --data synthetic:1,000")]
    [InlineData("train --data synthetic:100:x")]
    [InlineData("train --data synthetic:100:1:1")]
    [InlineData("train --optimizer adamw")]
    [InlineData("train --optimizer adam:momentum=0.9")]
    [InlineData("train --optimizer adam:beta_1=1")]
    [InlineData("train --optimizer adam:beta_1")]
    [InlineData("train --optimizer sgd:learning_rate=fast")]
    [InlineData("train --optimizer sgd:learning_rate=0.1,learning_rate=0.2")]
    [InlineData("train --optimizer sgd:learning_rate=0.1 --learning-rate 0.2")]
    [InlineData("train --learning-rate 0")]
    [InlineData("train --learning-rate -0.1")]
    [InlineData("train --learning-rate NaN")]
    [InlineData("train --learning-rate 0,01")]
    [InlineData("train --seed -1")]
    [InlineData("train --seed 18446744073709551616")]
    [InlineData("train --validation-split 1")]
    [InlineData("train --validation-split -0.1")]
    [InlineData("train --validation-split 0.0001 --data synthetic:10")]
    [InlineData("train --quick")]
    [InlineData("evaluate")]
    [InlineData("evaluate nowhere")]
    [InlineData("evaluate . --data nowhere")]
    [InlineData("summary --model none")]
    [InlineData("gradcheck Nothing")]
    public async Task Wrong_usage_is_answered_in_at_most_two_lines_with_status_2_and_creates_nothing(string line)
    {
        using TemporaryFolder folder = new();
        string[] output = line.StartsWith("train", StringComparison.Ordinal) ? ["--output", folder["run"]] : [];

        MlpRun run = await MlpRun.Of([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. output]);

        Assert.Equal(2, run.Status);
        Assert.Equal("", run.Output);
        Assert.StartsWith("mlp: ", run.Error, StringComparison.Ordinal);
        Assert.InRange(run.Error.Count(character => character == '\n'), 1, 2);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public async Task Help_explains_every_command()
    {
        string text = "";
        foreach (string command in (string[])["", "train", "evaluate", "summary", "gradcheck"])
        {
            MlpRun run = await MlpRun.Of([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.Equal(0, run.Status);
            text += $"$ mlp {command} --help\n{run.Output}\n";
        }

        // The name of the host process is not ours.
        await Verifier.Verify(text.Replace("testhost", "mlp", StringComparison.Ordinal));
    }
}
