using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>A live bar for the epoch that is under way, with its loss, accuracy, rate and the time left; gone when the epoch has ended.</summary>
/// <param name="console">Where it is drawn.</param>
/// <param name="epochs">How many epochs there are in all.</param>
/// <param name="batchSize">How many examples a batch has.</param>
internal sealed class EpochBar(IAnsiConsole console, int epochs, int batchSize) : ICallback, IDisposable
{
    private TaskCompletionSource? ended;
    private Task? display;
    private ProgressTask? task;
    private string values = "";

    /// <inheritdoc/>
    public void OnEpochBegin(int epoch, int batches)
    {
        TaskCompletionSource done = ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        values = "";
        display = console.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ValuesColumn(this), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                task = context.AddTask(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}/{epochs}"), maxValue: batches);
                return done.Task;
            });
    }

    /// <inheritdoc/>
    public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values)
    {
        this.values = string.Join("  ", values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.0000}")));
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
            string rate = task.Speed is { } batches ? string.Create(CultureInfo.InvariantCulture, $"  {batches * bar.BatchSize:N0}/s") : "";
            return new Text(bar.values + rate).RightJustified();
        }
    }

    private int BatchSize => batchSize;
}
