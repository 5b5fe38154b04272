namespace Tapestry.Tensors;

/// <summary>What the element types are in C#.</summary>
public static class DTypes
{
    /// <summary>The bytes that one element takes.</summary>
    public static int Size(this DType dtype) => dtype switch
    {
        DType.F32 or DType.I32 => 4,
        DType.F64 => 8,
        _ => 1,
    };

    /// <summary>Whether arithmetic and gradients are defined for the type: F32 and F64.</summary>
    public static bool IsFloat(this DType dtype) => dtype is DType.F32 or DType.F64;

    /// <summary>The element type that stands for a C# type.</summary>
    /// <exception cref="NotSupportedException">The type is none of float, double, int and byte.</exception>
    public static DType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return DType.F32;
        if (typeof(T) == typeof(double)) return DType.F64;
        if (typeof(T) == typeof(int)) return DType.I32;
        if (typeof(T) == typeof(byte)) return DType.U8;
        throw new NotSupportedException($"Tensor: expected elements of float, double, int or byte, got {typeof(T).Name}.");
    }
}
