using MathNet.Numerics.LinearAlgebra;

namespace Tapestry.Tensors;

/// <summary>Tensors to and from MathNet's matrices and vectors, whose dense storage is column-major: every conversion copies.</summary>
public static class MathNetConversion
{
    /// <summary>A copy as a MathNet matrix.</summary>
    /// <typeparam name="T">float for F32, double for F64.</typeparam>
    /// <param name="tensor">A tensor of rank 2.</param>
    /// <exception cref="ArgumentException">The tensor is not a matrix.</exception>
    public static Matrix<T> ToMatrix<T>(this Tensor tensor)
        where T : unmanaged, IEquatable<T>, IFormattable
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Rank != 2) throw new ArgumentException($"ToMatrix: expected a tensor of rank 2, got shape {tensor.Shape}.", nameof(tensor));
        return Matrix<T>.Build.DenseOfRowMajor(tensor.Shape[0], tensor.Shape[1], tensor.ToArray<T>());
    }

    /// <summary>A copy as a MathNet vector.</summary>
    /// <typeparam name="T">float for F32, double for F64.</typeparam>
    /// <param name="tensor">A tensor of rank 1.</param>
    /// <exception cref="ArgumentException">The tensor is not a vector.</exception>
    public static Vector<T> ToVector<T>(this Tensor tensor)
        where T : unmanaged, IEquatable<T>, IFormattable
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Rank != 1) throw new ArgumentException($"ToVector: expected a tensor of rank 1, got shape {tensor.Shape}.", nameof(tensor));
        return Vector<T>.Build.Dense(tensor.ToArray<T>());
    }

    /// <summary>A copy of a MathNet matrix as a tensor of shape [rows, columns].</summary>
    public static Tensor ToTensor<T>(this Matrix<T> matrix)
        where T : unmanaged, IEquatable<T>, IFormattable
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Tensor.From(matrix.ToRowMajorArray(), [matrix.RowCount, matrix.ColumnCount]);
    }

    /// <summary>A copy of a MathNet vector as a tensor of shape [count].</summary>
    public static Tensor ToTensor<T>(this Vector<T> vector)
        where T : unmanaged, IEquatable<T>, IFormattable
    {
        ArgumentNullException.ThrowIfNull(vector);
        return Tensor.From(vector.ToArray());
    }
}
