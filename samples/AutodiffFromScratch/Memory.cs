using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>What the reverse pass reads again, and who owns it until then.</summary>
internal static class Memory
{
    public static void Saving()
    {
        // listing: saving
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Ones([1000], DType.F64)), b = tape.Watch(Tensor.Ones([1000], DType.F64));
        Variable c = Op.Sum((a * b) + Op.Exp(a));

        foreach (Entry entry in tape.Entries) Print.Line($"{entry.Rule.Name,-8}  {entry.Output.Value.ByteLength,4} bytes made  keeps {entry.Rule.Saves}");
        SavedTotal saved = TapeView.Of(tape, c).Saved;
        Print.Line($"kept: {saved.Bytes} bytes in {saved.Buffers} buffers, of which a and b hold {saved.LeafBytes}");
        // end
    }

    public static void Owning()
    {
        // listing: owning
        Variable ended;
        Tensor kept;
        using (Tape tape = new())
        {
            ended = Op.Exp(tape.Watch(Tensor.From([0.0, 1.0])));
            kept = ended.Detach();
        }

        Print.Line($"kept  = {kept}");
        Print.Line($"ended = {ended}");

        using Tape arena = new(record: false);
        Variable y = Op.Exp(arena.Constant(kept));
        Print.Line($"arena = {y}, {arena.Entries.Count} entries");
        // end
    }
}
