namespace Tapestry.Training;

/// <summary>
/// How many of the answers of a class are right: true positives/(true positives + false positives). See <see cref="ClassificationScore"/> for classes and thresholds. Keras's
/// Precision, whose classes are chosen one at a time.
/// </summary>
/// <param name="classes">The number of classes; null, the default, where elements are 0 or 1.</param>
public sealed class Precision(int? classes = null) : ClassificationScore("precision", classes)
{
    private protected override double Score(double right, double given, double wanted) => right / given;
}
