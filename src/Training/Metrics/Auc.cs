using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The area under a curve on which a threshold moves: how well predictions from 0 to 1 rank the ones above the zeros. As in Keras, whose numbers it gives, the thresholds are fixed,
/// so that what is gathered has one length: -1e-7, i/(n - 1) between, and 1 + 1e-7. Scores that share a stretch between two thresholds are not told apart; between the points the ROC
/// curve is taken as straight, and the precision-recall curve as Davis and Goadrich have it, "The relationship between precision-recall and ROC curves", 2006. Targets are 0 and
/// 1, as many as predictions; class numbers beside [N, classes] count as one-hot rows, all classes in one curve. NaN where there are no ones, or for ROC no zeros. Keras's AUC.
/// </summary>
public sealed class Auc : Metric
{
    private const double Beyond = 1e-7;

    private readonly int thresholds;

    // By how many thresholds a prediction is above.
    private readonly double[] ones;
    private readonly double[] zeros;

    /// <summary>The area by a number of thresholds.</summary>
    /// <param name="thresholds">n, 2 or more; 200 unless told otherwise, as in Keras.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2.</exception>
    public Auc(int thresholds = 200)
        : base("auc")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(thresholds, 2);
        (this.thresholds, ones, zeros) = (thresholds, new double[thresholds + 1], new double[thresholds + 1]);
    }

    /// <summary>The curve; ROC unless told otherwise.</summary>
    public Curve Curve { get; init; } = Curve.Roc;

    /// <inheritdoc/>
    public override double Result
    {
        get
        {
            (double allOnes, double allZeros) = (ones.Sum(), zeros.Sum());
            if (allOnes == 0 || (Curve == Curve.Roc && allZeros == 0)) return double.NaN;

            // From the highest threshold down; each step adds the stretch between two thresholds to what is taken for one.
            (double area, double right, double wrong) = (0, ones[thresholds], zeros[thresholds]);
            for (int i = thresholds - 1; i > 0; i--)
            {
                (double nextRight, double nextWrong) = (right + ones[i], wrong + zeros[i]);
                area += Curve == Curve.Roc
                    ? (nextWrong - wrong) / allZeros * ((right + nextRight) / 2 / allOnes)
                    : UnderPrecision(right, wrong, nextRight, nextWrong) / allOnes;
                (right, wrong) = (nextRight, nextWrong);
            }

            return area;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> State
    {
        get => [.. ones, .. zeros];
        set
        {
            double[] all = [.. value];
            all.AsSpan(0, ones.Length).CopyTo(ones);
            all.AsSpan(ones.Length, zeros.Length).CopyTo(zeros);
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        Array.Clear(ones);
        Array.Clear(zeros);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not belong together.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (!targets.DType.IsFloat() && predictions.Rank > 1 && predictions.Shape[-1] > 1 && targets.Length < predictions.Length)
        {
            Rows rows = Rows.Sparse(this, targets, predictions, weights);
            for (int i = 0; i < rows.Count; i++)
            {
                for (int number = 0; number < rows.Classes; number++) Count(rows.Wanted(i) == number, rows.Prediction(i, number), rows.Weight(i));
            }

            return;
        }

        ElementPairs pairs = new(this, targets, predictions, weights);
        for (int i = 0; i < pairs.Count; i++) Count(pairs.Target(i) > 0.5, pairs.Prediction(i), pairs.Weight(i));
    }

    /// <summary><c>Auc(thresholds: 200)</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Auc(thresholds: {thresholds})");

    /// <summary>
    /// ∫ precision d(true positives) over a stretch, on which true and false positives grow in proportion: with the slope s of true positives by positives p, precision is
    /// s + (TP₀ - s·p₀)/p, and its integral s·(ΔTP + (TP₀ - s·p₀)·ln(p₁/p₀)).
    /// </summary>
    private static double UnderPrecision(double right, double wrong, double nextRight, double nextWrong)
    {
        double positives = right + wrong, nextPositives = nextRight + nextWrong;
        if (nextPositives == positives) return 0;
        double slope = (nextRight - right) / (nextPositives - positives), intercept = right - (slope * positives);
        double growth = positives > 0 ? Math.Log(nextPositives / positives) : 0;
        return slope * (nextRight - right + (intercept * growth));
    }

    private void Count(bool isOne, double prediction, double weight) => (isOne ? ones : zeros)[Above(prediction)] += weight;

    /// <summary>How many thresholds lie below a prediction. A NaN is above none.</summary>
    private int Above(double prediction)
    {
        if (!(prediction > -Beyond)) return 0;
        if (prediction > 1 + Beyond) return thresholds;
        int inner = thresholds - 2, below = Math.Clamp((int)Math.Ceiling(prediction * (thresholds - 1)) - 1, 0, inner);

        // The product may have rounded across a threshold.
        while (below < inner && (below + 1) / (thresholds - 1.0) < prediction) below++;
        while (below > 0 && below / (thresholds - 1.0) >= prediction) below--;
        return below + 1;
    }
}
