namespace Tapestry.Data;

/// <summary>
/// A file's contents are not what its format demands. The message is one line:
/// <c>&lt;file name&gt;: expected &lt;what&gt;, got &lt;value&gt;. &lt;hint&gt;</c>.
/// What the machine refuses (a missing file, no permission, a failing disk) is an <see cref="IOException"/> instead.
/// </summary>
public sealed class DataFormatException : Exception
{
    /// <summary>An exception without a message.</summary>
    public DataFormatException()
    {
    }

    /// <summary>An exception with its message.</summary>
    /// <param name="message">One line: the file's name, what was expected, what was found, a hint.</param>
    public DataFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its message and its cause.</summary>
    /// <param name="message">One line: the file's name, what was expected, what was found, a hint.</param>
    /// <param name="innerException">What revealed the damage.</param>
    public DataFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
