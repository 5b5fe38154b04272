namespace Tapestry.Samples.Mlp;

/// <summary>The user asked for something that cannot be: one line on standard error, status 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
