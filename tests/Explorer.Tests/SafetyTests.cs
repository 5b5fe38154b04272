using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Explorer.Tests;

/// <summary>Names and titles are text, whatever stands in them, and the page keeps to itself.</summary>
[Collection(BrowserCollection.Name)]
public class SafetyTests(Browser browser)
{
    private const string Script = "</script><script>alert(1)</script><!--";
    private const string Image = "<img src=x onerror=alert(2)>";
    private const string Place = "{{script}} \"'&amp; \u2028 \ue000";

    [ToolFact(Tool.Chromium)]
    public async Task Hostile_names_are_shown_and_not_obeyed()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(1)), z = tape.Watch(Tensor.Scalar(2)), y;
        using (tape.EnterScope(Image)) y = Op.Multiply(x, z);
        await using ExplorerPage page = await browser.Open(TapeView.Of(tape, y, [(x, Script), (y, Place)], Adjoints.Kept, title: Script + Image + Place));

        await page.Press("ArrowRight");
        await page.Node(0).ClickAsync();
        await page.Press("End");

        Assert.Equal(Script + Image + Place, await page.Page.TitleAsync());
        Assert.Equal(Script + Image + Place, await page.Page.Locator("#title").TextContentAsync());
        Assert.Equal($"Looking at {Script}", await page.Page.Locator(".inspector h2").TextContentAsync());
        Assert.Contains(Script, await page.Page.Locator("#sentence").TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(Image, await page.Page.Locator(".frame-title text").TextContentAsync());
        Assert.Equal(0, await page.Page.Locator("img").CountAsync());
        Assert.Equal(2, await page.Page.Locator("script").CountAsync());
        page.AssertQuiet();
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_browser_is_forbidden_to_run_or_to_fetch_anything_else()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());

        string[] refused = await page.Page.EvaluateAsync<string[]>("""
            async () => {
              const refused = [];
              document.addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));
              const script = document.createElement('script');
              script.textContent = 'document.title = "run"';
              document.body.append(script);
              await fetch('https://example.invalid/').catch(() => 0);
              const image = new Image();
              image.src = 'https://example.invalid/x.png';
              await new Promise(done => image.onerror = done);
              return refused.sort();
            }
            """);

        Assert.Equal(["connect-src", "img-src", "script-src-elem"], refused);
        Assert.Equal("c = a*b + exp(a)", await page.Page.TitleAsync());
    }
}
