namespace Tapestry.Data.Tests;

public sealed class XorTests
{
    [Fact]
    public void A_point_is_of_class_1_where_just_one_coordinate_is_1()
    {
        DataSet xor = Xor.Points();

        Assert.Equal("DataSet(F32 [4, 2] -> 2 classes)", xor.ToString());
        Assert.Equal([0f, 0, 0, 1, 1, 0, 1, 1], xor.Features.ToArray<float>());
        Assert.Equal([0, 1, 1, 0], xor.Targets.ToArray<byte>());
    }
}
