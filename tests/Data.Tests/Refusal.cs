namespace Tapestry.Data.Tests;

internal static class Refusal
{
    /// <summary>Holds a refusal to the house form: one line, the file's name first, then what was expected and what was found.</summary>
    public static void Expect(string path, string fragment) => Expect<DataFormatException>(() => Idx.Read(path), Path.GetFileName(path), fragment);

    public static void Expect<TException>(Action action, string name, string fragment)
        where TException : Exception
    {
        string message = Assert.Throws<TException>(action).Message;
        Assert.StartsWith($"{name}: expected ", message, StringComparison.Ordinal);
        Assert.Contains(", got ", message, StringComparison.Ordinal);
        Assert.Contains(fragment, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
