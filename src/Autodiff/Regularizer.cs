using System.Text.Json.Nodes;

namespace Tapestry.Autodiff;

/// <summary>A term that a weight adds to the loss.</summary>
public abstract class Regularizer
{
    /// <summary>Keras's class name: <c>L2</c>.</summary>
    public abstract string ClassName { get; }

    /// <summary>What makes it again, under Keras's names.</summary>
    public abstract JsonObject GetConfig();

    /// <summary>The term, one number.</summary>
    /// <param name="weight">Any shape.</param>
    public abstract Variable Penalty(Variable weight);
}
