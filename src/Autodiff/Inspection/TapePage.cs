using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tapestry.Autodiff.Inspection;

/// <summary>
/// Writes a view as one HTML page, the tape explorer: the graph in layers, the recording step by step forward and backward, each step's formula, numbers and local
/// Jacobian. The page is whole in itself: it asks for nothing from anywhere, and its policy forbids the browser to.
/// </summary>
/// <remarks>
/// What it is made of lies beside this file in <c>Explorer/</c>. Drawn nodes carry <c>data-node</c>, <c>data-value</c> and <c>data-adjoint</c>, the last two empty until the
/// step that makes them; folded layers <c>data-group</c>; the root <c>data-step</c>, 0 before the first step. The test is <c>tests/Explorer.Tests</c>.
/// </remarks>
public static partial class TapePage
{
    private static readonly string[] Styles = ["theme.css", "page.css", "graph.css", "panel.css"];

    /// <summary>In the order in which they need each other.</summary>
    private static readonly string[] Scripts =
    [
        "dom.js", "numbers.js", "names.js", "formulas.js", "recording.js", "sentences.js", "groups.js", "layers.js", "coordinates.js", "layout.js", "tensors.js", "cards.js",
        "drawing.js", "viewport.js", "panel.js", "tape.js", "explorer.js",
    ];

    /// <summary>The page's text.</summary>
    public static string Write(TapeView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        string style = string.Concat(Styles.Select(Read));
        string script = "'use strict';\n" + string.Concat(Scripts.Select(Read));
        string policy = $"default-src 'none'; script-src {Digest(script)}; style-src {Digest(style)}; img-src data:; base-uri 'none'; form-action 'none'";

        // All at once, so that nothing inside a part is taken for a place of another.
        return Place().Replace(Read("page.html"), place => place.Groups[1].Value switch
        {
            "policy" => policy,
            "title" => WebUtility.HtmlEncode(view.Title),
            "style" => style,
            "script" => script,
            _ => TapeJson.Write(view),
        });
    }

    /// <summary>The hash by which the page's policy knows its own script and style: only these run.</summary>
    private static string Digest(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    /// <summary>A file of the explorer, with the line ends that a browser counts in the hash.</summary>
    private static string Read(string name)
    {
        using Stream stream = typeof(TapePage).Assembly.GetManifestResourceStream($"Explorer/{name}")!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"\{\{(policy|title|style|script|tape)\}\}")]
    private static partial Regex Place();
}
