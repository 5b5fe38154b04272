using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

public class TerminalTests
{
    private const char Escape = '\u001b';
    private const string Capable = "TERM=xterm-256color";

    // An environment that speaks for escapes, and others that speak against them: redirected, none may come.
    [ToolTheory(Tool.Shell)]
    [InlineData(Capable)]
    [InlineData(Capable, "COLORTERM=truecolor")]
    [InlineData(Capable, "NO_COLOR=1")]
    [InlineData(Capable, "CI=true")]
    [InlineData(Capable, "GITHUB_ACTIONS=true")]
    [InlineData("TERM=dumb")]
    [InlineData("TERM=")]
    [InlineData]
    public async Task Into_pipes_and_files_go_plain_lines_without_one_escape_byte(params string[] environment)
    {
        using TemporaryFolder folder = new();

        ProcessResult piped = await ProcessUnderTest.RunShell("\"$@\"", ProcessUnderTest.Train(folder, "piped", 2), Pairs(environment));
        ProcessResult filed = await ProcessUnderTest.RunShell($"\"$@\" > '{folder["out"]}' 2> '{folder["err"]}'", ProcessUnderTest.Train(folder, "filed", 2), Pairs(environment));

        foreach ((string output, string error) in ((string, string)[])[(piped.Output, piped.Error), (await File.ReadAllTextAsync(folder["out"]), await File.ReadAllTextAsync(folder["err"]))])
        {
            Assert.DoesNotContain(Escape, output + error);
            Assert.DoesNotContain('━', output + error);
            Assert.Matches("^test accuracy  [01][.][0-9]{4}\n", output);
            Assert.Matches("\nepoch 2/2  loss ", error);
        }

        Assert.Equal((0, 0), (piped.Status, filed.Status));
    }

    [ToolFact(Tool.Shell)]
    public async Task No_command_writes_an_escape_byte_into_a_pipe()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(0, (await MlpRun.Of(ProcessUnderTest.Train(folder, "run", 1))).Status);

