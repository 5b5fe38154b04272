namespace Tapestry.Layers;

/// <summary>What lies beyond an image's edge, for an image abcd: Keras's <c>fill_mode</c>.</summary>
public enum FillMode
{
    /// <summary>dcba|abcd|dcba: its mirror image.</summary>
    Reflect,

    /// <summary>abcd|abcd|abcd: itself again.</summary>
    Wrap,

    /// <summary>aaaa|abcd|dddd: its last pixel.</summary>
    Nearest,

    /// <summary>kkkk|abcd|kkkk: one value.</summary>
    Constant,
}
