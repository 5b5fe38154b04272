namespace Tapestry.Autodiff;

/// <summary>What was being computed when an entry was recorded: a layer inside a model, as <c>sequential/dense_1</c>. Views fold by it, and messages name it.</summary>
public sealed class Scope
{
    internal Scope(string name, Scope? parent)
    {
        Name = name;
        Parent = parent;
    }

    /// <summary>The innermost name: <c>dense_1</c>.</summary>
    public string Name { get; }

    /// <summary>What it is part of; null for the outermost.</summary>
    public Scope? Parent { get; }

    /// <summary>All names, outermost first, with slashes between: <c>sequential/dense_1</c>.</summary>
    public string Path => Parent is null ? Name : $"{Parent.Path}/{Name}";

    /// <inheritdoc/>
    public override string ToString() => Path;
}
