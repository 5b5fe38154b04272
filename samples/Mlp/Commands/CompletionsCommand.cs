using System.CommandLine;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp completions SHELL</c>: a script that lets a shell complete commands, options and their values, by asking mlp itself.</summary>
internal static class CompletionsCommand
{
    // Each hands the line and the cursor's place to the parser's [suggest] directive. Files are the shell's own business.
    private static readonly Dictionary<string, (string HowTo, string Script)> Shells = new()
    {
        ["bash"] = ("source <(mlp completions bash)", """
            _mlp_complete() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(mlp "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _mlp_complete mlp
            """),
        ["zsh"] = ("source <(mlp completions zsh)", """
            _mlp_complete() {
                local -a suggestions
                suggestions=("${(@f)$(mlp "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
                compadd -a suggestions || _files
            }
            compdef _mlp_complete mlp
            """),
        ["fish"] = ("mlp completions fish | source", """
            complete -c mlp -a "(mlp '[suggest:'(commandline -C)']' (commandline -cp) 2>/dev/null)"
            """),
        ["powershell"] = ("mlp completions powershell | Out-String | Invoke-Expression", """
            Register-ArgumentCompleter -Native -CommandName mlp -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                mlp "[suggest:$cursorPosition]" "$commandAst" | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """),
    };

    public static Command Create(Terminal terminal)
    {
        Argument<string> shell = new("SHELL")
        {
            HelpName = "SHELL",
            Description = $"One of {string.Join(", ", Shells.Keys)}.",
            CustomParser = result => CommonOptions.Parse(result, text => Shells.ContainsKey(text)
                ? text
                : throw new UsageException($"completions: expected {string.Join(", ", Shells.Keys)}, got '{text}'.{Suggestion.For(text, Shells.Keys)}")),
        };
        shell.CompletionSources.Add(Shells.Keys.ToArray());
        Command command = new("completions", "Print a script that lets a shell complete mlp's command lines.") { shell };
        command.SetAction((parsed, _) =>
        {
            (string howTo, string script) = Shells[parsed.GetValue(shell)!];
            terminal.Result($"# In the shell's startup file: {howTo}");
            terminal.Result(script);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }
}
