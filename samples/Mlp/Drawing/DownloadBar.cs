using Spectre.Console;
using Tapestry.Samples.Mlp.Downloads;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>A live bar for each file that is being fetched, with what goes wrong in lines above.</summary>
internal sealed class DownloadBar(Terminal terminal) : IDownloadWatcher
{
    private readonly DownloadLines lines = new(terminal);
    private readonly Dictionary<string, ProgressTask> tasks = [];
    private ProgressContext? context;

    /// <summary>Draws while something is fetched.</summary>
    public Task<T> During<T>(Func<Task<T>> fetch) => terminal.Progress.Progress().AutoClear(true).HideCompleted(false)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
        .StartAsync(drawn =>
        {
            context = drawn;
            return fetch();
        });

    /// <inheritdoc/>
    public void OnBytes(string file, long count, long? total)
    {
        if (context is null) return;
        if (!tasks.TryGetValue(file, out ProgressTask? task)) tasks[file] = task = context.AddTask(Markup.Escape(file));
        task.MaxValue = total ?? Math.Max(count, 1);
        task.IsIndeterminate = total is null;
        task.Value = count;
    }

    /// <inheritdoc/>
    public void OnTrouble(string sentence) => lines.OnTrouble(sentence);

    /// <inheritdoc/>
    public void OnFile(FetchedFile file) => lines.OnFile(file);
}
