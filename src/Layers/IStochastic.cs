using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>A layer that draws random numbers in training. Its generator is saved with a checkpoint, so that a resumed run draws what the uninterrupted one would have.</summary>
public interface IStochastic
{
    /// <summary>The layer's own stream.</summary>
    Rng Rng { get; set; }
}
