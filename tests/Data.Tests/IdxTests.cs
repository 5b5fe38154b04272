using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class IdxTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(DType.U8, false)]
    [InlineData(DType.U8, true)]
    [InlineData(DType.I32, false)]
    [InlineData(DType.I32, true)]
    [InlineData(DType.F32, false)]
    [InlineData(DType.F32, true)]
    [InlineData(DType.F64, false)]
    [InlineData(DType.F64, true)]
    public void Every_type_comes_back_as_it_was_written(DType dtype, bool compress)
    {
        Tensor written = Tensor.Zeros([2, 3], dtype);
        for (int i = 0; i < written.ByteLength; i++) written.AsBytes()[i] = (byte)((31 * i) + 7);

        Idx.Write(folder["data"], written, compress);
        Tensor read = Idx.Read(folder["data"]);

        Assert.Equal(dtype, read.DType);
        Assert.Equal([2, 3], read.Shape);
        Assert.Equal(written.AsBytes().ToArray(), read.AsBytes().ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writing_leaves_the_tensor_as_it_was(bool compress)
    {
        Tensor tensor = Tensor.From([1, 256, -1]);

        Idx.Write(folder["data"], tensor, compress);

        Assert.Equal([1, 256, -1], tensor.ToArray<int>());
    }

    [Fact]
    public void Bytes_are_laid_out_as_the_format_says()
    {
        Idx.Write(folder["data"], Tensor.From(new byte[] { 5, 250 }, [1, 2]));

        Assert.Equal([0, 0, 0x08, 2, 0, 0, 0, 1, 0, 0, 0, 2, 5, 250], File.ReadAllBytes(folder["data"]));
    }

    [Fact]
    public void Numbers_of_several_bytes_are_big_endian()
    {
        string ints = folder.Put("ints", 0, 0, 0x0C, 1, 0, 0, 0, 2, 0, 0, 1, 2, 0xFF, 0xFF, 0xFF, 0xFE);
        string floats = folder.Put("floats", 0, 0, 0x0D, 1, 0, 0, 0, 1, 0x3F, 0xC0, 0, 0);
        string doubles = folder.Put("doubles", 0, 0, 0x0E, 1, 0, 0, 0, 1, 0xC0, 0x04, 0, 0, 0, 0, 0, 0);

        Assert.Equal([258, -2], Idx.Read(ints).ToArray<int>());
        Assert.Equal([1.5f], Idx.Read(floats).ToArray<float>());
        Assert.Equal([-2.5], Idx.Read(doubles).ToArray<double>());
    }

    [Fact]
    public void Compression_is_told_by_the_bytes_and_not_by_the_name()
    {
        Idx.Write(folder["plain.gz"], Tensor.From(new byte[] { 1, 2, 3 }), compress: false);
        Idx.Write(folder["packed"], Tensor.From(new byte[] { 4, 5, 6 }), compress: true);

        Assert.Equal([0x1F, 0x8B], File.ReadAllBytes(folder["packed"])[..2]);
        Assert.Equal([1, 2, 3], Idx.Read(folder["plain.gz"]).ToArray<byte>());
        Assert.Equal([4, 5, 6], Idx.Read(folder["packed"]).ToArray<byte>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Scalars_and_empty_tensors_come_back(bool compress)
    {
        Idx.Write(folder["scalar"], Tensor.Scalar(2.5), compress);
        Idx.Write(folder["empty"], Tensor.Zeros([0, 28, 28], DType.U8), compress);

        Assert.Equal(Shape.Scalar, Idx.Read(folder["scalar"]).Shape);
        Assert.Equal(2.5, Idx.Read(folder["scalar"]).ToScalar());
        Assert.Equal([0, 28, 28], Idx.Read(folder["empty"]).Shape);
    }

    [Fact]
    public void As_many_axes_as_the_header_can_count_come_back()
    {
        int[] sizes = [.. Enumerable.Repeat(1, 255)];

        Idx.Write(folder["most"], Tensor.Full([.. sizes], 9, DType.U8));

        Assert.Equal(sizes, Idx.Read(folder["most"]).Shape);
        Assert.Throws<ArgumentException>(() => Idx.Write(folder["more"], Tensor.Zeros([.. sizes, 1])));
    }

    [Fact]
    public void Writing_replaces_a_longer_file()
    {
        Idx.Write(folder["data"], Tensor.Zeros([100], DType.U8));

        Idx.Write(folder["data"], Tensor.From(new byte[] { 1 }));

        Assert.Equal([1], Idx.Read(folder["data"]).ToArray<byte>());
    }
}
