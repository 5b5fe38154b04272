namespace Tapestry.Mlp.Tests;

public class UsageTests
{
    private static readonly string[] Samples = ["XOR", "REGRESSION"];

    /// <summary>Lines that cannot be: '' is an empty word, DIR a folder that holds nothing but a file, and XOR and REGRESSION are the models of those names in the samples.</summary>
    public static TheoryData<string> Wrong =>
    [
        "",
        "tain",
        "train extra",
        "train --epochs 0",
        "train --epochs -1",
        "train --epochs 1.5",
        "train --epochs five",
        "train --epochs 99999999999",
        "train --epochs",
        "train --batch-size 0",
        "train --batch-size x",
        "train --model cnn",
        "train --data nowhere",
        "train --data synthetic:",
        "train --data synthetic:4",
        "train --data synthetic:1,000",
        "train --data synthetic:100:x",
        "train --data synthetic:100:1:1",
        "train --data xor:4",
        "train --data xor --validation-split 0.1 --model XOR",
        "train --data spirals:4",
        "train --data spirals:100:x",
        "train --data spirals",
        "train --data spirals --model XOR",
        "train --data regression --model XOR",
        "train --data regression",
        "train --data regression --loss sparse_categorical_crossentropy",
        "train --data regression --loss hinge",
        "train --data regression --metrics accuracy",
        "train --data regression --metrics mean_absolute_error,kl_divergence",
        "train --data spirals --metrics r2_score",
        "train --data regression --class-weights balanced",
        "train --data regression --model REGRESSION --early-stopping val_accuracy",
        "train --model REGRESSION",
        "train --optimizer adamx",
        "train --optimizer adam:amsgrad=2",
        "train --optimizer rmsprop:rho=1",
        "train --optimizer adamw:weight_decay=0.1 --weight-decay 0.2",
        "train --schedule",
        "train --schedule cosin",
        "train --schedule cosine:steps=10",
        "train --schedule cosine:alpha=2",
        "train --schedule cosine:warmup=1.5",
        "train --schedule exponential:decay_steps=0",
        "train --schedule exponential:staircase=yes",
        "train --schedule piecewise",
        "train --schedule piecewise:boundaries=10/20,rates=0.1/0.2",
        "train --schedule piecewise:boundaries=10,rates=0.1/x",
        "train --schedule plateau:factor=1",
        "train --schedule onecycle:max=0.1 --learning-rate 0.2",
        "train --clip-norm 0",
        "train --clip-value x",
        "train --clip-norm 1 --global-clip-norm 2",
        "train --weight-decay -1",
        "train --accumulate 0",
        "train --ema 1",
        "find-rate --learning-rate 0.1",
        "find-rate --from 1 --to 0.1",
        "find-rate --from 0",
        "find-rate --steps 19",
        "train --optimizer adam:momentum=0.9",
        "train --optimizer adam:beta_1=1",
        "train --optimizer adam:beta_1",
        "train --optimizer sgd:learning_rate=fast",
        "train --optimizer sgd:learning_rate=0.1,learning_rate=0.2",
        "train --optimizer sgd:learning_rate=0.1 --learning-rate 0.2",
        "train --loss huber:delta=0",
        "train --loss huber:detla=2",
        "train --loss huber:delta",
        "train --loss poisson:delta=1",
        "train --loss binary_focal_crossentropy:apply_class_balancing=yes",
        "train --metrics auc,auc",
        "train --metrics auc:curve=roc:k=3",
        "train --metrics sparse_top_k_categorical_accuracy:k=0",
        "train --class-weights 0=-1",
        "train --class-weights 0=1,0=2",
        "train --class-weights one=1",
        "train --class-weights 10=2 --data synthetic:10",
        "train --learning-rate 0",
        "train --learning-rate -0.1",
        "train --learning-rate NaN",
        "train --learning-rate 0,01",
        "train --seed -1",
        "train --seed 18446744073709551616",
        "train --validation-split 1",
        "train --validation-split -0.1",
        "train --validation-split 0.0001 --data synthetic:10",
        "train --quick",
        "train --epochs 1 --epochs 2",
        "train --epochs +1",
        "train --epochs 1e3",
        "train --epochs ''",
        "train --batch-size",
        "train --batch-size 2147483648",
        "train --batch-size -32",
        "train --model",
        "train --model ''",
        "train --model bn_after",
        "train --model nowhere.json",
        "train --model DIR",
        "train --data",
        "train --data ''",
        "train --data DIR",
        "train --data DIR/file",
        "train --data sinthetic",
        "train --data Synthetic:100",
        "train --data synthetic:-100",
        "train --data synthetic:1000001",
        "train --data synthetic:100:-1",
        "train --data synthetic:100:",
        "train --data synthetic:100:18446744073709551616",
        "train --optimizer",
        "train --optimizer ''",
        "train --optimizer adma",
        "train --optimizer adam:",
        "train --optimizer adam:beta1=0.9",
        "train --optimizer adam:beta_1=0.9,",
        "train --optimizer adam:beta_2=1.5",
        "train --optimizer adam:epsilon=-1",
        "train --optimizer sgd:momentum=1.1",
        "train --optimizer sgd:momentum=-0.1",
        "train --optimizer nesterov:momentum=NaN",
        "train --optimizer momentum:learning_rate=Infinity",
        "train --learning-rate",
        "train --learning-rate ''",
        "train --learning-rate Infinity",
        "train --learning-rate 1e999",
        "train --learning-rate 0.1f",
        "train --seed",
        "train --seed 1.0",
        "train --seed 0x10",
        "train --validation-split",
        "train --validation-split NaN",
        "train --validation-split 10%",
        "train --validation-split 0.999 --data synthetic:10",
        "train --threads 0",
        "train --threads -1",
        "train --threads two",
        "train --threads",
        "train --json=perhaps",
        "train --force=2",
        "train --resume",
        "train --resume nowhere --output DIR/run",
        "train --resume nowhere --force --output DIR/run",
        "evaluate",
        "evaluate nowhere",
        "evaluate ''",
        "evaluate DIR",
        "evaluate DIR/file",
        "evaluate DIR DIR",
        "evaluate . --data nowhere",
        "evaluate . --data synthetic:x",
        "evaluate . --data",
        "evaluate . --epochs 3",
        "evaluate . --threads 0",
        "predict",
        "predict nowhere",
        "predict DIR",
        "predict . --index -1",
        "predict . --index one",
        "predict . --index",
        "predict . --image",
        "predict . --threads 1.5",
        "models extra",
        "models --model plain",
        "models --json=perhaps",
        "summary --model none",
        "summary --model nowhere.json",
        "summary extra",
        "data",
        "data shwo",
        "data show --count 0",
        "data show --count many",
        "data show --data nowhere",
        "data show --data DIR",
        "data show extra",
        "data write",
        "data write ''",
        "data write DIR/file",
        "data write DIR/file/inner",
        "data write DIR/new --data nowhere",
        "data write DIR/new --data DIR",
        "data write DIR/new --gzip=very",
        "data write DIR/new extra",
        "data write DIR/new --data spirals",
        "data write DIR/new --data regression",
        "data list extra",
        "data download",
        "data download mnit",
        "data download mnist --mirror files",
        "data download mnist --output ''",
        "data download mnist --output DIR/file",
        "data download mnist extra",
        "gradcheck Nothing",
        "gradcheck Exp Log",
        "gradcheck ''",
        "gradcheck --order 3",
        "bench extra",
        "bench --only",
        "bench --only ''",
        "bench --only memroy",
        "bench --only limit",
        "bench --threads 0",
        "bench --json=perhaps",
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Wrong_usage_is_answered_in_at_most_three_lines_with_status_2_and_creates_nothing(string line)
    {
        using TemporaryFolder folder = new();

        await Answer(line, folder);
    }

    [Fact]
    public async Task Each_answer_says_what_was_expected_what_came_and_what_to_do()
    {
        List<string> answers = [];
        foreach (string line in Wrong)
        {
            // Its answer lists all operations there are.
            if (line.StartsWith("gradcheck", StringComparison.Ordinal)) continue;
            using TemporaryFolder folder = new();
            answers.Add($"$ mlp {line}\n{await Answer(line, folder)}\n");
        }

        await Verifier.Verify(string.Join("\n", answers));
    }

    [Theory]
    [InlineData("--model plain")]
    [InlineData("--data synthetic")]
    [InlineData("--batch-size 8")]
    [InlineData("--optimizer adam")]
    [InlineData("--learning-rate 0.1")]
    [InlineData("--schedule cosine")]
    [InlineData("--clip-norm 1")]
    [InlineData("--ema 0.9")]
    [InlineData("--seed 1")]
    [InlineData("--validation-split 0.1")]
    [InlineData("--output run")]
    [InlineData("--force")]
    public async Task A_run_goes_on_as_it_was_started_so_that_other_options_are_refused(string option)
    {
        using TemporaryFolder folder = new();

        string message = await HostileRefusal.Expect(option, folder, ["train", "--resume", folder["run"], .. option.Split(' ')]);

        Assert.StartsWith($"mlp: --resume: expected no other option than --epochs, --detect-anomaly, --threads and --json, got {option.Split(' ')[0]}.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tarin", "train")]
    [InlineData("evalaute DIR", "evaluate")]
    [InlineData("sumary", "summary")]
    [InlineData("model", "models")]
    [InlineData("predikt DIR", "predict")]
    [InlineData("gradchek", "gradcheck")]
    [InlineData("data shw", "show")]
    [InlineData("train --epoch 3", "--epochs")]
    [InlineData("train --batchsize 3", "--batch-size")]
    [InlineData("train --learning-rat 3", "--learning-rate")]
    [InlineData("train --optimiser adam", "--optimizer")]
    [InlineData("predict DIR --imgae x", "--image")]
    [InlineData("train --model plian", "plain")]
    [InlineData("summary --model bn-befor", "bn-before")]
    [InlineData("train --optimizer adm", "adam")]
    [InlineData("train --optimizer nestrov", "nesterov")]
    [InlineData("train --optimizer adma", "adam")]
    [InlineData("train --schedule cosin", "cosine")]
    [InlineData("train --optimizer adam:beta1=0.5", "beta_1")]
    [InlineData("train --optimizer adam:epsilom=0.5", "epsilon")]
    [InlineData("train --optimizer sgd:learning-rate=0.5", "learning_rate")]
    [InlineData("train --loss hubber", "huber")]
    [InlineData("train --loss mean_square_error", "mean_squared_error")]
    [InlineData("train --loss huber:detla=2", "delta")]
    [InlineData("train --metrics f1-scor", "f1_score")]
    [InlineData("train --metrics auc:curve=rok", "roc")]
    [InlineData("train --class-weights ballanced", "balanced")]
    [InlineData("train --data syntetic", "synthetic")]
    [InlineData("train --data sythetic:500", "synthetic")]
    [InlineData("gradcheck Dens", "Dense")]
    [InlineData("bench --only trian", "train")]
    [InlineData("bench --thread 1", "--threads")]
    [InlineData("gradcheck batchnormalisation", "BatchNormalization")]
    public async Task A_near_miss_is_answered_with_the_name_that_was_meant(string line, string meant)
    {
        using TemporaryFolder folder = new();

        string message = await HostileRefusal.Expect(line, folder, Words(line, folder));

        Assert.Contains($" Did you mean {meant}?", message, StringComparison.Ordinal);
        Assert.Single(message.Split("Did you mean").Skip(1));
    }

    [Theory]
    [InlineData("optimize")]
    [InlineData("train --cheese 3")]
    [InlineData("train --model resnet")]
    [InlineData("train --optimizer ftrl")]
    [InlineData("train --schedule sawtooth")]
    [InlineData("train --data /mnist")]
    [InlineData("gradcheck Convolution")]
    [InlineData("bench --only disk")]
    public async Task What_is_near_to_nothing_gets_no_guess(string line)
    {
        using TemporaryFolder folder = new();

        Assert.DoesNotContain("Did you mean", await HostileRefusal.Expect(line, folder, Words(line, folder)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_explains_every_command()
    {
        string text = "";
        string[] commands = ["", "train", "find-rate", "evaluate", "compare", "predict", "fold", "models", "summary", "data", "data show", "data write", "data list", "data download", "gradcheck", "explain", "explain bn", "bench", "differentiate", "differentiate bn", "tape", "completions"];
        foreach (string command in commands)
        {
            MlpRun run = await MlpRun.Of([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.Equal(0, run.Status);
            text += $"$ mlp {(command.Length == 0 ? "" : command + " ")}--help\n{run.Output}\n";
        }

        // So that none is forgotten here: the first page names all but the subcommands.
        string[] listed = [.. text.Split("Commands:\n")[1].Split("\n\n")[0].Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])];
        Assert.Equal(listed, commands.Where(command => command.Length > 0 && !command.Contains(' ', StringComparison.Ordinal)).OrderBy(command => Array.IndexOf(listed, command)));

        // The name of the host process is not ours.
        await Verifier.Verify(text.Replace("testhost", "mlp", StringComparison.Ordinal));
    }

    /// <summary>A line's words: '' is an empty one, DIR the folder, and XOR and REGRESSION are the models of those names in the samples.</summary>
    private static string[] Words(string line, TemporaryFolder folder) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word switch
        {
            "''" => "",
            _ when Samples.Contains(word) => Sample(word),
            _ => word.Replace("DIR", folder.Path, StringComparison.Ordinal),
        })];

    private static string Sample(string word) => Path.Combine(Repository.Root, "samples", "models", $"{word.ToLowerInvariant()}.json");

    private static async Task<string> Answer(string line, TemporaryFolder folder)
    {
        await File.WriteAllTextAsync(folder["file"], "a file");
        string[] output = line.StartsWith("train", StringComparison.Ordinal) && !line.Contains("--resume", StringComparison.Ordinal) ? ["--output", folder["run"]] : [];
        string[] words = Words(line, folder);
        string message = await HostileRefusal.Expect(line, folder, [.. words.Take(1), .. output, .. words.Skip(1)]);
        return Samples.Aggregate(message, (text, sample) => text.Replace(Sample(sample), sample, StringComparison.Ordinal));
    }
}
