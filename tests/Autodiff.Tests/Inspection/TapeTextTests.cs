using Tapestry.Autodiff.Inspection;

namespace Tapestry.Autodiff.Tests.Inspection;

public class TapeTextTests
{
    [Fact]
    public async Task The_example_is_a_table_with_formulas_and_what_is_kept() => await Verifier.Verify(string.Join("\n", new[] { Adjoints.None, Adjoints.Kept, Adjoints.Recorded }.Select(adjoints => TapeText.Write(Tapes.Example(adjoints)))));

    [Fact]
    public async Task Layers_are_sections_and_large_tensors_their_mean_and_deviation() => await Verifier.Verify(TapeText.Write(Tapes.Layers(Adjoints.Recorded)));

    [Fact]
    public void An_empty_tape_is_told_too()
    {
        using Tape tape = new();

        Assert.Equal("tape\n\nnode  computed by  type  value  keeps  bytes\n\n0 entries; nothing is kept for derivatives\n", TapeText.Write(TapeView.Of(tape)));
    }

    [Fact]
    public void It_is_the_same_in_every_culture()
    {
        string plain = TapeText.Write(Tapes.Layers(Adjoints.Kept));

        Assert.Equal(plain, Culture.Foreign(() => TapeText.Write(Tapes.Layers(Adjoints.Kept))));
    }
}
