using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Tapestry.Testing;

/// <summary>
/// A stand-in for Verify.Xunit's <c>Verifier</c>, with its call and its files: the text must equal <c>Class.Method.verified.txt</c> beside the test; a mismatch leaves
/// <c>Class.Method.received.txt</c> there to be looked at and renamed. When the package can be restored, deleting this file replaces it.
/// </summary>
public static class Verifier
{
    public static async Task Verify(string text, [CallerFilePath] string sourceFile = "", [CallerMemberName] string member = "")
    {
        string stem = Path.Combine(Path.GetDirectoryName(sourceFile)!, $"{Path.GetFileNameWithoutExtension(sourceFile)}.{member}");
        string received = Normalize(text);
        string verified = File.Exists(stem + ".verified.txt") ? Normalize(await File.ReadAllTextAsync(stem + ".verified.txt")) : "";
        if (received == verified)
        {
            File.Delete(stem + ".received.txt");
            return;
        }

        await File.WriteAllTextAsync(stem + ".received.txt", received);
        throw new XunitException($"Snapshot {Path.GetFileName(stem)}.verified.txt differs. Received:\n{received}\nVerified:\n{verified}");
    }

    private static string Normalize(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n');
}
