using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>The regularizers by their class names.</summary>
internal static class Regularizers
{
    /// <summary>How each is read.</summary>
    public static IReadOnlyDictionary<string, Func<LayerConfig, Regularizer>> All { get; } = new Dictionary<string, Func<LayerConfig, Regularizer>>
    {
        [nameof(L1)] = L1.FromConfig,
        [nameof(L2)] = L2.FromConfig,
        [nameof(L1L2)] = L1L2.FromConfig,
        [nameof(OrthogonalRegularizer)] = OrthogonalRegularizer.FromConfig,
    };
}
