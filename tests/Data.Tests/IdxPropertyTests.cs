using FsCheck;
using FsCheck.Fluent;
using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class IdxPropertyTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Any_file_is_either_refused_or_read_so_that_writing_it_gives_the_same_bytes()
    {
        // Headers near valid ones, with about as much data as they declare, so that both answers are frequent.
        Gen<byte[]> files =
            from type in Gen.Elements<byte>(0x08, 0x09, 0x0C, 0x0D, 0x0E)
            from rank in Gen.Choose(0, 3)
            from sizes in Gen.Choose(0, 3).ArrayOf(rank)
            from surplus in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(-2, 2)))
            let size = type switch { 0x0C or 0x0D => 4, 0x0E => 8, _ => 1 }
            from data in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(Math.Max(0, sizes.Aggregate(size, (a, b) => a * b) + surplus))
            select (byte[])[0, 0, type, (byte)rank, .. sizes.SelectMany(n => new byte[] { 0, 0, 0, (byte)n }), .. data];
        int read = 0, refused = 0;

        Prop.ForAll(files.ToArbitrary(), file =>
        {
            string path = folder.Put("any", file);
            try
            {
                Tensor tensor = Idx.Read(path);
                Idx.Write(path, tensor);
                read++;
            }
            catch (DataFormatException)
            {
                refused++;
                return true;
            }

            return file.AsSpan().SequenceEqual(File.ReadAllBytes(path));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

        Assert.True(read > 50 && refused > 50, $"{read} read, {refused} refused");
    }
}
