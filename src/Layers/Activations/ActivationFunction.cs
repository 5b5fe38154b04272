using System.Text.Json.Nodes;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>An elementwise nonlinearity with the name by which Keras knows it. See <see cref="Activations"/> for those there are.</summary>
public sealed class ActivationFunction
{
    private readonly Func<Variable, Variable> function;
    private readonly (string Name, JsonValue Value)? argument;

    internal ActivationFunction(string name, Func<Variable, Variable> function, (string Name, JsonValue Value)? argument = null)
    {
        Name = name;
        this.function = function;
        this.argument = argument;
    }

    /// <summary>Keras's name: <c>elu</c>.</summary>
    public string Name { get; }

    /// <summary>The function of x, any shape.</summary>
    public Variable Apply(Variable x) => function(x);

    /// <summary><c>elu</c>, or <c>elu(alpha: 0.5)</c>.</summary>
    public override string ToString() => argument is { } given ? $"{Name}({given.Name}: {given.Value.ToJsonString()})" : Name;

    /// <summary>The name, or an object where there is an argument.</summary>
    internal JsonNode ToJson() => argument is { } given
        ? new JsonObject { ["class_name"] = Name, ["config"] = new JsonObject { [given.Name] = given.Value.DeepClone() } }
        : JsonValue.Create(Name);
}
