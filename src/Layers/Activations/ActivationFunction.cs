using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>An elementwise nonlinearity with the name by which Keras knows it. See <see cref="Activations"/> for those there are.</summary>
public sealed class ActivationFunction
{
    private readonly Func<Variable, Variable> function;

    internal ActivationFunction(string name, Func<Variable, Variable> function, double? alpha = null)
    {
        Name = name;
        this.function = function;
        Alpha = alpha;
    }

    /// <summary>Keras's name: <c>elu</c>.</summary>
    public string Name { get; }

    /// <summary>ELU's α where it is not 1; else null.</summary>
    public double? Alpha { get; }

    /// <summary>The function of x, any shape.</summary>
    public Variable Apply(Variable x) => function(x);

    /// <summary><c>elu</c>, or <c>elu(alpha: 0.5)</c>.</summary>
    public override string ToString() => Alpha is { } alpha ? string.Create(CultureInfo.InvariantCulture, $"{Name}(alpha: {alpha})") : Name;

    /// <summary>The name, or an object where there is an α.</summary>
    internal JsonNode ToJson() => Alpha is { } alpha
        ? new JsonObject { ["class_name"] = Name, ["config"] = new JsonObject { ["alpha"] = alpha } }
        : JsonValue.Create(Name);
}
