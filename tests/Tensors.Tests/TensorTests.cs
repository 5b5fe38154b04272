namespace Tapestry.Tensors.Tests;

public class TensorTests
{
    public static TheoryData<DType> AllTypes => [DType.F32, DType.F64, DType.I32, DType.U8];

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Zeros_Ones_and_Full_fill_every_type(DType dtype)
    {
        Assert.Equal([0.0, 0, 0, 0], Tensor.Zeros([2, 2], dtype).ToDoubles());
        Assert.Equal([1.0, 1, 1], Tensor.Ones([3], dtype).ToDoubles());
        Assert.Equal([7.0, 7], Tensor.Full([2], 7, dtype).ToDoubles());
        Assert.Equal(5, Tensor.Scalar(5, dtype).ToScalar());
        Assert.Empty(Tensor.Full([0, 3], 7, dtype).ToDoubles());
    }

    [Fact]
    public void The_element_type_follows_from_the_values()
    {
        Assert.Equal(DType.F32, Tensor.From([1f]).DType);
        Assert.Equal(DType.F64, Tensor.From([1.0]).DType);
        Assert.Equal(DType.I32, Tensor.From([1]).DType);
        Assert.Equal(DType.U8, Tensor.From([(byte)1]).DType);
        Assert.Throws<NotSupportedException>(() => Tensor.From([1L]));
    }

    [Fact]
    public void From_copies()
    {
        float[] values = [1, 2, 3, 4];
        Tensor tensor = Tensor.From(values, [2, 2]);

        values[0] = 9;

        Assert.Equal([1f, 2, 3, 4], tensor.ToArray<float>());
    }

