using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers.Tests;

/// <summary>Parameters and gradients by hand.</summary>
internal static class Steps
{
    public static Parameter Weight(params double[] values) => new("layer/weight", Tensor.From(values));

    /// <summary>One step with a given gradient.</summary>
    public static void Step(this Optimizer optimizer, Parameter parameter, params double[] gradient) =>
        optimizer.Apply(new Gradients([(parameter, Tensor.From(gradient, parameter.Shape).Cast(parameter.Value.DType))]));

    /// <summary>As many uniform numbers from -1 to 1.</summary>
    public static double[] Numbers(int count, ulong seed)
    {
        Rng rng = new(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) values[i] = (2 * rng.NextDouble()) - 1;
        return values;
    }
}
