namespace Tapestry.Layers;

/// <summary>What lies between pixels: Keras's <c>interpolation</c>.</summary>
public enum Interpolation
{
    /// <summary>The mean of the four around, weighted by how near they are.</summary>
    Bilinear,

    /// <summary>The nearest one.</summary>
    Nearest,
}
