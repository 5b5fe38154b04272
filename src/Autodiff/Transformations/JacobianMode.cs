namespace Tapestry.Autodiff;

/// <summary>How a Jacobian is computed.</summary>
public enum JacobianMode
{
    /// <summary>By the mode that needs fewer passes; reverse where both need as many.</summary>
    Auto,

    /// <summary>Row by row: a reverse pass for each element of the output.</summary>
    Reverse,

    /// <summary>Column by column: a forward pass for each element of the inputs.</summary>
    Forward,
}
