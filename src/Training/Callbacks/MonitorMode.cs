namespace Tapestry.Training;

/// <summary>Which way what is watched becomes better.</summary>
public enum MonitorMode
{
    /// <summary>As its name says: losses and errors become smaller, accuracies and scores larger.</summary>
    Auto,

    /// <summary>Smaller is better.</summary>
    Min,

    /// <summary>Larger is better.</summary>
    Max,
}
