using System.Net;
using System.Text.RegularExpressions;

namespace Tapestry.Samples.Tests;

/// <summary>Whatever the page on automatic differentiation shows is what the code says, prints and draws.</summary>
public sealed partial class AutodiffPageTests
{
    private const string Written = "autodiff.md.received.txt";

    /// <summary>On a mismatch the page as it ought to be lies beside it, to be looked at and renamed.</summary>
    [Fact]
    public void Its_listings_are_the_samples_and_its_outputs_what_the_sample_prints_in_any_culture()
    {
        string page = AutodiffPage.Lines(AutodiffPage.File), received = Path.Combine(AutodiffPage.Folder, Written);

        string filled = AutodiffPage.Filled(page, AutodiffPage.Listings(), Culture.Foreign(AutodiffPage.Outputs));

        if (filled == page)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, filled);
        Assert.Fail($"docs/autodiff.md is not what the sample says and prints; docs/{Written} is.");
    }

    [Fact]
    public void Every_listing_and_every_output_stands_on_it_once()
    {
        string page = AutodiffPage.Lines(AutodiffPage.File);

        Assert.Equal(AutodiffPage.Listings().Keys, AutodiffPage.Named(page, "listing").Order(StringComparer.Ordinal));
        Assert.Equal(AutodiffPage.Outputs().Keys, AutodiffPage.Named(page, "output").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_has_no_code_of_its_own()
    {
        string page = AutodiffPage.Lines(AutodiffPage.File);

        Assert.Equal(AutodiffPage.Named(page, "listing").Count(), CSharp().Count(page));
    }

    [Fact]
    public void Its_links_lead_to_files_and_headings()
    {
        foreach (Match link in Link().Matches(AutodiffPage.Lines(AutodiffPage.File)))
        {
            (string path, string heading) = (link.Groups[1].Value, link.Groups[2].Value);
            if (path.StartsWith("https://", StringComparison.Ordinal)) continue;
            string target = path.Length > 0 ? Path.Combine(AutodiffPage.Folder, path) : AutodiffPage.File;
            Assert.True(Path.Exists(target), $"docs/autodiff.md links {path}, which is not there.");
            if (heading.Length > 0) Assert.Contains(heading, Heading().Matches(AutodiffPage.Lines(target)).Select(match => Slug(match.Groups[1].Value)));
        }

        static string Slug(string heading) => string.Concat(heading.ToLowerInvariant().Where(character => char.IsLetterOrDigit(character) || character is ' ' or '-')).Replace(' ', '-');
    }

    [Fact]
    public void Its_pictures_are_drawn_from_what_the_engine_writes()
    {
        string page = AutodiffPage.Lines(AutodiffPage.File);
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            SampleRun.Of(AutodiffPage.Sample, "pictures", folder.FullName);

            string[] written = [.. folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];
            Assert.Equal(Picture().Matches(page).Select(picture => $"{picture.Groups[1].Value}.dot").Order(StringComparer.Ordinal), written);
            foreach (string name in written)
            {
                string committed = Path.Combine(AutodiffPage.Folder, "images", name), drawn = Path.ChangeExtension(committed, ".svg");
                Assert.True(AutodiffPage.Lines(Path.Combine(folder.FullName, name)) == AutodiffPage.Lines(committed), $"docs/images/{name} is not what the engine writes. Run docs/pictures.sh and look at the picture.");

                // Which Graphviz drew it does not matter, so long as it drew this.
                Assert.Equal(Texts(DotText(), committed), Texts(SvgText(), drawn));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static string[] Texts(Regex regex, string file) => [.. regex.Matches(AutodiffPage.Lines(file)).Select(text => WebUtility.HtmlDecode(text.Groups[1].Value).Replace('\u00A0', ' ')).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"^```csharp$", RegexOptions.Multiline)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"^##+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(([^)\s#]*)#?([^)\s]*)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"!\[[^\]]*\]\(images/([\w-]+)\.svg\)")]
    private static partial Regex Picture();

    /// <summary>The title, and the innermost text of each line of a node.</summary>
    [GeneratedRegex(@"(?<=label=<|<b>|<font [^>]*>)([^<>]+)(?=>\]?;|</b>|</font>)")]
    private static partial Regex DotText();

    [GeneratedRegex(@"<text [^>]*>([^<]*)</text>")]
    private static partial Regex SvgText();
}
