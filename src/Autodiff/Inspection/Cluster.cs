namespace Tapestry.Autodiff.Inspection;

/// <summary>The nodes of a layer, and the layers inside it: what drawings put into a frame. A recorded reverse pass has a frame of its own, with the layers again inside.</summary>
internal sealed class Cluster
{
    private const string ReversePass = "reverse pass";

    private readonly List<Cluster> inner = [];
    private readonly List<TapeNode> nodes = [];

    private Cluster(string name) => Name = name;

    /// <summary>The layer's own name; empty for the outermost, which has no frame.</summary>
    public string Name { get; }

    /// <summary>The layers inside, as they first come.</summary>
    public IReadOnlyList<Cluster> Inner => inner;

    /// <summary>The nodes that are in none of those.</summary>
    public IReadOnlyList<TapeNode> Nodes => nodes;

    /// <summary>All of a view's nodes.</summary>
    public static Cluster Of(TapeView view)
    {
        Cluster outermost = new("");
        foreach (TapeNode node in view.Nodes)
        {
            string[] layers = node.Scope?.Split('/') ?? [];
            Cluster cluster = outermost;
            foreach (string name in node.DerivativeOf is null ? layers : [ReversePass, .. layers]) cluster = cluster.Open(name);
            cluster.nodes.Add(node);
        }

        return outermost;
    }

    private Cluster Open(string name)
    {
        if (inner.Find(cluster => cluster.Name == name) is { } known) return known;
        inner.Add(new Cluster(name));
        return inner[^1];
    }
}
