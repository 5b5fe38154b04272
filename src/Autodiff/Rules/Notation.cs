namespace Tapestry.Autodiff.Rules;

/// <summary>How algebra writes an operation, and which laws hold for it: what <see cref="Symbolic.Expression"/> simplifies by.</summary>
internal enum Notation
{
    /// <summary>A call by its name, of which algebra knows no law.</summary>
    Call,

    /// <summary>a + b.</summary>
    Plus,

    /// <summary>a - b.</summary>
    Minus,

    /// <summary>a*b.</summary>
    Times,

    /// <summary>a/b.</summary>
    Over,

    /// <summary>-x.</summary>
    Opposite,

    /// <summary>x^2.</summary>
    Square,

    /// <summary>The square root of x.</summary>
    Root,

    /// <summary>1 by the square root of x.</summary>
    InverseRoot,

    /// <summary>a^b.</summary>
    Power,

    /// <summary>1 or 0, as a and b are to each other.</summary>
    Comparison,

    /// <summary>a or b, as a mask says.</summary>
    Choice,

    /// <summary>x itself, or x repeated: nothing that a formula of elements shows.</summary>
    Same,

    /// <summary>The elements of x in another shape.</summary>
    Reshaped,

    /// <summary>The sum of a tensor's elements, which is linear.</summary>
    Total,
}
