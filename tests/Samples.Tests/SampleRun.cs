using System.Reflection;

namespace Tapestry.Samples.Tests;

/// <summary>Runs samples and keeps what they print. One at a time, since there is one standard output.</summary>
internal static class SampleRun
{
    private static readonly Lock Gate = new();

    public static string Of(string sample, params string[] arguments)
    {
        lock (Gate)
        {
            TextWriter before = Console.Out;
            StringWriter output = new() { NewLine = "\n" };
            try
            {
                Console.SetOut(output);
                Assembly.Load($"Tapestry.{sample}").EntryPoint!.Invoke(null, [arguments]);
            }
            finally
            {
                Console.SetOut(before);
            }

            return output.ToString();
        }
    }
}
