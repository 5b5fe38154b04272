using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>Layers that are one: a stack (<see cref="Sequential"/>) or a graph (<see cref="Functional"/>). A model is itself a layer.</summary>
public abstract class Model : Layer
{
    private bool isNamedWithin;

    private protected Model(ulong seed) => Seed = seed;

    /// <summary>What the initial weights were drawn from.</summary>
    public ulong Seed { get; }

    /// <summary>The layers in declared order, that of their parameters in checkpoints.</summary>
    public abstract IReadOnlyList<Layer> Layers { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters
    {
        get
        {
            IReadOnlyList<Layer> layers = Layers;
            List<Parameter> all = new(4 * layers.Count);
            for (int i = 0; i < layers.Count; i++) all.AddRange(layers[i].Parameters);
            return all;
        }
    }

    /// <summary>The model's table of layers, output shapes and parameter counts, as Keras prints it. See <see cref="Tapestry.Layers.Summary"/>.</summary>
    /// <exception cref="InvalidOperationException">The model has not been built, so that no shape is known.</exception>
    public string Summary() => Tapestry.Layers.Summary.Of(this);

    internal override void AddPenalty(ref Variable? total, Variable beside)
    {
        foreach (Layer layer in Layers) layer.AddPenalty(ref total, beside);
        AddActivityPenalty(ref total, beside);
    }

    internal override void RefuseSharing()
    {
        foreach (Layer layer in Layers) layer.RefuseSharing();
    }

    private protected override void SetTrainable(bool value)
    {
        foreach (Layer layer in Layers) layer.Trainable = value;
    }

    /// <summary>Takes the parameters of a layer that is built: those of a nested model get its name in front, once, however many models it is in.</summary>
    private protected void TakeParameters(Layer layer)
    {
        Model? unnamed = layer is Model { isNamedWithin: false } nested ? nested : null;
        foreach (Parameter parameter in layer.Parameters)
        {
            if (unnamed is not null) parameter.Name = $"{layer.Name}/{parameter.Name}";
            parameter.Tags.UnionWith(VariableTags);
        }

        if (unnamed is not null) unnamed.isNamedWithin = true;
    }
}