    [Fact]
    public void From_takes_a_matrix_row_by_row()
    {
        Tensor tensor = Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });

        Assert.Equal([2, 3], tensor.Shape);
        Assert.Equal([1.0, 2, 3, 4, 5, 6], tensor.ToArray<double>());
    }

    [Fact]
    public void From_refuses_a_shape_of_another_length_and_null()
    {
        Assert.Throws<ArgumentException>(() => Tensor.From([1f, 2], [3]));
        Assert.Throws<ArgumentException>(() => Tensor.From([1f, 2], []));
        Assert.Throws<ArgumentNullException>(() => Tensor.From((float[])null!));
    }

    [Theory]
    [InlineData(DType.F32, 4)]
    [InlineData(DType.F64, 8)]
    [InlineData(DType.I32, 4)]
    [InlineData(DType.U8, 1)]
    public void ByteLength_is_the_length_times_the_size_of_an_element(DType dtype, int size)
    {
        Tensor tensor = Tensor.Zeros([3, 5], dtype);

        Assert.Equal(15 * size, tensor.ByteLength);
        Assert.Equal(15 * size, tensor.AsBytes().Length);
        Assert.Equal(15 * size, Tensor.Uninitialized([3, 5], dtype).AsBytes().Length);
    }

    [Fact]
    public void More_bytes_than_an_array_holds_are_refused() =>
        // 2^28 elements are fine, 2^28 · 8 = 2^31 bytes are not.
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([1 << 28], DType.F64));

    [Fact]
    public void The_span_is_the_storage()
    {
        Tensor tensor = Tensor.Zeros([2]);

        tensor.AsSpan<float>()[1] = 3;

        Assert.Equal([0.0, 3], tensor.ToDoubles());
    }

    [Fact]
    public void A_span_of_another_type_is_refused()
    {
        Tensor tensor = Tensor.Zeros([2]);

        Assert.Throws<InvalidOperationException>(() => tensor.AsSpan<double>());
        // int has the size of float: only the type tells them apart.
        Assert.Throws<InvalidOperationException>(() => tensor.AsSpan<int>());
        Assert.Throws<InvalidOperationException>(() => tensor.ToArray<byte>());
        Assert.Throws<NotSupportedException>(() => tensor.AsSpan<long>());
    }

    [Fact]
    public void Reshape_is_a_view()
    {
        Tensor tensor = Tensor.From([1f, 2, 3, 4, 5, 6]);
        Tensor view = tensor.Reshape(2, -1);

        view.AsSpan<float>()[4] = 50;

        Assert.Equal([2, 3], view.Shape);
        Assert.Same(tensor.Buffer, view.Buffer);
        Assert.Equal(50, tensor[4]);
        Assert.Throws<ArgumentException>(() => tensor.Reshape(4));
        Assert.Throws<ArgumentException>(() => tensor.Reshape(Shape.Of(5, 1)));
    }

    [Fact]
    public void A_tensor_of_one_element_reshapes_to_a_scalar_and_back()
    {
        Tensor scalar = Tensor.From([3f]).Reshape();

        Assert.Equal(0, scalar.Rank);
        Assert.Equal(3, scalar.Reshape(1, 1)[0, 0]);
    }

    [Fact]
    public void Rows_are_a_view_with_an_offset()
    {
        Tensor tensor = Samples.Counting([4, 3], DType.I32);
        Tensor rows = tensor.Rows(1, 2);

        rows.AsSpan<int>()[0] = -3;

        Assert.Equal([2, 3], rows.Shape);
        Assert.Equal([-3.0, 4, 5, 6, 7, 8], rows.ToDoubles());
        Assert.Equal(-3, tensor[1, 0]);
    }

    [Fact]
    public void Views_of_views_add_their_offsets()
    {
        // Rows 2 to 5 of 6, of these rows 1 and 2, that is rows 3 and 4: 9 to 14; reshaped, the last row of three.
        Tensor view = Samples.Counting([6, 3]).Rows(2, 4).Rows(1, 2).Reshape(3, 2).Rows(2, 1);

        Assert.Equal([13.0, 14], view.ToDoubles());
        Assert.Equal([13.0, 14], view.Clone().ToDoubles());
        Assert.Equal([13.0, 14], view.Cast(DType.U8).ToDoubles());
        Assert.Equal(14, view[0, 1]);
        Assert.Equal("F64[1, 2]\n[[13., 14.]]", view.ToString());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(0, 4)]
    [InlineData(3, 1)]
    public void Rows_may_be_none_or_all(int start, int count) => Assert.Equal([count, 2], Tensor.Zeros([4, 2]).Rows(start, count).Shape);

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 5)]
    [InlineData(4, 1)]
    [InlineData(5, 0)]
    [InlineData(2, -1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Rows_outside_the_tensor_are_refused(int start, int count) =>
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([4, 2]).Rows(start, count));

    [Fact]
    public void A_scalar_has_no_rows() => Assert.Throws<ArgumentException>(() => Tensor.Scalar(1).Rows(0, 0));

    [Fact]
    public void Rows_of_an_empty_tensor_with_large_other_axes_are_empty() => Assert.Equal([0, 65536, 65536], Tensor.Zeros([0, 65536, 65536]).Rows(0, 0).Shape);

    [Fact]
    public void Clone_has_storage_of_its_own()
    {
        Tensor tensor = Tensor.From([1f, 2]);
        Tensor copy = tensor.Clone();

        tensor.AsSpan<float>()[0] = 9;

        Assert.Equal([1f, 2], copy.ToArray<float>());
        Assert.NotSame(tensor.Buffer, copy.Buffer);
    }

    [Fact]
    public void A_clone_of_pooled_storage_survives_its_release()
    {
        Tensor pooled = Tensor.Uninitialized([2], DType.F32);
        pooled.AsSpan<float>().Fill(4);
        Tensor copy = pooled.Clone();

        pooled.Buffer.Release();
        copy.Buffer.Release();

        Assert.Equal([4f, 4], copy.ToArray<float>());
    }

    [Fact]
    public void CopyFrom_overwrites_through_a_view()
    {
        Tensor tensor = Tensor.Zeros([3, 2]);

        tensor.Rows(1, 1).CopyFrom(Tensor.From([7f, 8], [1, 2]));

        Assert.Equal([0f, 0, 7, 8, 0, 0], tensor.ToArray<float>());
    }

    [Fact]
    public void CopyFrom_refuses_another_shape_or_type()
    {
        Tensor tensor = Tensor.Zeros([2, 2]);

        Assert.Throws<ArgumentException>(() => tensor.CopyFrom(Tensor.Zeros([4])));
        Assert.Throws<ArgumentException>(() => tensor.CopyFrom(Tensor.Zeros([2, 2], DType.I32)));
    }

    [Fact]
    public void The_index_is_row_major_and_negative_indices_count_from_the_end()
    {
        Tensor tensor = Samples.Counting([2, 3]);

        Assert.Equal(5, tensor[1, 2]);
        Assert.Equal(5, tensor[-1, -1]);
        Assert.Equal(3, tensor[1, -3]);
        Assert.Equal(7, Tensor.Scalar(7)[[]]);
    }

    [Fact]
    public void An_index_outside_is_refused()
    {
        Tensor tensor = Samples.Counting([2, 3]);

        Assert.Throws<ArgumentException>(() => tensor[1]);
        Assert.Throws<ArgumentException>(() => tensor[0, 0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[2, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[0, -4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[int.MinValue, 0]);
    }

    [Fact]
    public void ToScalar_takes_one_element_in_any_shape()
    {
        Assert.Equal(2.5, Tensor.From([2.5f], [1, 1]).ToScalar());
        Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([2]).ToScalar());
        Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([0]).ToScalar());
    }

    // Fractions are cut off; what lies beyond the target's range becomes the nearest number that it has; NaN becomes 0.
    [Theory]
    [InlineData(DType.F32, DType.F64, new[] { 0, 1.5, -2.75, 200, 300, -1, 1e10 }, new[] { 0, 1.5, -2.75, 200, 300, -1, 1e10 })]
    [InlineData(DType.F32, DType.I32, new[] { 0.9, 1.5, -2.75, 300, 1e10, -1e10, double.NaN }, new[] { 0.0, 1, -2, 300, int.MaxValue, int.MinValue, 0 })]
    [InlineData(DType.F32, DType.U8, new[] { 0.9, 254.9, -2.75, 300, -1, double.PositiveInfinity, double.NaN }, new[] { 0.0, 254, 0, 255, 0, 255, 0 })]
    [InlineData(DType.F64, DType.F32, new[] { 0.5, -2.75, 1e300, 1e-300, double.NaN }, new[] { 0.5, -2.75, double.PositiveInfinity, 0, double.NaN })]
    [InlineData(DType.F64, DType.I32, new[] { -0.9, 2147483647.0, 2147483648.0, -2147483649.0, double.NaN }, new[] { 0.0, 2147483647, 2147483647, -2147483648, 0 })]
    [InlineData(DType.F64, DType.U8, new[] { 255.9, 256, -0.5, double.NegativeInfinity, double.NaN }, new[] { 255.0, 255, 0, 0, 0 })]
    [InlineData(DType.I32, DType.F32, new[] { 0.0, -7, 16777217, int.MinValue }, new[] { 0.0, -7, 16777216, int.MinValue })]
    [InlineData(DType.I32, DType.F64, new[] { 0.0, -7, 16777217, int.MinValue }, new[] { 0.0, -7, 16777217, int.MinValue })]
    [InlineData(DType.I32, DType.U8, new[] { 0.0, 255, 256, -1, int.MinValue }, new[] { 0.0, 255, 255, 0, 0 })]
    [InlineData(DType.U8, DType.F32, new[] { 0.0, 127, 128, 255 }, new[] { 0.0, 127, 128, 255 })]
    [InlineData(DType.U8, DType.F64, new[] { 0.0, 127, 128, 255 }, new[] { 0.0, 127, 128, 255 })]
    [InlineData(DType.U8, DType.I32, new[] { 0.0, 127, 128, 255 }, new[] { 0.0, 127, 128, 255 })]
    public void Cast_converts_every_pair_of_types(DType from, DType to, double[] values, double[] expected)
    {
        Tensor source = Make(values, from);

        Tensor result = source.Cast(to);

        Assert.Equal(to, result.DType);
        Assert.Equal(expected, result.ToDoubles());
        // Vectorized and remaining elements agree.
        Tensor repeated = Make([.. Enumerable.Repeat(values, 9).SelectMany(x => x)], from);
        Assert.Equal([.. Enumerable.Repeat(expected, 9).SelectMany(x => x)], repeated.Cast(to).ToDoubles());
    }

    [Fact]
    public void A_cast_to_the_same_type_is_the_tensor_itself()
    {
        Tensor tensor = Tensor.Zeros([2]);

        Assert.Same(tensor, tensor.Cast(DType.F32));
    }

    [Theory]
    [InlineData(300.0)]
    [InlineData(-5.0)]
    [InlineData(1e12)]
    [InlineData(3.7)]
    [InlineData(double.NaN)]
    public void Full_converts_as_Cast_does(double value)
    {
        foreach (DType dtype in new[] { DType.F32, DType.I32, DType.U8 })
        {
            Assert.Equal(Tensor.Scalar(value, DType.F64).Cast(dtype).ToDoubles(), Tensor.Full([1], value, dtype).ToDoubles());
        }
    }

    [Fact]
    public void Operators_compute_elementwise()
    {
        Tensor x = Tensor.From([1f, 2, 3]), y = Tensor.From([4f]);

        Assert.Equal([5f, 6, 7], (x + y).ToArray<float>());
        Assert.Equal([3f, 2, 1], (y - x).ToArray<float>());
        Assert.Equal([4f, 8, 12], (x * y).ToArray<float>());
        Assert.Equal([0.25f, 0.5f, 0.75f], (x / y).ToArray<float>());
    }

    private static Tensor Make(double[] values, DType dtype) => dtype switch
    {
        DType.F32 => Tensor.From(Array.ConvertAll(values, value => (float)value)),
        DType.F64 => Tensor.From(values),
        DType.I32 => Tensor.From(Array.ConvertAll(values, value => (int)value)),
        _ => Tensor.From(Array.ConvertAll(values, value => (byte)value)),
    };
}
