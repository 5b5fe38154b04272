using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Explorer.Tests;

/// <summary>Tensors of more than one element.</summary>
[Collection(BrowserCollection.Name)]
public class TensorTests(Browser browser)
{
    [ToolFact(Tool.Chromium)]
    public async Task A_heat_map_shows_each_number_of_a_small_tensor_and_of_its_adjoint()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, -2.0, 3.0, 0.5, 0, -1], Shape.Of(2, 3)));
        Variable y = Op.Sum(Op.Square(x));
        await using ExplorerPage page = await browser.Open(TapeView.Of(tape, y, [(x, "x")], Adjoints.Kept));
        await page.Press("End");

        await page.Node(0).ClickAsync();
        await page.Page.ClickAsync("#show-value");
        Assert.Equal(x.Value.ToDoubles(), await Cells(page));
        await page.Page.ClickAsync("#show-adjoint");
        Assert.Equal(tape.Gradient(y, x).Value.ToDoubles(), await Cells(page));
        Assert.Equal("[1, 0] = 1", await page.Page.Locator(".heat rect title").Nth(3).TextContentAsync());
    }

    // y = W·x with W = [[1, 2], [3, 4]] has the Jacobian W with respect to x.
    [ToolFact(Tool.Chromium)]
    public async Task A_small_local_jacobian_is_a_table()
    {
        using Tape tape = new();
        Variable w = tape.Constant(Tensor.From([1.0, 2.0, 3.0, 4.0], Shape.Of(2, 2))), x = tape.Watch(Tensor.From([1.0, 1.0], Shape.Of(2, 1)));
        Variable y = Op.Sum(Op.MatMul(w, x));
        await using ExplorerPage page = await browser.Open(TapeView.Of(tape, y, [(w, "W"), (x, "x")], Adjoints.Kept));

        await page.Press("ArrowRight");

        Assert.Equal(["1", "2", "3", "4"], await page.Page.Locator(".jacobian-table tbody td").AllInnerTextsAsync());
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_large_tensor_is_a_histogram_with_its_statistics()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(Enumerable.Range(0, 2000).Select(i => (i / 1000.0) - 1).ToArray()));
        await using ExplorerPage page = await browser.Open(TapeView.Of(tape, Op.Sum(x), [(x, "x")]));

        await page.Node(0).ClickAsync();

        Assert.Equal(TensorSummary.HistogramClasses, await page.Page.Locator(".histogram .bin").CountAsync());
        Assert.Equal(["−1", "0.999", "−0.0005", "0.5774"], await page.Page.Locator(".statistics dd").AllInnerTextsAsync());
        Assert.Equal("[2000] mean −0.0005", await page.Node(0).GetAttributeAsync("data-value"));
    }

    [ToolFact(Tool.Chromium)]
    public async Task What_is_no_number_is_told_wherever_it_shows()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, -1.0, 0.0]));
        Variable logs = Op.Log(x), y = Op.Sum(logs);
        TapeView view = TapeView.Of(tape, y, [(x, "x"), (logs, "logs"), (y, "y")], Adjoints.Kept);
        await using ExplorerPage page = await browser.Open(view);

        await page.Press("ArrowRight");
        Assert.Contains("Of its 3 numbers 1 is NaN", await page.Sentence(), StringComparison.Ordinal);
        Assert.Equal(["NaN", "−∞"], (await page.Page.Locator(".heat text").AllTextContentsAsync()).Skip(1));
        await page.Press("ArrowRight");

        Assert.True(double.IsNaN((await page.Value(2))!.Value));
        Assert.Contains("troubled", (await page.Node(2).GetAttributeAsync("class"))!, StringComparison.Ordinal);
        Assert.Equal("NaN", await page.Page.Locator(".single").InnerTextAsync());
        await page.Press("End");
        page.AssertQuiet();
    }

    [ToolFact(Tool.Chromium)]
    public async Task An_empty_tensor_and_an_empty_tape_are_no_trouble()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros(Shape.Of(0, 3)));
        await using ExplorerPage empty = await browser.Open(TapeView.Of(tape, Op.Sum(x), [(x, "x")], Adjoints.Kept));
        await empty.Press("End");
        await empty.Node(0).ClickAsync();
        Assert.Equal("[0, 3] empty", await empty.Node(0).GetAttributeAsync("data-value"));
        empty.AssertQuiet();

        using Tape unused = new();
        await using ExplorerPage nothing = await browser.Open(TapeView.Of(unused));
        await nothing.Press("ArrowRight");
        Assert.Equal((0, 0), (await nothing.Step(), await nothing.Page.Locator("[data-node]").CountAsync()));
        nothing.AssertQuiet();
    }

    private static async Task<double[]> Cells(ExplorerPage page) =>
        [.. (await page.Page.Locator(".heat rect title").AllTextContentsAsync()).Select(text => double.Parse(text.Split(" = ")[1], CultureInfo.InvariantCulture))];
}
