using Tapestry.Autodiff;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>Every optimizer, and what goes on around its step, for their bits alone: what is right, their own tests check.</summary>
internal static class OptimizerBits
{
    private static readonly (string Name, Func<Optimizer> Create)[] Optimizers =
    [
        ("Adadelta", () => new Adadelta()),
        ("Adagrad", () => new Adagrad()),
        ("Adam", () => new Adam()),
        ("Adam with AMSGrad", () => new Adam { AmsGrad = true }),
        ("AdamW", () => new AdamW { EmaMomentum = 0.9 }),
        ("Adamax", () => new Adamax()),
        ("Lion", () => new Lion { Clipping = Clipping.ByValue(0.5) }),
        ("Nadam", () => new Nadam { Clipping = Clipping.ByNorm(0.5) }),
        ("RMSprop", () => new RmsProp()),
        ("RMSprop, centered with momentum", () => new RmsProp { Momentum = 0.9, Centered = true, AccumulationSteps = 2 }),
        ("SGD", () => new Sgd { Clipping = Clipping.ByGlobalNorm(0.5) }),
        ("SGD with momentum", () => new Sgd { Momentum = 0.9, WeightDecay = new WeightDecay(0.1) { Coupled = true, AppliesTo = _ => true } }),
        ("SGD with Nesterov's", () => new Sgd { Momentum = 0.9, Nesterov = true, WeightDecay = new WeightDecay(0.1) { AppliesTo = _ => true } }),
    ];

    public static void Run(Check check)
    {
        Rng rng = new(7);
        foreach ((string name, Func<Optimizer> create) in Optimizers)
        {
            foreach (DType dtype in Draw.Floats)
            {
                // A few registers and a rest; and what is shared among threads, its norm taken in several blocks.
                Shape[] shapes = [[3, 7], [131, 101]];
                Tensor[] starts = [.. shapes.Select(shape => rng.Uniform(shape, dtype))];
                Tensor[][] gradients = [.. Enumerable.Range(0, 4).Select(_ => shapes.Select(shape => rng.Uniform(shape, dtype)).ToArray())];
                check.Compute($"{name} of {dtype}", () => Compute(create(), starts, gradients));
            }
        }
    }

    private static Tensor[] Compute(Optimizer optimizer, Tensor[] starts, Tensor[][] gradients)
    {
        Parameter[] parameters = [.. starts.Select((start, i) => new Parameter($"weight_{i}", start.Clone()))];
        foreach (Tensor[] step in gradients) optimizer.Apply(new Gradients([.. parameters.Zip(step)]));
        return [.. parameters.Select(parameter => parameter.Value), .. parameters.SelectMany(optimizer.StateOf)];
    }
}
