namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>A mirror did not give the file. The message says what was expected and what came; it has no period, as more is said around it.</summary>
internal sealed class MirrorException(string message) : Exception(message);
