using System.Diagnostics;

namespace Tapestry.Mlp.Tests;

public class CompletionsCommandTests
{
    [Theory]
    [InlineData("bash", "complete -o default -F _mlp_complete mlp")]
    [InlineData("zsh", "compdef _mlp_complete mlp")]
    [InlineData("fish", "complete -c mlp")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName mlp")]
    public async Task There_is_a_script_for_each_shell(string shell, string registers)
    {
        MlpRun run = await MlpRun.Of("completions", shell);

        Assert.Equal(0, run.Status);
        Assert.StartsWith("# In the shell's startup file: ", run.Output, StringComparison.Ordinal);
        Assert.Contains(registers, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mlp sum", "summary")]
    [InlineData("mlp train --model bn-", "bn-after bn-before bn-printed")]
    [InlineData("mlp train --optimizer ne", "nesterov")]
    [InlineData("mlp train --regularize orth", "orthogonal")]
    [InlineData("mlp train --schedule onec", "onecycle")]
    [InlineData("mlp gradcheck BatchN", "BatchNormalization")]
    [InlineData("mlp train --val", "--validation-split")]
    [InlineData("mlp tape --layer Den", "Dense")]
    [InlineData("mlp tape --format mer", "mermaid")]
    [InlineData("mlp train --det", "--detect-anomaly")]
    [InlineData("mlp evaluate runs --thr", "--threads")]
    [InlineData("mlp bench --only ma", "matmul")]
    public async Task The_parser_suggests_commands_options_and_values(string line, string expected)
    {
        MlpRun run = await MlpRun.Of($"[suggest:{line.Length}]", line);

        Assert.Equal(expected.Split(' '), run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [ToolFact("bash")]
    public async Task Bash_completes_with_the_script()
    {
        using TemporaryFolder folder = new();
        MlpRun script = await MlpRun.Of("completions", "bash");

        // mlp itself is stood in for by what it answers; the script's own part is to ask, and to hand the answers to bash.
        string test = $$"""
            mlp() { printf '%s\n' "asked:$1:$2" bn-after bn-before plain; }
            {{script.Output}}
            COMP_LINE='mlp train --model bn-'; COMP_POINT=21; COMP_WORDS=(mlp train --model bn-); COMP_CWORD=3
            _mlp_complete
            printf '%s ' "${COMPREPLY[@]}"
            """;
        await File.WriteAllTextAsync(folder["test.sh"], test);
        using Process bash = Process.Start(new ProcessStartInfo("bash", [folder["test.sh"]]) { RedirectStandardOutput = true })!;
        string completed = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.Equal("bn-after bn-before ", completed);
    }
}
