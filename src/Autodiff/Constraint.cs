using System.Text.Json.Nodes;

namespace Tapestry.Autodiff;

/// <summary>What a weight must satisfy: an optimizer projects it after each step.</summary>
public abstract class Constraint
{
    /// <summary>Keras's class name: <c>NonNeg</c>.</summary>
    public abstract string ClassName { get; }

    /// <summary>What makes it again, under Keras's names.</summary>
    public abstract JsonObject GetConfig();

    /// <summary>The nearest tensor that satisfies it.</summary>
    /// <param name="weight">Any shape.</param>
    public abstract Variable Project(Variable weight);
}
