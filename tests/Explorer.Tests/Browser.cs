using Microsoft.Playwright;
using Tapestry.Autodiff.Inspection;

namespace Tapestry.Explorer.Tests;

/// <summary>A headless Chromium that the tests of the collection share, started when the first asks for a page.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tapestry-explorer-");
    private IPlaywright? playwright;
    private IBrowser? browser;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>Writes a view as a page into a file, and opens it.</summary>
    internal async Task<ExplorerPage> Open(TapeView view, Look? look = null)
    {
        string file = NewFile();
        await File.WriteAllTextAsync(file, TapePage.Write(view));
        return await OpenFile(file, look);
    }

    /// <summary>Opens a page that somebody wrote.</summary>
    internal async Task<ExplorerPage> OpenFile(string file, Look? look = null)
    {
        playwright ??= await Playwright.CreateAsync();
        browser ??= await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = Arguments });
        return await ExplorerPage.Open(browser, new Uri(file), look ?? Look.Desktop);
    }

    /// <summary>A name for a page, which is gone when the tests have ended.</summary>
    internal string NewFile() => Path.Combine(folder.FullName, $"{Guid.NewGuid():N}.html");
}

/// <summary>One browser for all: starting it takes longer than a test.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}

/// <summary>What a page is looked at with.</summary>
internal sealed record Look(int Width, int Height, bool IsDark = false, bool IsTouch = false)
{
    public static readonly Look Desktop = new(1280, 800);
    public static readonly Look Phone = new(390, 844, IsTouch: true);
}
