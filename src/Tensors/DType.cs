namespace Tapestry.Tensors;

/// <summary>The type of a tensor's elements.</summary>
public enum DType
{
    /// <summary>32-bit floating point: what models train in.</summary>
    F32,

    /// <summary>64-bit floating point: what gradients are checked in.</summary>
    F64,

    /// <summary>32-bit signed integers: labels and indices.</summary>
    I32,

    /// <summary>8-bit unsigned integers: pixels, small labels and masks.</summary>
    U8,
}
