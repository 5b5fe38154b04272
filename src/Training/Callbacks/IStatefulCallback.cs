using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>A callback that remembers something from epoch to epoch. A checkpoint saves it, so that a resumed run decides as the uninterrupted one would have.</summary>
public interface IStatefulCallback : ICallback
{
    /// <summary>The name that a checkpoint keeps its memory under; the second of a name among a training's callbacks is kept as <c>NAME_1</c>.</summary>
    string Name { get; }

    /// <summary>What it remembers, by names of its own. Set to what was saved before <see cref="ICallback.OnTrainBegin"/>, where there was such.</summary>
    /// <exception cref="FormatException">What is set was not saved by such a callback.</exception>
    IReadOnlyDictionary<string, Tensor> State { get; set; }
}
