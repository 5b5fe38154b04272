using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The share of the targets' variation that the predictions explain, 1 - Σ(t - y)²/Σ(t - t̄)²: 1 where all are right, 0 for always answering the mean, below 0 for worse; averaged
/// over the outputs. NaN while targets do not vary. The mean and the sum of squares are carried along example by example, without cancellation (Welford, 1962). Keras's R2Score.
/// </summary>
public sealed class R2Score : Metric
{
    private readonly double[] mean;
    private readonly double[] variation;
    private readonly double[] residual;
    private double weight;

    /// <summary>R² over some outputs.</summary>
    /// <param name="outputs">How many numbers a prediction has; 1 unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are none.</exception>
    public R2Score(int outputs = 1)
        : base("r2_score")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        (mean, variation, residual) = (new double[outputs], new double[outputs], new double[outputs]);
    }

    /// <inheritdoc/>
    public override double Result
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < mean.Length; i++) sum += variation[i] > 0 ? 1 - (residual[i] / variation[i]) : double.NaN;
            return sum / mean.Length;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> State
    {
        get => [weight, .. mean, .. variation, .. residual];
        set
        {
            double[] all = [.. value];
            weight = all[0];
            for (int part = 0; part < 3; part++) all.AsSpan(1 + (part * mean.Length), mean.Length).CopyTo(part switch { 0 => mean, 1 => variation, _ => residual });
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        weight = 0;
        foreach (double[] gathered in (ReadOnlySpan<double[]>)[mean, variation, residual]) Array.Clear(gathered);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are not as many targets as predictions, or a prediction has another number of outputs.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        ElementPairs pairs = new(this, targets, predictions, weights);
        if (pairs.PerRow != mean.Length) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"R2Score(outputs: {mean.Length}): expected predictions [N, {mean.Length}], got {predictions.Shape}."), nameof(predictions));
        for (int i = 0; i < pairs.Count; i++)
        {
            double counts = pairs.Weight(i), target = pairs.Target(i), error = target - pairs.Prediction(i);
            int output = i % mean.Length;
            if (output == 0) weight += counts;
            if (counts == 0) continue;
            double before = target - mean[output];
            mean[output] += before * counts / weight;
            variation[output] += counts * before * (target - mean[output]);
            residual[output] += counts * error * error;
        }
    }
}
