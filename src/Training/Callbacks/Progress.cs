namespace Tapestry.Training;

/// <summary>Tells which of two values is the better one.</summary>
/// <param name="Larger">Whether the larger one is.</param>
/// <param name="MinDelta">By how much it must be better.</param>
internal readonly record struct Progress(bool Larger, double MinDelta)
{
    /// <summary>What anything is better than.</summary>
    public double Worst => Larger ? double.NegativeInfinity : double.PositiveInfinity;

    /// <summary>Whether a value is better than another by more than the least difference; NaN never is.</summary>
    public bool From(double reference, double current) => Larger ? current - MinDelta > reference : current + MinDelta < reference;

    /// <summary>For what is watched by some callback.</summary>
    /// <exception cref="ArgumentException">The name does not say which way is better.</exception>
    public static Progress Of(ICallback callback, Trainer trainer, string monitor, MonitorMode mode, double minDelta = 0)
    {
        if (mode != MonitorMode.Auto) return new Progress(mode == MonitorMode.Max, minDelta);
        string name = monitor.StartsWith("val_", StringComparison.Ordinal) ? monitor["val_".Length..] : monitor;
        Measurement measured = trainer.Measured;
        bool? larger = measured.IsLoss(name) ? false : name is "accuracy" ? true : measured.MetricOf(name) switch
        {
            LossMetric or RootMeanSquaredError => false,
            Accuracy or BinaryAccuracy or CategoricalAccuracy or SparseCategoricalAccuracy or TopKCategoricalAccuracy or SparseTopKCategoricalAccuracy => true,
            Auc or ClassificationScore or R2Score or ConfusionMatrix => true,
            _ => null,
        };
        return larger is { } known
            ? new Progress(known, minDelta)
            : throw new ArgumentException($"{callback.GetType().Name}: expected a metric that is known to become smaller or larger, got '{monitor}'. Set Mode to MonitorMode.Min or MonitorMode.Max.");
    }
}
