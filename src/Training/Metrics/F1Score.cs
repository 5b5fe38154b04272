namespace Tapestry.Training;

/// <summary>
/// The harmonic mean of <see cref="Precision"/> and <see cref="Recall"/>, 2·true positives/(answers + examples of the class). See <see cref="ClassificationScore"/> for classes and
/// thresholds. Van Rijsbergen, "Information retrieval", 1979; Keras's F1Score, whose result without an average is <see cref="ClassificationScore.PerClass"/> here.
/// </summary>
/// <param name="classes">The number of classes; null, the default, where elements are 0 or 1.</param>
public sealed class F1Score(int? classes = null) : ClassificationScore("f1_score", classes)
{
    private protected override double Score(double right, double given, double wanted) => 2 * right / (given + wanted);
}
