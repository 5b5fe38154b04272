namespace Tapestry.Training;

/// <summary>
/// How many of a class's examples are found: true positives/(true positives + false negatives). See <see cref="ClassificationScore"/> for classes and thresholds. Keras's Recall,
/// whose classes are chosen one at a time.
/// </summary>
/// <param name="classes">The number of classes; null, the default, where elements are 0 or 1.</param>
public sealed class Recall(int? classes = null) : ClassificationScore("recall", classes)
{
    private protected override double Score(double right, double given, double wanted) => right / wanted;
}
