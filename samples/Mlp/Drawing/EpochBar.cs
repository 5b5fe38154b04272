using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>A live bar for the epoch that is under way, with its loss, as many of its metrics as have room on the line, its rate and the time left; gone when the epoch has ended.</summary>
/// <param name="console">Where it is drawn.</param>
/// <param name="epochs">How many epochs there are in all.</param>
/// <param name="batchSize">How many examples a batch has.</param>
internal sealed class EpochBar(IAnsiConsole console, int epochs, int batchSize) : ICallback, IDisposable
{
    private const int WideTerminal = 120;
    private const int WideBar = 40;
    private const int NarrowBar = 12;

    /// <summary>What percentage, time left and the blanks between the columns take.</summary>
    private const int Others = 4 + 8 + 4;

    private TaskCompletionSource? ended;
    private Task? display;
    private ProgressTask? task;
    private IReadOnlyList<string> values = [];
    private int room;

    /// <inheritdoc/>
    public void OnEpochBegin(int epoch, int batches)
    {
        TaskCompletionSource done = ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string name = string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}/{epochs}");
        int bar = console.Profile.Width < WideTerminal ? NarrowBar : WideBar;
        values = [];
        room = console.Profile.Width - name.Length - bar - Others;
        display = console.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = bar }, new PercentageColumn(), new ValuesColumn(this), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                task = context.AddTask(name, maxValue: batches);
                return done.Task;
            });
    }

    /// <inheritdoc/>
    public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values)
    {
        this.values = [.. values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.0000}"))];
        if (task is not null) task.Value = batch;
    }

    /// <inheritdoc/>
    public void OnEpochEnd(EpochRecord epoch) => Dispose();

    /// <summary>Takes the bar away, also where the epoch was broken off.</summary>
    public void Dispose()
    {
        ended?.TrySetResult();
        display?.GetAwaiter().GetResult();
        (ended, display, task) = (null, null, null);
    }

    private sealed class ValuesColumn(EpochBar bar) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            string[] rate = task.Speed is { } batches ? [string.Create(CultureInfo.InvariantCulture, $"{batches * bar.BatchSize:N0}/s")] : [];
            return new Text(Fitting([.. bar.values, .. rate], bar.room)).RightJustified();
        }
    }

    /// <summary>The first of some texts, and those of the others that still have room beside it.</summary>
    internal static string Fitting(IReadOnlyList<string> texts, int room)
    {
        string line = texts.Count > 0 ? texts[0] : "";
        foreach (string text in texts.Skip(1).Where(text => line.Length + 2 + text.Length <= room)) line += $"  {text}";
        return line;
    }

    private int BatchSize => batchSize;
}
