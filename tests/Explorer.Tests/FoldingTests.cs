using Tapestry.Autodiff.Inspection;

namespace Tapestry.Explorer.Tests;

/// <summary>Layers as cards that unfold.</summary>
[Collection(BrowserCollection.Name)]
public class FoldingTests(Browser browser)
{
    private const string Dense = "sequential/dense";

    [ToolFact(Tool.Chromium)]
    public async Task A_model_starts_with_its_layers_folded_and_all_its_other_nodes_drawn()
    {
        TapeView view = Tapes.Model();
        await using ExplorerPage page = await browser.Open(view);

        Assert.Equal([Dense, "sequential/batch_normalization", "sequential/dense_1"], await Paths(page, "data-group"));
        Assert.Equal(["sequential"], await Paths(page, "data-frame"));
        Assert.Equal(view.Nodes.Where(node => node.Scope is null).Select(node => node.Id).Order(), await Drawn(page));
    }

    [ToolFact(Tool.Chromium)]
    public async Task Pressing_a_layer_unfolds_it_where_it_stands_and_pressing_its_title_folds_it_again()
    {
        TapeView view = Tapes.Model();
        await using ExplorerPage page = await browser.Open(view);
        int[] before = await Drawn(page);
        int[] inside = [.. view.Nodes.Where(node => node.Scope == Dense).Select(node => node.Id)];

        await page.Layer(Dense).ClickAsync();
        Assert.Equal(before.Concat(inside).Order(), await Drawn(page));
        Assert.Equal(0, await page.Layer(Dense).CountAsync());

        await page.Frame(Dense).ClickAsync();
        Assert.Equal(before, await Drawn(page));
        Assert.Equal(1, await page.Layer(Dense).CountAsync());
        page.AssertQuiet();
    }

    [ToolFact(Tool.Chromium)]
    public async Task Folding_the_model_leaves_one_card_for_it()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Model());

        await page.Frame("sequential").ClickAsync();

        Assert.Equal(["sequential"], await Paths(page, "data-group"));
        Assert.Empty(await Paths(page, "data-frame"));
    }

    [ToolFact(Tool.Chromium)]
    public async Task One_button_unfolds_everything_and_folds_it_again()
    {
        TapeView view = Tapes.Book();
        await using ExplorerPage page = await browser.Open(view);

        await page.Page.ClickAsync("#fold");
        Assert.Equal(view.Nodes.Select(node => node.Id), await Drawn(page));
        await page.Press("End");
        await page.Page.ClickAsync("#fold");

        Assert.Equal(6, (await Paths(page, "data-group")).Length);
        page.AssertQuiet();
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_folded_layer_stands_for_its_operations_and_shows_what_it_hands_on()
    {
        TapeView view = Tapes.Model();
        await using ExplorerPage page = await browser.Open(view);
        TapeNode result = view.Nodes.Last(node => node.Scope == Dense && node.Entry is not null);

        await page.Press("ArrowRight", result.Entry!.Value);
        Assert.Contains("current", (await page.Layer(Dense).GetAttributeAsync("class"))!, StringComparison.Ordinal);
        Assert.Equal("", await page.Layer(Dense).GetAttributeAsync("data-value"));
        await page.Press("ArrowRight");
        string shown = (await page.Layer(Dense).GetAttributeAsync("data-value"))!;
        Assert.StartsWith("[5, 3]", shown, StringComparison.Ordinal);

        await page.Layer(Dense).ClickAsync();
        Assert.Equal(shown, await page.Node(result.Id).GetAttributeAsync("data-value"));
        Assert.Contains("current", (await page.Node(result.Id).GetAttributeAsync("class"))!, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Chromium)]
    public async Task Page_down_goes_over_a_whole_folded_layer_and_page_up_comes_back()
    {
        TapeView view = Tapes.Model();
        await using ExplorerPage page = await browser.Open(view);
        int entries = view.Nodes.Count(node => node.Scope == Dense && node.Entry is not null);

        await page.Press("PageDown");
        Assert.Equal(entries, await page.Step());
        await page.Press("PageDown");
        int second = await page.Step();
        await page.Press("PageUp");
        await page.Press("PageUp");

        Assert.Equal(entries + view.Nodes.Count(node => node.Scope == "sequential/batch_normalization" && node.Entry is not null), second);
        Assert.Equal(0, await page.Step());
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_recorded_reverse_pass_is_folded_as_a_whole_and_holds_the_layers_again()
    {
        TapeView view = Tapes.Book(Adjoints.Recorded);
        await using ExplorerPage page = await browser.Open(view);
        Assert.Contains("reverse pass", await Paths(page, "data-group"));

        await page.Press("End");
        await page.Page.ClickAsync("#fold");

        Assert.Equal(view.Nodes.Select(node => node.Id), await Drawn(page));
        Assert.Contains("reverse pass/sequential/dense_1", await Paths(page, "data-frame"));
        page.AssertQuiet();
    }

    private static async Task<string[]> Paths(ExplorerPage page, string attribute) =>
        [.. (await page.Page.Locator($"[{attribute}]").EvaluateAllAsync<string[]>("(elements, name) => elements.map(element => element.getAttribute(name))", attribute))];

    private static async Task<int[]> Drawn(ExplorerPage page) =>
        [.. (await page.Page.Locator("[data-node]").EvaluateAllAsync<int[]>("elements => elements.map(element => Number(element.dataset.node))")).Order()];
}
