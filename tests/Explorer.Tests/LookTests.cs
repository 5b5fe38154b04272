using Microsoft.Playwright;
using Tapestry.Autodiff.Inspection;

namespace Tapestry.Explorer.Tests;

/// <summary>What eyes would find: nothing covers anything, nothing is cut off, colours can be read. Each look leaves a picture in the temporary folder.</summary>
[Collection(BrowserCollection.Name)]
public class LookTests(Browser browser)
{
    private static readonly string Pictures = Path.Combine(Path.GetTempPath(), "tapestry-explorer");

    public static TheoryData<string, bool, bool> Looks
    {
        get
        {
            TheoryData<string, bool, bool> looks = [];
            foreach (string name in (string[])["expression", "model", "book"])
            {
                foreach (bool isPhone in (bool[])[false, true])
                {
                    looks.Add(name, isPhone, false);
                    looks.Add(name, isPhone, true);
                }
            }

            return looks;
        }
    }

    [ToolTheory(Tool.Chromium)]
    [MemberData(nameof(Looks))]
    public async Task At_any_width_and_in_either_theme_the_page_fits_and_can_be_read(string name, bool isPhone, bool isDark)
    {
        await using ExplorerPage page = await Open(name, (isPhone ? Look.Phone : Look.Desktop) with { IsDark = isDark });
        int last = await page.LastStep();
        foreach (int step in (int[])[0, last / 3, last - 1])
        {
            await page.Page.Locator("#slider").FillAsync($"{step}");
            await Picture(page, $"{name}-{(isPhone ? "phone" : "desktop")}-{(isDark ? "dark" : "light")}-{step}");

            Assert.Empty(await page.Find(Probes.Sideways));
            Assert.Empty(await page.Find(Probes.Faint));
        }

        page.AssertQuiet();
    }

    [ToolTheory(Tool.Chromium)]
    [InlineData("expression", Adjoints.Kept)]
    [InlineData("expression", Adjoints.Recorded)]
    [InlineData("model", Adjoints.Kept)]
    [InlineData("model", Adjoints.Recorded)]
    [InlineData("book", Adjoints.Kept)]
    [InlineData("book", Adjoints.Recorded)]
    public async Task No_card_covers_another_and_none_is_narrower_than_its_text(string name, Adjoints adjoints)
    {
        await using ExplorerPage page = await Open(name, Look.Desktop, adjoints);
        await page.Press("End");
        ILocator fold = page.Page.Locator("#fold");

        for (int turn = 0; turn < 2; turn++)
        {
            Assert.Empty(await page.Find(Probes.Overlapping));
            Assert.Empty(await page.Find(Probes.Overflowing));
            if (await fold.IsVisibleAsync()) await fold.ClickAsync();
        }
    }

    [ToolFact(Tool.Chromium)]
    public async Task Edges_run_downward_from_card_to_card()
    {
        await using ExplorerPage page = await Open("book", Look.Desktop, Adjoints.Recorded);
        await page.Page.ClickAsync("#fold");

        Assert.Empty(await page.Find("""
            () => [...document.querySelectorAll('.edge')].filter(edge => {
              const numbers = edge.getAttribute('d').match(/-?[\d.]+/g).map(Number);
              const ys = numbers.filter((_, index) => index % 2 === 1);
              return ys.some((y, index) => index > 0 && y < ys[index - 1] - 0.2);
            }).map(edge => edge.dataset.edge)
            """));
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_theme_follows_the_system_until_it_is_chosen()
    {
        await using ExplorerPage page = await Open("expression", Look.Desktop with { IsDark = true });
        Task<double> Lightness() => page.Page.EvaluateAsync<double>("() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
        Assert.InRange(await Lightness(), 0, 60);

        await page.Page.ClickAsync("#theme");
        Assert.InRange(await Lightness(), 200, 255);
        await page.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.InRange(await Lightness(), 200, 255);
    }

    [ToolFact(Tool.Chromium)]
    public async Task Who_wants_less_motion_gets_none()
    {
        await using ExplorerPage page = await Open("book", Look.Desktop);
        Task<string> Duration() => page.Page.EvaluateAsync<string>("() => { const camera = document.getElementById('camera'); camera.classList.add('smooth'); return getComputedStyle(camera).transitionDuration; }");
        Assert.Equal("0.25s", await Duration());

        await page.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        Assert.Equal("0s", await Duration());
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_current_step_stays_in_sight()
    {
        await using ExplorerPage page = await Open("book", Look.Desktop);
        await page.Page.ClickAsync("#fold");
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        int last = await page.LastStep();

        for (int step = 1; step <= last; step += 7)
        {
            await page.Page.Locator("#slider").FillAsync($"{step}");
            Assert.Empty(await page.Find("""
                () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done([['.card.current', '.drawing'], ['.entry.current', '#entries']].filter(([inner, outer]) => {
                  const [a, b] = [document.querySelector(inner), document.querySelector(outer)].map(element => element && element.getBoundingClientRect());
                  return a && !(a.top >= b.top - 1 && a.bottom <= b.bottom + 1 && a.left >= b.left - 1 && a.right <= b.right + 1);
                }).map(pair => pair[0])))))
                """));
        }
    }

    private Task<ExplorerPage> Open(string name, Look look, Adjoints adjoints = Adjoints.Kept) =>
        browser.Open(name switch { "expression" => Tapes.Expression(adjoints), "model" => Tapes.Model(adjoints), _ => Tapes.Book(adjoints) }, look);

    private static Task<byte[]> Picture(ExplorerPage page, string name) => page.Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png") });
}
