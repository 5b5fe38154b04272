using Tapestry.Autodiff.Rules;

namespace Tapestry.Autodiff.Inspection;

/// <summary>Which entry is the first to save each buffer, and how many bytes that keeps.</summary>
internal sealed class SavedMemory
{
    private readonly Dictionary<Entry, long> byEntry = [];

    private SavedMemory(SavedTotal total) => Total = total;

    public SavedTotal Total { get; private set; }

    public long BytesOf(Entry entry) => byEntry.GetValueOrDefault(entry);

    public static SavedMemory Of(IReadOnlyList<Entry> entries)
    {
        SavedMemory memory = new(new SavedTotal(0, 0, 0));
        HashSet<Tensors.Buffer> counted = [], computed = [];
        Dictionary<Tensors.Buffer, long> sizes = [];
        foreach (Entry entry in entries)
        {
            // A view lies over its operand's buffer: that is a leaf's still where the operand's was. A view of a part keeps the whole.
            if (entry.Operands.All(operand => operand.Value.Buffer != entry.Output.Value.Buffer)) computed.Add(entry.Output.Value.Buffer);
            foreach (Variable variable in entry.Operands.Append(entry.Output)) sizes[variable.Value.Buffer] = Math.Max(sizes.GetValueOrDefault(variable.Value.Buffer), variable.Value.ByteLength);
        }

        foreach (Entry entry in entries)
        {
            foreach (Tensors.Buffer saved in Saved(entry).Select(tensor => tensor.Buffer).Where(counted.Add))
            {
                long bytes = sizes[saved];
                memory.byEntry[entry] = memory.BytesOf(entry) + bytes;
                memory.Total = new SavedTotal(memory.Total.Buffers + 1, memory.Total.Bytes + bytes, memory.Total.LeafBytes + (computed.Contains(saved) ? 0 : bytes));
            }
        }

        return memory;
    }

    private static IEnumerable<Tensors.Tensor> Saved(Entry entry)
    {
        if (entry.Rule.Saves.HasFlag(Saves.First)) yield return entry.Operands[0].Value;
        if (entry.Rule.Saves.HasFlag(Saves.Second)) yield return entry.Operands[1].Value;
        if (entry.Rule.Saves.HasFlag(Saves.Third)) yield return entry.Operands[2].Value;
        for (int i = 3; entry.Rule.Saves.HasFlag(Saves.Rest) && i < entry.Operands.Count; i++) yield return entry.Operands[i].Value;
        if (entry.Rule.Saves.HasFlag(Saves.Output)) yield return entry.Output.Value;
    }
}
