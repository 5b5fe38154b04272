using Microsoft.Playwright;

namespace Tapestry.Explorer.Tests;

/// <summary>What of a large graph is in sight.</summary>
[Collection(BrowserCollection.Name)]
public class ViewTests(Browser browser)
{
    private const string BoxOfDrawing = "() => { const box = document.getElementById('camera').getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; }";

    [ToolFact(Tool.Chromium)]
    public async Task Dragging_moves_the_graph_and_presses_nothing()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Model());
        await page.Press("ArrowRight");
        double[] before = await Drawing(page);
        LocatorBoundingBoxResult card = (await page.Layer("sequential/dense").BoundingBoxAsync())!;

        await page.Page.Mouse.MoveAsync(card.X + 20, card.Y + 20);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(card.X + 50, card.Y + 60, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();

        double[] after = await Drawing(page);
        Assert.Equal((30, 40), (Math.Round(after[0] - before[0]), Math.Round(after[1] - before[1])));
        Assert.Equal(1, await page.Layer("sequential/dense").CountAsync());
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_wheel_zooms_about_the_pointer()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Model());
        LocatorBoundingBoxResult before = (await page.Layer("sequential/dense").BoundingBoxAsync())!;

        await page.Page.Mouse.MoveAsync(before.X, before.Y);
        await page.Page.Mouse.WheelAsync(0, -200);

        // exp(200 · 0.0015) = 1.34986 times as large, from the corner at which the pointer stands.
        LocatorBoundingBoxResult after = (await page.Layer("sequential/dense").BoundingBoxAsync())!;
        Assert.Equal(1.34986, after.Width / before.Width, 2);
        Assert.Equal((before.X, before.Y), (after.X, after.Y), (a, b) => Math.Abs(a.X - b.X) < 1.5 && Math.Abs(a.Y - b.Y) < 1.5);
    }

    [ToolFact(Tool.Chromium)]
    public async Task One_button_shows_the_whole_of_a_large_graph()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Book());
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.Page.ClickAsync("#fold");
        LocatorBoundingBoxResult room = (await page.Page.Locator("#graph").BoundingBoxAsync())!;
        Assert.True((await Drawing(page))[3] > room.Height);

        await page.Page.ClickAsync("#whole");

        double[] box = await Drawing(page);
        Assert.True(box[0] >= room.X && box[1] >= room.Y && box[0] + box[2] <= room.X + room.Width && box[1] + box[3] <= room.Y + room.Height, string.Join(", ", box));
    }

    [ToolFact(Tool.Chromium)]
    public async Task Unfolding_a_layer_leaves_it_where_it_was_pressed()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Model());
        ILocator folded = page.Layer("sequential/dense").Locator(".body");
        LocatorBoundingBoxResult before = (await folded.BoundingBoxAsync())!;

        await page.Layer("sequential/dense").ClickAsync();

        LocatorBoundingBoxResult frame = (await page.Page.Locator("[data-frame='sequential/dense'] .area").BoundingBoxAsync())!;
        Assert.Equal((before.X, before.Y), (frame.X, frame.Y), (a, b) => Math.Abs(a.X - b.X) < 3 && Math.Abs(a.Y - b.Y) < 3);
    }

    private static Task<double[]> Drawing(ExplorerPage page) => page.Page.EvaluateAsync<double[]>(BoxOfDrawing);
}
