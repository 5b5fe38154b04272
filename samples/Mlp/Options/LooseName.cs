namespace Tapestry.Samples.Mlp.Options;

/// <summary>Names are matched without case and separators: batch-normalization, batch_normalization and BatchNormalization are one.</summary>
internal static class LooseName
{
    /// <summary>The letters alone.</summary>
    public static string Of(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
