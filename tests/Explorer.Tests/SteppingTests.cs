using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Explorer.Tests;

/// <summary>c = a·b + exp(a), step by step: a = 1, b = 2, so that a·b = 2, exp(a) = e, c = 2 + e; then c̄ = 1, both summands' adjoints 1, ā = e from exp and 2 more from a·b, b̄ = 1.</summary>
[Collection(BrowserCollection.Name)]
public class SteppingTests(Browser browser)
{
    private const int A = 0, B = 1, Product = 2, Exponential = 3, C = 4;

    [ToolFact(Tool.Chromium)]
    public async Task Going_forward_values_appear_one_by_one_as_the_engine_computed_them()
    {
        TapeView view = Tapes.Expression();
        await using ExplorerPage page = await browser.Open(view);

        Assert.Equal((1.0, 2.0), (await page.Value(A), await page.Value(B)));
        double?[][] expected = [[null, null, null], [2.0, null, null], [2.0, Math.E, null], [2.0, Math.E, 2 + Math.E]];
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(step, await page.Step());
            Assert.Equal(expected[step], [await page.Value(Product), await page.Value(Exponential), await page.Value(C)]);
            Assert.Null(await page.Adjoint(C));
            await page.Page.ClickAsync("#forward");
        }

        Assert.Equal(view.Nodes[C].Value.Elements![0], await page.Value(C));
        page.AssertQuiet();
    }

    [ToolFact(Tool.Chromium)]
    public async Task Going_backward_through_the_tape_adjoints_add_up_to_the_gradient()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(1, DType.F64)), b = tape.Watch(Tensor.Scalar(2, DType.F64));
        Variable[] gradient = tape.Gradient((a * b) + Op.Exp(a), [a, b]);

        await page.Press("ArrowRight", 3);
        double?[][] expected =
        [
            [1.0, null, null, null, null],
            [1.0, 1.0, 1.0, null, null],
            [1.0, 1.0, 1.0, Math.E, null],
            [1.0, 1.0, 1.0, gradient[0].Value.ToScalar(), gradient[1].Value.ToScalar()],
        ];
        foreach (double?[] adjoints in expected)
        {
            await page.Page.ClickAsync("#forward");
            Assert.Equal(adjoints, [await page.Adjoint(C), await page.Adjoint(Product), await page.Adjoint(Exponential), await page.Adjoint(A), await page.Adjoint(B)]);
        }

        page.AssertQuiet();
    }

    [ToolFact(Tool.Chromium)]
    public async Task Stepping_back_takes_away_what_the_step_had_brought()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());
        await page.Press("End");
        Assert.Equal(2 + Math.E, await page.Adjoint(A));

        await page.Page.ClickAsync("#back");
        Assert.Equal((Math.E, null), (await page.Adjoint(A), await page.Adjoint(B)));
        await page.Press("ArrowLeft", 3);
        Assert.Equal((2 + Math.E, null), (await page.Value(C), await page.Adjoint(C)));
        await page.Press("ArrowLeft");
        Assert.Null(await page.Value(C));
        await page.Page.ClickAsync("#first");
        Assert.Equal((0, null), (await page.Step(), await page.Value(Product)));
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_slider_the_buttons_the_keys_and_the_tape_lead_to_the_same_steps()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());
        string?[] adjoints = new string?[8];
        for (int step = 0; step <= 7; step++)
        {
            Assert.Equal(step, await page.Step());
            adjoints[step] = await page.Node(A).GetAttributeAsync("data-adjoint");
            await page.Press("ArrowRight");
        }

        Assert.Equal(7, await page.LastStep());
        foreach (int step in (int[])[6, 2, 7, 0])
        {
            await page.Page.Locator("#slider").FillAsync(step.ToString(CultureInfo.InvariantCulture));
            Assert.Equal((step, adjoints[step]), (await page.Step(), await page.Node(A).GetAttributeAsync("data-adjoint")));
        }

        // The second entry is exp(a): computed in step 2, passed back in step 6, after the seed and the sum.
        await page.Page.ClickAsync("[data-entry='1'] .value");
        Assert.Equal(2, await page.Step());
        await page.Page.ClickAsync("[data-entry='1'] .adjoint");
        Assert.Equal(6, await page.Step());
        await page.Page.ClickAsync("#last");
        Assert.Equal(7, await page.Step());
        await page.Press("Home");
        Assert.Equal(0, await page.Step());
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_panel_shows_the_rule_the_sum_and_the_local_derivatives_of_a_step()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression());
        await page.Press("End");

        Assert.Equal(["y = a·b", "ā += ȳ·b", "b̄ += ȳ·a"], await page.Page.Locator(".formula").AllInnerTextsAsync());
        Assert.Equal(["ā += ȳ·b", "b̄ += ȳ·a"], await page.Page.Locator(".formula.on").AllInnerTextsAsync());
        Assert.Equal(["2.718", "+ 2", "4.718"], await page.Page.Locator(".gain-table tbody tr").First.Locator("td").AllInnerTextsAsync());
        Assert.Equal(["∂v₀ / ∂a = 2", "∂v₀ / ∂b = 1"], await page.Page.Locator(".derivative").AllInnerTextsAsync());
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_tape_without_a_reverse_pass_is_only_walked_forward()
    {
        await using ExplorerPage page = await browser.Open(Tapes.Expression(Adjoints.None));

        await page.Press("End");

        Assert.Equal(3, await page.Step());
        Assert.Equal((2 + Math.E, null), (await page.Value(C), await page.Adjoint(C)));
        page.AssertQuiet();
    }

    // Every number of every drawn node, at every step, is what the view says. The reverse pass is recorded here, so that forward and reverse steps mingle.
    [ToolFact(Tool.Chromium)]
    public async Task At_every_step_of_a_recorded_reverse_pass_every_node_shows_what_the_view_holds()
    {
        TapeView view = Tapes.Expression(Adjoints.Recorded);
        await using ExplorerPage page = await browser.Open(view);
        if (await page.Layer("reverse pass").CountAsync() > 0) await page.Layer("reverse pass").ClickAsync();
        Dictionary<int, double?> values = view.Nodes.ToDictionary(node => node.Id, node => node.Entry is null ? node.Value.Elements![0] : (double?)null);
        Dictionary<int, double?> adjoints = view.Nodes.ToDictionary(node => node.Id, _ => (double?)null);

        for (int i = 0; i < view.Steps.Count; i++)
        {
            TapeStep step = view.Steps[i];
            if (step.Phase == TapePhase.Forward) values[step.Node] = view.Nodes[step.Node].Value.Elements![0];
            foreach (TapeContribution contribution in step.Contributions) adjoints[contribution.To] = contribution.Total.Elements![0];

            await page.Press("ArrowRight");
            foreach (TapeNode node in view.Nodes) Assert.Equal((i, node.Id, values[node.Id], adjoints[node.Id]), (i, node.Id, await page.Value(node.Id), await page.Adjoint(node.Id)));
        }

        Assert.Equal(view.Steps.Count, await page.LastStep());
        page.AssertQuiet();
    }
}
