using System.Text.Json.Nodes;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>No element below 0: negative ones become 0.</summary>
public sealed class NonNeg : Constraint
{
    /// <inheritdoc/>
    public override string ClassName => nameof(NonNeg);

    /// <inheritdoc/>
    public override JsonObject GetConfig() => [];

    /// <inheritdoc/>
    public override Variable Project(Variable weight) => Op.Relu(weight);
}
