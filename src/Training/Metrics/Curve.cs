namespace Tapestry.Training;

/// <summary>Which curve <see cref="Auc"/> takes the area under.</summary>
public enum Curve
{
    /// <summary>The receiver's operating characteristic: how many of the ones are found, over how many of the zeros are taken for ones.</summary>
    Roc,

    /// <summary>Precision over recall.</summary>
    Pr,
}
