using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// Exclusive or: the corners of a square, of class 1 where just one coordinate is 1. The smallest problem that no single layer solves, since no line parts the classes
/// (Minsky and Papert, Perceptrons, 1969), and that one hidden layer does (Rumelhart, Hinton and Williams, 1986).
/// </summary>
public static class Xor
{
    /// <summary>
    /// The four points, which are all there are: (0, 0), (0, 1), (1, 0), (1, 1), features F32 [4, 2], of the classes 0, 1, 1, 0, targets U8 [4]. Nothing is drawn, so there is no seed.
    /// </summary>
    public static DataSet Points() => new(Tensor.From<float>([0, 0, 0, 1, 1, 0, 1, 1]).Reshape(4, 2), Tensor.From<byte>([0, 1, 1, 0]), classes: 2);
}
