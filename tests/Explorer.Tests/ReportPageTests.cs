using System.Globalization;
using Microsoft.Playwright;
using Tapestry.Samples.Mlp;

namespace Tapestry.Explorer.Tests;

/// <summary>The report of <c>mlp compare --html</c> in a browser: whole in itself, to be read at any width and in either theme. Each look leaves a picture in the temporary folder.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ReportPageTests(Browser browser) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tapestry-report-");

    public void Dispose() => folder.Delete(recursive: true);

    [ToolFact(Tool.Chromium)]
    public async Task At_any_width_and_in_either_theme_it_fits_can_be_read_and_asks_for_nothing()
    {
        string report = await Report("plain,bn-after");
        foreach (Look look in (Look[])[Look.Desktop, Look.Phone, Look.Desktop with { IsDark = true }, Look.Phone with { IsDark = true }])
        {
            await using ExplorerPage page = await browser.OpenFile(report, look);
            await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), "tapestry-explorer", $"report-{look.Width}-{(look.IsDark ? "dark" : "light")}.png"), FullPage = true });

            Assert.Empty(await page.Find("""
                () => [
                  ...(document.documentElement.scrollWidth > innerWidth ? ['page'] : []),
                  ...[...document.querySelectorAll('h1, h2, h3, p, figure, svg, table, img')].filter(element => !element.closest('.wide') && (element.getBoundingClientRect().left < 0 || element.getBoundingClientRect().right > innerWidth + 0.5))
                    .map(element => element.outerHTML.slice(0, 80)),
                ]
                """));
            Assert.Empty(await page.Find(Probes.Faint));
            page.AssertQuiet();
        }
    }

    [ToolFact(Tool.Chromium)]
    public async Task It_shows_each_run_with_its_numbers_its_mistakes_and_its_histograms()
    {
        await using ExplorerPage page = await browser.OpenFile(await Report("plain,bn-after"));

        Assert.Equal("plain, bn-after compared", await page.Page.TitleAsync());
        Assert.Equal(["plain", "bn-after"], await page.Page.Locator(".run h2").AllTextContentsAsync());

        // The confusion matrices count each of the 60 test examples once.
        foreach (ILocator matrix in await page.Page.Locator(".confusion").AllAsync())
        {
            string[] counts = [.. await matrix.Locator("td.right, td[class^=heat]").AllTextContentsAsync()];
            Assert.Equal(60, counts.Sum(count => int.Parse(count, CultureInfo.InvariantCulture)));
        }

        // Images of 28 by 28 that the browser can decode.
        Assert.Equal(["28x28"], await page.Find("() => [...new Set([...document.images].map(image => `${image.naturalWidth}x${image.naturalHeight}`))]"));

        // Loss and accuracy, of two runs, of training and validation, of two epochs.
        Assert.Equal(2, await page.Page.Locator(".curves").CountAsync());
        Assert.Equal(2 * 2 * 2 * 2, await page.Page.Locator(".curves circle").CountAsync());
        Assert.StartsWith("plain loss, epoch 1: ", await page.Page.Locator(".curves circle title").First.TextContentAsync(), StringComparison.Ordinal);

        // A histogram of each parameter's values, and of the gradient of those that train: 6 and 6 of the plain one; of the other 3 times 4 more, half of them statistics.
        Assert.Equal(6 + 18 + 6 + 12, await page.Page.Locator(".histogram").CountAsync());
        Assert.Equal(["not trained"], (await page.Page.Locator(".gradient").AllTextContentsAsync()).Select(text => text.Trim()).Where(text => text.StartsWith("not", StringComparison.Ordinal)).Distinct());

        // Each counts all elements.
        Assert.Equal(["784 x 300"], await page.Find("""
            () => [...document.querySelectorAll('.histogram')].slice(0, 1).map(svg =>
              [...svg.querySelectorAll('title')].reduce((sum, title) => sum + Number(title.textContent.split(' ')[0]), 0) === 784 * 300 ? '784 x 300' : 'not all')
            """));
    }

    [ToolFact(Tool.Chromium)]
    public async Task Hostile_names_are_text()
    {
        string hostile = "<img src=x onerror=alert(1)>&quot;";
        string run = Path.Combine(folder.FullName, hostile), report = browser.NewFile();
        Assert.Equal(0, await MlpApp.RunAsync(["train", "--data", "synthetic:100", "--epochs", "1", "--output", run], TextWriter.Null, TextWriter.Null));
        Assert.Equal(0, await MlpApp.RunAsync(["compare", run, "--html", report], TextWriter.Null, TextWriter.Null));

        await using ExplorerPage page = await browser.OpenFile(report);

        Assert.Equal(hostile, await page.Page.TitleAsync());
        Assert.Equal(hostile, await page.Page.Locator(".run h2").TextContentAsync());
        Assert.Equal(run, await page.Page.Locator(".path").TextContentAsync());
        page.AssertQuiet();
    }

    private async Task<string> Report(string models)
    {
        string report = browser.NewFile();
        string[] args = ["compare", "--models", models, "--data", "synthetic:300", "--epochs", "2", "--output", Path.Combine(folder.FullName, "runs"), "--html", report];
        Assert.Equal(0, await MlpApp.RunAsync(args, TextWriter.Null, TextWriter.Null));
        return report;
    }
}
