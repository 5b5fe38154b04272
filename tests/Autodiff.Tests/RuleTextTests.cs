using System.Text;

namespace Tapestry.Autodiff.Tests;

/// <summary>What the tape's views say of each operation.</summary>
public class RuleTextTests
{
    [Fact]
    public Task Every_primitive_has_a_formula_and_what_it_saves()
    {
        StringBuilder text = new();
        foreach (Recorded recorded in Recorded.All.DistinctBy(recorded => (recorded.Rule.Name, recorded.Rule.Formula)))
        {
            text.Append(recorded.Rule.Name).Append('\n');
            text.Append("    ").Append(recorded.Rule.Formula).Append('\n');
            text.Append("    saves ").Append(recorded.Rule.Saves).Append('\n');
        }

        return Verifier.Verify(text.ToString());
    }

    [Fact]
    public void Entries_name_their_rule()
    {
        using Tape tape = new();
        Op.Exp(tape.Watch(Tensors.Tensor.Scalar(1)));

        Assert.Equal("entry 0 (Exp)", tape.Entries[0].ToString());
    }
}
