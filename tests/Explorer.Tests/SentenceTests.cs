using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Explorer.Tests;

/// <summary>What is said of each step.</summary>
[Collection(BrowserCollection.Name)]
public class SentenceTests(Browser browser)
{
    [ToolFact(Tool.Chromium)]
    public async Task Each_step_is_told_in_a_sentence_with_its_numbers() => await Verifier.Verify(await Told(Tapes.Expression()));

    // Exponents, brackets around what is negative, numbers that stand side by side, words and conditions, an operand that is used twice in one operation.
    [ToolFact(Tool.Chromium)]
    public async Task Numbers_stand_for_letters_in_every_kind_of_formula()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(-2, DType.F64)), b = tape.Watch(Tensor.Scalar(3, DType.F64));
        Variable odd = Op.Power(a, b) + Op.Square(a);
        Variable even = Op.Sqrt(b) * Op.Sigmoid(a);
        Variable chosen = Op.Maximum(odd, Op.Where(Op.Greater(a, b), even, -even)) + Op.PRelu(a, b) + (a * a);
        await Verifier.Verify(await Told(TapeView.Of(tape, Op.Sum(chosen), [(a, "a"), (b, "rate")], Adjoints.Kept)));
    }

    [ToolFact(Tool.Chromium)]
    public async Task Of_tensors_the_letters_and_the_shapes_are_told()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4, 5, 6], Shape.Of(2, 3))), w = tape.Watch(Tensor.From([1.0, 0, -1], Shape.Of(3, 1)));
        Variable y = Op.Tanh(Op.MatMul(x, w));
        await Verifier.Verify(await Told(TapeView.Of(tape, y, [(x, "x"), (w, "kernel"), (y, "y")], Adjoints.Kept)));
    }

    private async Task<string> Told(TapeView view)
    {
        await using ExplorerPage page = await browser.Open(view);
        List<string> sentences = [];
        for (int step = 0; step <= view.Steps.Count; step++)
        {
            sentences.Add($"{step}: {(await page.Sentence()).Replace('\u00a0', ' ')}");
            await page.Press("ArrowRight");
        }

        page.AssertQuiet();
        return string.Join('\n', sentences);
    }
}
