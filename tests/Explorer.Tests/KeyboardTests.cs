using Microsoft.Playwright;

namespace Tapestry.Explorer.Tests;

/// <summary>Everything without a mouse.</summary>
[Collection(BrowserCollection.Name)]
public class KeyboardTests(Browser browser)
{
    [ToolFact(Tool.Chromium)]
    public async Task Every_control_and_every_card_is_reached_with_the_tabulator_and_shows_that_it_is()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());
        await page.Press("ArrowRight");
        List<string> reached = [];
        do
        {
            await page.Press("Tab");
            reached.Add(await page.Page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.dataset.node || document.activeElement.className || document.activeElement.tagName"));
            string mark = await page.Page.EvaluateAsync<string>("""
                (() => {
                  const active = document.activeElement, body = active.querySelector('.body');
                  if (active === document.body) return 'page';
                  return body ? `stroke ${getComputedStyle(body).strokeWidth}` : `outline ${getComputedStyle(active).outlineStyle} ${getComputedStyle(active).outlineWidth}`;
                })()
                """);
            Assert.True(mark is "stroke 3.5px" or "outline solid 3px" or "page", $"{reached[^1]}: {mark}");
        }
        while (reached[^1] != "BODY" && reached.Count < 100);

        foreach (string control in (string[])["theme", "0", "1", "2", "3", "4", "closer", "farther", "whole", "first", "back", "forward", "last", "slider", "show-value"]) Assert.Contains(control, reached);
    }

    [ToolFact(Tool.Chromium)]
    public async Task Enter_on_a_card_looks_at_its_numbers_and_escape_follows_the_steps_again()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());
        await page.Press("ArrowRight");
        ILocator heading = page.Page.Locator(".inspector h2");
        Assert.Equal("v₀", await heading.InnerTextAsync());

        await page.Node(1).FocusAsync();
        await page.Press("Enter");
        Assert.Equal("Looking at b", await heading.InnerTextAsync());
        await page.Press("ArrowRight");
        Assert.Equal("Looking at b", await heading.InnerTextAsync());
        await page.Press("Escape");
        Assert.Equal("v₁", await heading.InnerTextAsync());
    }

    [ToolFact(Tool.Chromium)]
    public async Task Enter_unfolds_a_layer_and_folds_it_again_without_losing_its_place()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Model());

        await page.Layer("sequential/dense").FocusAsync();
        await page.Press("Enter");
        Assert.Equal("dense, fold", await Focused(page));
        await page.Press("Enter");
        Assert.StartsWith("dense, ", await Focused(page), StringComparison.Ordinal);
        Assert.Equal(1, await page.Layer("sequential/dense").CountAsync());
    }

    [ToolFact(Tool.Chromium)]
    public async Task Arrow_keys_step_wherever_the_focus_is()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());

        int step = 0;
        foreach (string place in (string[])["#forward", "#slider", "[data-node='0']", "[data-entry='0'] .value"])
        {
            await page.Page.Locator(place).FocusAsync();
            await page.Press("ArrowRight");
            Assert.Equal(++step, await page.Step());
        }
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_sentence_is_announced_and_cards_say_what_they_show()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());
        await page.Press("End");

        Assert.Equal("polite", await page.Page.Locator("#sentence").GetAttributeAsync("aria-live"));
        Assert.Equal("a, watched, value 1, adjoint 4.718", await page.Node(0).GetAttributeAsync("aria-label"));
        Assert.Equal("step 7 of 7, reverse", await page.Page.Locator("#slider").GetAttributeAsync("aria-valuetext"));
        Assert.Equal("step", await page.Node(2).GetAttributeAsync("aria-current"));
        Assert.Equal(1, await page.Page.Locator("[data-node][aria-current='step']").CountAsync());
    }

    private static Task<string> Focused(ExplorerPage page) => page.Page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-label')");
}
