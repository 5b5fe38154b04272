namespace Tapestry.Samples.Mlp;

/// <summary>What the process returns.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Diverged = 3;
    public const int Interrupted = 130;
}
