using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// (y - t)²/2 where |y - t| ≤ δ, and δ·|y - t| - δ²/2 beyond, averaged over the last axis: outliers pull with a bounded slope. Targets are in the predictions' shape and
/// type, [N] and [N, 1] being one. Huber, "Robust estimation of a location parameter", 1964; Keras's Huber.
/// </summary>
public sealed class Huber : ElementwiseLoss
{
    private readonly double delta = 1;

    /// <summary>δ, above 0: where the parabola ends; 1 unless told otherwise.</summary>
    public double Delta
    {
        get => delta;
        init => delta = value is > 0 and < double.PositiveInfinity ? value : throw Error("a finite number above 0", value);
    }

    /// <inheritdoc/>
    public override string Name => "huber";

    /// <inheritdoc/>
    public override string ToString() => Delta == 1 ? "Huber" : string.Create(CultureInfo.InvariantCulture, $"Huber(delta: {Delta})");

    private protected override Variable Elements(Tensor targets, Variable predictions)
    {
        Variable error = predictions - targets, magnitude = Op.Abs(error), bound = Tensor.Scalar(Delta, predictions.DType);
        return Op.Where(Op.LessOrEqual(magnitude, bound), Op.Square(error) * 0.5, (magnitude * Delta) - (0.5 * Delta * Delta));
    }
}
