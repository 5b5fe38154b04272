using System.Globalization;

namespace Tapestry.Layers;

/// <summary>
/// What is fed to what, by Keras's names: a layer's name, which of its uses, and which output of it. Keras counts a nested model's uses from 1, because building it was one.
/// </summary>
internal sealed class Connections
{
    private readonly Dictionary<Application, int> use = [];
    private readonly Dictionary<Layer, List<Application>> uses = [];

    public Connections(Functional model)
    {
        foreach (Application application in model.Applications)
        {
            if (!uses.TryGetValue(application.Layer, out List<Application>? before)) uses[application.Layer] = before = [];
            use[application] = before.Count + FirstUse(application.Layer);
            before.Add(application);
        }
    }

    /// <summary>The number of a layer's first use.</summary>
    public static int FirstUse(Layer layer) => layer is Model { IsBuilt: true } ? 1 : 0;

    /// <summary>A layer's uses, in order.</summary>
    public IReadOnlyList<Application> UsesOf(Layer layer) => uses[layer];

    /// <summary>The name of a node.</summary>
    public (string Layer, int Use, int Output) NameOf(Node node) => (node.Layer.Name, use[node.Application], node.Index);

    /// <summary>Everything that feeds a layer: <c>dense[0][0]</c>.</summary>
    public IReadOnlyList<string> Of(Layer layer) =>
    [
        .. uses[layer].SelectMany(application => application.Inputs).Select(NameOf)
            .Select(name => string.Create(CultureInfo.InvariantCulture, $"{name.Layer}[{name.Use}][{name.Output}]")),
    ];
}
