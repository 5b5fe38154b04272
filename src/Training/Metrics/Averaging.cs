namespace Tapestry.Training;

/// <summary>How the scores of several classes become one number.</summary>
public enum Averaging
{
    /// <summary>The mean of the classes' scores: each class counts alike.</summary>
    Macro,

    /// <summary>The score of all classes' counts together: each example counts alike.</summary>
    Micro,

    /// <summary>The mean of the classes' scores, each weighed by how often its class is right.</summary>
    Weighted,
}
