using System.CommandLine;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>How many threads compute. The number belongs to the process, so it is set for the length of a command.</summary>
internal static class Threads
{
    public static Option<int?> Option(string description = "How many threads compute; as many as there are processors unless told otherwise. No result changes with it.") =>
        Numbers.Whole<int?>("--threads", description, null, smallest: 1);

    /// <summary>Runs something with that many threads, or as many as there are where none are given.</summary>
    public static T With<T>(int? threads, Func<T> run)
    {
        if (threads is not int count) return run(); // and leaves alone what belongs to the whole process

        int before = Workers.Count;
        Workers.Count = count;
        try
        {
            return run();
        }
        finally
        {
            Workers.Count = before;
        }
    }
}
