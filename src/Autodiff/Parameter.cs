using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>What a parameter is for.</summary>
public enum ParameterRole
{
    /// <summary>Learned by gradient descent: kernel, bias, gamma, beta.</summary>
    Weight,

    /// <summary>Kept by the layer itself: moving mean, moving variance. Never trained.</summary>
    State,
}

/// <summary>
/// A named tensor that a model owns and keeps between steps. Optimizers and layers write into <see cref="Value"/> in place; a tape watches it for the length of a step.
/// </summary>
public sealed class Parameter
{
    private bool trainable = true;
    private bool regularizable = true;

    /// <summary>Makes a parameter around a tensor, which it owns from then on.</summary>
    /// <param name="name">The path by which summaries and checkpoints know it: <c>dense/kernel</c>.</param>
    /// <param name="value">The initial value.</param>
    /// <param name="role">Weight unless told otherwise.</param>
    public Parameter(string name, Tensor value, ParameterRole role = ParameterRole.Weight)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        Name = name;
        Value = value;
        Role = role;
    }

    /// <summary>The path by which summaries and checkpoints know it. A model that takes a nested model in puts that one's name in front.</summary>
    public string Name { get; set; }

    /// <summary>The current numbers.</summary>
    public Tensor Value { get; }

    /// <summary>Weight or state.</summary>
    public ParameterRole Role { get; }

    /// <summary>
    /// Whether gradients are taken with respect to it. Settable for weights; a state stays false whatever is assigned, so that unfreezing a layer never trains its statistics.
    /// </summary>
    public bool Trainable
    {
        get => trainable && Role == ParameterRole.Weight;
        set => trainable = value;
    }

    /// <summary>Whether a penalty on a model's weights is meant for this one; true unless told otherwise. Biases, offsets and states are left out (batchnorm.md C12).</summary>
    public bool Regularizable
    {
        get => regularizable && Role == ParameterRole.Weight;
        set => regularizable = value;
    }

    /// <summary>What the weight adds to the loss; nothing unless told otherwise.</summary>
    public Regularizer? Regularizer { get; set; }

    /// <summary>What an optimizer projects the weight to after each step; nothing unless told otherwise.</summary>
    public Constraint? Constraint { get; set; }

    /// <summary>Groups of one's own that the parameter belongs to, by name; none unless told otherwise (batchnorm.md B18).</summary>
    public ISet<string> Tags { get; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape => Value.Shape;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Value.DType}{Shape}";
}
