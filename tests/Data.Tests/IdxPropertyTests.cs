using FsCheck;
using FsCheck.Fluent;
using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class IdxPropertyTests : IDisposable
{
    private const int Room = 1 << 20;
    private const int PerByteOfFile = 10;

    // Every type with up to four axes of up to five, among them scalars and empty tensors, and elements of any bits: NaNs and both zeros too.
    private static readonly Gen<Tensor> Tensors =
        from dtype in Gen.Elements(DType.U8, DType.I32, DType.F32, DType.F64)
        from rank in Gen.Choose(0, 4)
        from sizes in Gen.Choose(0, 5).ArrayOf(rank)
        let tensor = Tensor.Zeros(Shape.Of(sizes), dtype)
        from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(tensor.ByteLength)
        select Filled(tensor, bytes);

    // A byte changed, a part cut out, a part put in; twice in a third of the cases.
    private static readonly Gen<Func<byte[], byte[]>> Mutations =
        from first in Mutation()
        from second in Gen.Frequency((2, Gen.Constant<Func<byte[], byte[]>>(bytes => bytes)), (1, Mutation()))
        select (Func<byte[], byte[]>)(bytes => second(first(bytes)));

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_tensor_comes_back_with_its_type_its_shape_and_every_bit(bool compress) =>
        Prop.ForAll(Tensors.ToArbitrary(), tensor =>
        {
            Idx.Write(folder["any"], tensor, compress);
            Tensor read = Idx.Read(folder["any"]);
            return Same(read, tensor);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Any_tensor_comes_back_from_any_members()
    {
        Gen<(Tensor Tensor, int[] Cuts)> cases =
            from tensor in Tensors
            from cuts in Gen.Choose(0, 4 + (4 * tensor.Rank) + tensor.ByteLength).ListOf()
            select (tensor, cuts.Order().ToArray());

        Prop.ForAll(cases.ToArbitrary(), given =>
        {
            Idx.Write(folder["plain"], given.Tensor);
            byte[] plain = File.ReadAllBytes(folder["plain"]);
            List<byte> packed = [];
            int start = 0;
            foreach (int cut in given.Cuts.Append(plain.Length))
            {
                packed.AddRange(Gzip.Pack(plain.AsSpan(start, cut - start)));
                start = cut;
            }

            return Same(Idx.Read(folder.Put("packed", [.. packed])), given.Tensor);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void Any_damage_to_a_plain_file_is_refused_or_read_as_exactly_what_the_file_then_says()
    {
        (int read, int refused) = Damage(compress: false, (path, tensor, _) =>
        {
            byte[] before = File.ReadAllBytes(path);
            if (before.AsSpan().StartsWith<byte>([0x1F, 0x8B])) return true;
            Idx.Write(path, tensor);
            return before.AsSpan().SequenceEqual(File.ReadAllBytes(path));
        });

        // A changed element cannot be told from another element; cuts and insertions can be told from the header.
        Assert.True(read > 30 && refused > 200, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Any_damage_to_a_packed_file_is_refused_or_changes_nothing()
    {
        // The check sum guards the data; the gzip header's time, system and level are notes only.
        (int read, int refused) = Damage(compress: true, (_, tensor, original) => Same(tensor, original));

        Assert.True(read > 5 && refused > 200, $"{read} read, {refused} refused");
    }

    [Fact]
    public void What_a_packed_file_declares_and_does_not_hold_is_never_allocated()
    {
        // 400 kilobytes of noise could be 400 megabytes unpacked, as far as their length tells.
        byte[] noise = new byte[400_000];
        new Rng(3).NextBytes(noise);
        Gen<int> sizes = Gen.Choose(noise.Length + 1, noise.Length * 1000);

        Prop.ForAll(sizes.ToArbitrary(), size =>
        {
            string path = folder.Put("lie.gz", Gzip.Pack([0, 0, 8, 1, (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size, .. noise]));
            long allowed = Room + (PerByteOfFile * new FileInfo(path).Length);
            long before = GC.GetAllocatedBytesForCurrentThread();

            Refusal.Expect(path, "got 400000. The file is cut off");

            return GC.GetAllocatedBytesForCurrentThread() - before <= allowed;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    /// <summary>Reads damaged files: each is refused in the house form or satisfies what is asked, and neither takes more room than the file warrants.</summary>
    private (int Read, int Refused) Damage(bool compress, Func<string, Tensor, Tensor, bool> isRight)
    {
        int read = 0, refused = 0;
        Prop.ForAll(Tensors.ToArbitrary(), Mutations.ToArbitrary(), (original, mutate) =>
        {
            Idx.Write(folder["any"], original, compress);
            string path = folder.Put("damaged", mutate(File.ReadAllBytes(folder["any"])));
            long allowed = Room + (PerByteOfFile * new FileInfo(path).Length);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Tensor? tensor = null;
            try
            {
                tensor = Idx.Read(path);
                read++;
            }
            catch (DataFormatException refusal)
            {
                Assert.StartsWith("damaged: expected ", refusal.Message, StringComparison.Ordinal);
                Assert.Contains(", got ", refusal.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(refusal.Message, char.IsControl);
                refused++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= allowed, $"{allocated} bytes allocated, {allowed} allowed");
            return tensor is null || isRight(path, tensor, original);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(600));
        return (read, refused);
    }

    private static Gen<Func<byte[], byte[]>> Mutation() => Gen.OneOf(
        from position in Gen.Choose(0, 1 << 20)
        from flip in Gen.Choose(1, 255)
        select Mutating(bytes => bytes.Length == 0 ? bytes : [.. bytes[..(position % bytes.Length)], (byte)(bytes[position % bytes.Length] ^ flip), .. bytes[((position % bytes.Length) + 1)..]]),
        from start in Gen.Choose(0, 1 << 20)
        from length in Gen.Choose(1, 40)
        select Mutating(bytes => [.. bytes[..(start % (bytes.Length + 1))], .. bytes[Math.Min(bytes.Length, (start % (bytes.Length + 1)) + length)..]]),
        from position in Gen.Choose(0, 1 << 20)
        from length in Gen.Choose(1, 10)
        from inserted in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)
        select Mutating(bytes => [.. bytes[..(position % (bytes.Length + 1))], .. inserted, .. bytes[(position % (bytes.Length + 1))..]]));

    private static Func<byte[], byte[]> Mutating(Func<byte[], byte[]> mutation) => mutation;

    private static bool Same(Tensor a, Tensor b) => a.DType == b.DType && a.Shape == b.Shape && a.AsBytes().SequenceEqual(b.AsBytes());

    private static Tensor Filled(Tensor tensor, byte[] bytes)
    {
        bytes.CopyTo(tensor.AsBytes());
        return tensor;
    }
}
