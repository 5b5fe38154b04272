using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// A loss as a function, such as the ones in <see cref="Losses"/>: call it in a loop of one's own, or hand it to a <see cref="Trainer"/>.
/// </summary>
/// <param name="targets">What was to be answered, [N] or [N, ...].</param>
/// <param name="predictions">What the model answered, [N, ...].</param>
/// <returns>One number, the mean over the examples; or one for each example, [N, ...], of which a trainer takes the mean.</returns>
public delegate Variable LossFunction(Tensor targets, Variable predictions);
