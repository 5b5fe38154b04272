using System.Globalization;
using Microsoft.Playwright;

namespace Tapestry.Explorer.Tests;

/// <summary>A page of the tape explorer in a browser, what a test reads from it, and what it complained of or asked for meanwhile.</summary>
internal sealed class ExplorerPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];
    private readonly List<string> requests = [];

    private ExplorerPage(IBrowserContext context, IPage page, Uri address)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) => complaints.Add($"console: {message.Text}");
        page.PageError += (_, error) => complaints.Add($"error: {error}");
        page.Dialog += (_, dialog) => complaints.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) =>
        {
            if (request.Url != address.AbsoluteUri) requests.Add(request.Url);
        };
    }

    public IPage Page { get; }

    public static async Task<ExplorerPage> Open(IBrowser browser, Uri address, Look look)
    {
        IBrowserContext context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = look.Width, Height = look.Height },
            ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = look.IsTouch,
            IsMobile = look.IsTouch,
        });
        context.SetDefaultTimeout(20_000);
        ExplorerPage opened = new(context, await context.NewPageAsync(), address);
        await opened.Page.GotoAsync(address.AbsoluteUri);
        return opened;
    }

    public async Task<int> Step() => int.Parse((await Page.Locator("html").GetAttributeAsync("data-step"))!, CultureInfo.InvariantCulture);

    public async Task<int> LastStep() => int.Parse((await Page.Locator("#slider").GetAttributeAsync("max"))!, CultureInfo.InvariantCulture);

    public async Task Press(string key, int times = 1)
    {
        for (int i = 0; i < times; i++) await Page.Keyboard.PressAsync(key);
    }

    /// <summary>A drawn node.</summary>
    public ILocator Node(int id) => Page.Locator($"[data-node='{id}']");

    /// <summary>A folded layer.</summary>
    public ILocator Layer(string path) => Page.Locator($"[data-group='{path}']");

    /// <summary>The title of an unfolded layer, which folds it.</summary>
    public ILocator Frame(string path) => Page.Locator($"[data-frame='{path}'] .frame-title");

    /// <summary>The number that a node shows; null while it shows none.</summary>
    public async Task<double?> Value(int id) => Number(await Node(id).GetAttributeAsync("data-value"));

    /// <summary>The adjoint that a node shows; null while it shows none.</summary>
    public async Task<double?> Adjoint(int id) => Number(await Node(id).GetAttributeAsync("data-adjoint"));

    public async Task<string> Sentence() => (await Page.Locator("#sentence").TextContentAsync())!;

    /// <summary>Runs a script that looks for faults.</summary>
    public Task<string[]> Find(string probe) => Page.EvaluateAsync<string[]>(probe);

    /// <summary>Nothing was logged, nothing failed, no dialog opened, and nothing but the file was asked for.</summary>
    public void AssertQuiet()
    {
        Assert.Empty(complaints);
        Assert.Empty(requests);
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private static double? Number(string? text) => string.IsNullOrEmpty(text) ? null : double.Parse(text, CultureInfo.InvariantCulture);
}
