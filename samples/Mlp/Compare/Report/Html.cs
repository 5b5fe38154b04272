using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tapestry.Samples.Mlp.Compare.Report;

/// <summary>A piece of a page, written as <c>Html cell = $"&lt;td&gt;{value}&lt;/td&gt;"</c>: what stands in the text is markup, what is put into it is escaped unless it is such a piece itself.</summary>
/// <param name="literalLength">How long the markup is.</param>
/// <param name="formattedCount">How many values are put into it.</param>
[InterpolatedStringHandler]
internal readonly struct Html(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + (16 * formattedCount));

    /// <summary>Nothing.</summary>
    public static Html Empty => $"";

    /// <summary>A piece for each of some things, one behind the other.</summary>
    public static Html Each<T>(IEnumerable<T> things, Func<T, Html> piece)
    {
        Html all = $"";
        foreach (T thing in things) all.AppendFormatted(piece(thing));
        return all;
    }

    /// <summary>Markup that stands in a file.</summary>
    public static Html Raw(string markup)
    {
        Html raw = $"";
        raw.AppendLiteral(markup);
        return raw;
    }

    /// <summary>Appends markup.</summary>
    public void AppendLiteral(string markup) => text.Append(markup);

    /// <summary>Appends a piece as it is.</summary>
    public void AppendFormatted(Html piece) => text.Append(piece.text);

    /// <summary>Appends a value, invariant of the culture, escaped.</summary>
    public void AppendFormatted<T>(T value, string? format = null) =>
        text.Append(WebUtility.HtmlEncode(value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString()));

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
