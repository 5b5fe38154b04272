using System.Globalization;
using System.Text;

namespace Tapestry.Training;

/// <summary>What was measured in one epoch.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Values">Names and values in order: <c>loss</c>, <c>accuracy</c>, <c>val_loss</c>, <c>val_accuracy</c>.</param>
/// <param name="Seconds">How long its training took, validation not counted.</param>
public sealed record EpochRecord(int Epoch, IReadOnlyList<KeyValuePair<string, double>> Values, double Seconds)
{
    /// <summary>A value by its name.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[string name] => Find(name)
        ?? throw new KeyNotFoundException($"History: expected one of {string.Join(", ", Values.Select(value => value.Key))}, got '{name}'.");

    /// <summary>A value by its name; null where it was not measured.</summary>
    public double? Find(string name)
    {
        foreach ((string key, double value) in Values)
        {
            if (key == name) return value;
        }

        return null;
    }
}

/// <summary>What was measured, epoch by epoch: Keras's <c>History</c>.</summary>
public sealed class History
{
    private readonly List<EpochRecord> epochs = [];

    /// <summary>The epochs, first to last.</summary>
    public IReadOnlyList<EpochRecord> Epochs => epochs;

    /// <summary>A value through the epochs: <c>history["val_loss"]</c>.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured in every epoch.</exception>
    public IReadOnlyList<double> this[string name] => [.. epochs.Select(epoch => epoch[name])];

    /// <summary>Appends an epoch.</summary>
    public void Add(EpochRecord epoch) => epochs.Add(epoch);

    /// <summary>
    /// A table with a header, comma-separated, invariant of the culture. It has no clock values, so that equal runs write equal bytes; NaN is empty.
    /// </summary>
    public string ToCsv()
    {
        string[] names = [.. epochs.SelectMany(epoch => epoch.Values).Select(value => value.Key).Distinct()];
        StringBuilder text = new();
        text.AppendJoin(',', names.Prepend("epoch")).Append('\n');
        foreach (EpochRecord epoch in epochs)
        {
            IEnumerable<string> cells = names.Select(name => epoch.Find(name) is { } value && !double.IsNaN(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "");
            text.AppendJoin(',', cells.Prepend(epoch.Epoch.ToString(CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }
}