        foreach (string line in (string[])["--help", "--version", "train --help", "train --quick", "tain", "models", "summary", "data show", $"predict {folder["run"]} --index 1", $"evaluate {folder["run"]}", $"evaluate {folder["none"]}", "gradcheck Add", "differentiate bn"])
        {
            ProcessResult result = (await ProcessUnderTest.RunCommand([.. ProcessUnderTest.Mlp, .. line.Split(' ')], Pairs([Capable, "COLORTERM=truecolor"]))).Tidy();

            Assert.True(result.Output.Length + result.Error.Length > 0, line);
            Assert.False((result.Output + result.Error).Contains(Escape), line);
        }
    }

    // Not even those that .NET itself writes first into a terminal that knows them.
    [ToolTheory(Tool.Terminal)]
    [InlineData(Capable, "NO_COLOR=1")]
    [InlineData(Capable, "CI=true")]
    [InlineData("TERM=dumb")]
    [InlineData("TERM=")]
    [InlineData]
    public async Task A_real_terminal_gets_plain_lines_where_its_environment_asks_for_them(params string[] environment)
    {
        using TemporaryFolder folder = new();
        string unset = environment.Any(pair => pair.StartsWith("TERM=", StringComparison.Ordinal)) ? "" : "unset TERM; ";

        ProcessResult result = await InTerminal(folder, $"{unset}{Line(ProcessUnderTest.Train(folder, "run", 2))}", environment);

        Assert.Equal(0, result.Status);
        Assert.DoesNotContain(Escape, result.Output);
        Assert.Contains("epoch 2/2  loss ", result.Output, StringComparison.Ordinal);
        Assert.Contains("test accuracy  ", result.Output, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Terminal)]
    public async Task A_real_terminal_gets_the_live_bar_and_the_drawings_and_its_cursor_back()
    {
        using TemporaryFolder folder = new();

        ProcessResult result = await InTerminal(folder, Line(ProcessUnderTest.Train(folder, "run", 2)), Capable);

        Assert.Equal(0, result.Status);
        HasBar(result.Output);
        HasDrawings(result.Output);
        CursorIsBack(result.Output);
        Assert.Contains("test accuracy  ", result.Output, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Terminal)]
    public async Task A_real_terminal_gets_drawings_that_fit_points_and_numbers()
    {
        using TemporaryFolder folder = new();
        string[] Train(string data, int epochs) =>
            ["train", "--data", $"{data}:100", "--model", Path.Combine(Repository.Root, "samples", "models", $"{data}.json"), "--epochs", $"{epochs}", "--output", folder[data]];

        ProcessResult points = await InTerminal(folder, Line(Train("spirals", 2)), Capable), numbers = await InTerminal(folder, Line(Train("regression", 2)), Capable);

        Assert.Equal((0, 0), (points.Status, numbers.Status));
        HasDrawings(points.Output);
        Assert.Contains("true \\ answer", points.Output, StringComparison.Ordinal);
        Assert.Matches(@"  test \d+ +-?\d\.\d{4}  -?\d\.\d{4}  \d taken for \d", points.Output);
        Assert.DoesNotContain('▀', points.Output);
        Assert.Contains("the answers, upwards, over the targets", numbers.Output, StringComparison.Ordinal);
        Assert.Contains('•', numbers.Output);
        Assert.Matches(@"The worst misses:\s+test \d+ .*target -?\d+\.\d{4}  answer -?\d+\.\d{4}", numbers.Output);
        Assert.DoesNotContain("accuracy", numbers.Output, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Terminal)]
    public async Task A_real_terminal_gets_the_error_over_the_step_as_a_chart_and_a_pipe_as_a_table()
    {
        using TemporaryFolder folder = new();
        string line = Line([.. ProcessUnderTest.Mlp, "differentiate", "bn"]);

        ProcessResult drawn = await InTerminal(folder, line, Capable);
        ProcessResult piped = await InTerminal(folder, $"{line} | cat", Capable);

        Assert.Equal((0, 0), (drawn.Status, piped.Status));
        Assert.Contains("▲ best h = ", drawn.Output, StringComparison.Ordinal);
        Assert.Contains(drawn.Output, character => character is > '\u2800' and <= '\u28ff');
        Assert.DoesNotContain("1e-14  ", drawn.Output, StringComparison.Ordinal);
        string shown = piped.Output.Replace($"{Escape}[?1h{Escape}=", "", StringComparison.Ordinal); // with which .NET begins
        Assert.DoesNotContain(shown, character => character is Escape or '▲' or (>= '\u2800' and <= '\u28ff'));
        Assert.Contains("1e-14  ", piped.Output, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Terminal)]
    public async Task With_the_results_redirected_the_bar_is_live_and_the_results_are_plain()
    {
        using TemporaryFolder folder = new();

        ProcessResult result = await InTerminal(folder, $"{Line(ProcessUnderTest.Train(folder, "run", 2))} > '{folder["out"]}'", Capable);

        Assert.Equal(0, result.Status);
        HasBar(result.Output);
        Assert.DoesNotContain("The worst mistakes", result.Output, StringComparison.Ordinal);
        string output = await File.ReadAllTextAsync(folder["out"]);
        Assert.DoesNotContain(Escape, output);
        Assert.StartsWith("test accuracy  ", output, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Terminal)]
    public async Task With_the_notes_redirected_the_results_are_drawn_and_the_notes_are_plain()
    {
        using TemporaryFolder folder = new();

        ProcessResult result = await InTerminal(folder, $"{Line(ProcessUnderTest.Train(folder, "run", 2))} 2> '{folder["err"]}'", Capable);

        Assert.Equal(0, result.Status);
        HasDrawings(result.Output);
        Assert.DoesNotContain('━', result.Output);
        string error = await File.ReadAllTextAsync(folder["err"]);
        Assert.DoesNotContain(Escape, error);
        Assert.Contains("epoch 2/2  loss ", error, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Terminal)]
    public async Task With_json_a_real_terminal_gets_whole_objects_and_no_drawings()
    {
        using TemporaryFolder folder = new();

        ProcessResult result = await InTerminal(folder, $"{Line(ProcessUnderTest.Train(folder, "run", 2))} --json 2> /dev/null", Capable);

        Assert.Equal(0, result.Status);
        string shown = result.Output.Replace($"{Escape}[?1h{Escape}=", "", StringComparison.Ordinal); // with which .NET begins
        Assert.DoesNotContain(Escape, shown);
        Assert.Equal(3, shown.Split('\n').Count(line => line.TrimEnd('\r') is ['{', .., '}']));
    }

    // A batch of a second or more under a live bar, which hides the cursor: a second signal must bring it back before the process ends.
    [ToolFact(Tool.Terminal)]
    public async Task A_second_signal_under_a_live_bar_gives_the_cursor_back()
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", "--data", "synthetic:6000", "--batch-size", "6000", "--optimizer", "sgd", "--model", ResumeModels.Write(folder, "slow"), "--output", folder["run"]];
        string script = $"stty cols 100 rows 30; echo $$ > '{folder["id"]}'; exec {Line(train)}";
        using ProcessUnderTest process = ProcessUnderTest.StartShell($"exec script -qec \"$SCRIPT\" '{folder["typescript"]}'", [], [.. Pairs([Capable]), ("SCRIPT", script)]);
        await process.OutputHas($"{Escape}[?25l");
        string id = (await File.ReadAllTextAsync(folder["id"])).Trim();

        while (!process.HasEnded)
        {
            process.Signal("INT", id);
            await Task.Delay(10);
        }

        ProcessResult result = await process.End();
        Assert.Equal(130, result.Status);
        Assert.DoesNotContain("interrupted", result.Output, StringComparison.Ordinal);
        CursorIsBack(result.Output);
        Assert.True(new RunFolder(folder["run"]).HasCheckpoint);
    }

    [ToolTheory(Tool.Shell)]
    [InlineData("head -n 1")]
    [InlineData("true")]
    public async Task A_reader_that_goes_away_ends_nothing(string reader)
    {
        using TemporaryFolder folder = new();

        ProcessResult result = await ProcessUnderTest.RunShell($"{{ \"$@\"; echo $? > '{folder["status"]}'; }} | {reader}", [.. ProcessUnderTest.Train(folder, "run", 3), "--json"]);

        result.Tidy();
        Assert.Equal("0", (await File.ReadAllTextAsync(folder["status"])).Trim());
        Assert.Empty(result.Complaints);
        Assert.Equal(3, new RunFolder(folder["run"]).Load().History.Epochs.Count);
    }

    [ToolFact(Tool.FullDevice)]
    public async Task Results_that_cannot_be_written_are_one_line_and_status_1()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(0, (await MlpRun.Of(ProcessUnderTest.Train(folder, "old", 1))).Status);

        foreach (string[] args in (string[][])[ProcessUnderTest.Train(folder, "new", 2), ["evaluate", folder["old"]], ["predict", folder["old"], "--index", "0"], ["data", "show"], ["models"], ["summary"], ["gradcheck", "Add"], ["--help"], ["--version"]])
        {
            ProcessResult result = (await ProcessUnderTest.RunShell("\"$@\" > /dev/full", args)).Tidy();

            Assert.True(result.Status == 1, $"{string.Join(' ', args)}: {result.Status}");
            Assert.Equal("mlp: the results could not be written: No space left on device. Where does the standard output go?", Assert.Single(result.Complaints));
        }

        Assert.Equal(2, new RunFolder(folder["new"]).Load().History.Epochs.Count);
    }

    [ToolFact(Tool.FullDevice)]
    public async Task An_epoch_whose_object_cannot_be_written_has_been_saved()
    {
        using TemporaryFolder folder = new();

        ProcessResult result = (await ProcessUnderTest.RunShell("\"$@\" > /dev/full", [.. ProcessUnderTest.Train(folder, "run", 2), "--json"])).Tidy();

        Assert.Equal(1, result.Status);
        Assert.Single(new RunFolder(folder["run"]).Load().History.Epochs);
    }

    // Nothing can be said there; the status still tells, and the work is done.
    [ToolTheory(Tool.FullDevice)]
    [InlineData("2> /dev/full")]
    [InlineData("2>&-")]
    public async Task Notes_that_cannot_be_written_end_nothing(string redirection)
    {
        using TemporaryFolder folder = new();

        ProcessResult trained = await ProcessUnderTest.RunShell($"\"$@\" {redirection}", ProcessUnderTest.Train(folder, "run", 2));
        ProcessResult wrong = await ProcessUnderTest.RunShell($"\"$@\" {redirection}", ["train", "--epochs", "none"]);

        Assert.Equal(0, trained.Status);
        Assert.StartsWith("test accuracy  ", trained.Output, StringComparison.Ordinal);
        Assert.Equal(2, new RunFolder(folder["run"]).Load().History.Epochs.Count);
        Assert.Equal((2, ""), (wrong.Status, wrong.Output));
    }

    /// <summary>Runs a line of the shell in a terminal of 100 columns; all that it shows is the result's output.</summary>
    private static Task<ProcessResult> InTerminal(TemporaryFolder folder, string line, params string[] environment)
    {
        string script = $"stty cols 100 rows 30; {line}";
        return ProcessUnderTest.RunCommand(["script", "-qec", script, folder["typescript"]], Pairs(environment));
    }

    private static string Line(string[] args) => string.Join(' ', (args[0] == "train" ? [.. ProcessUnderTest.Mlp, .. args] : args).Select(word => $"'{word}'"));

    private static (string Name, string Value)[] Pairs(string[] environment) => [.. environment.Select(pair => pair.Split('=')).Select(sides => (sides[0], sides[1]))];

    private static void HasBar(string shown)
    {
        Assert.Contains($"{Escape}[?25l", shown, StringComparison.Ordinal);
        Assert.Contains('━', shown);
        Assert.Contains("epoch 1/2", shown, StringComparison.Ordinal);
    }

    private static void HasDrawings(string shown)
    {
        Assert.Contains(Escape, shown);
        Assert.Contains("validation", shown, StringComparison.Ordinal);
        Assert.Contains("The worst mistakes:", shown, StringComparison.Ordinal);
        Assert.Contains(" taken for ", shown, StringComparison.Ordinal);
    }

    private static void CursorIsBack(string shown) =>
        Assert.True(shown.LastIndexOf($"{Escape}[?25h", StringComparison.Ordinal) > shown.LastIndexOf($"{Escape}[?25l", StringComparison.Ordinal), "the cursor stays hidden");
}
