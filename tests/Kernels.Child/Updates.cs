using Tapestry.Autodiff;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>Steps of the optimizers against their formulas in F64, each from the weights and the state that the one before it left.</summary>
internal static class Updates
{
    private const double Rate = 0.1, Keep = 0.9, Keep2 = 0.99, Epsilon = 1e-3;

    /// <summary>A rule, and what it makes of a weight, its derivative and two numbers remembered: the new ones, and magnitudes to which their errors are relative.</summary>
    private sealed record Rule(string Name, Func<Optimizer> Create, Func<double, double, double, double, int, (double[] New, double[] Magnitudes)> Step);

    private static readonly Rule[] Rules =
    [
        new("plain", () => new Sgd(Rate), (w, g, _, _, _) => ([w - (Rate * g)], [Math.Abs(w) + Math.Abs(Rate * g)])),
        new("momentum", () => new Sgd(Rate) { Momentum = Keep }, (w, g, v, _, _) =>
        {
            (double next, double size) = ((Keep * v) - (Rate * g), Math.Abs(Keep * v) + Math.Abs(Rate * g));
            return ([w + next, next], [Math.Abs(w) + size, size]);
        }),
        new("Nesterov", () => new Sgd(Rate) { Momentum = Keep, Nesterov = true }, (w, g, v, _, _) =>
        {
            (double next, double size) = ((Keep * v) - (Rate * g), Math.Abs(Keep * v) + Math.Abs(Rate * g));
            return ([w + (Keep * next) - (Rate * g), next], [Math.Abs(w) + (Keep * size) + Math.Abs(Rate * g), size]);
        }),
        new("Adam", () => new Adam(Rate) { Beta1 = Keep, Beta2 = Keep2, Epsilon = Epsilon }, (w, g, m, v, step) =>
        {
            double rate = Rate * Math.Sqrt(1 - Math.Pow(Keep2, step)) / (1 - Math.Pow(Keep, step));
            (double nextM, double sizeM) = ((Keep * m) + ((1 - Keep) * g), Math.Abs(Keep * m) + Math.Abs((1 - Keep) * g));
            double nextV = (Keep2 * v) + ((1 - Keep2) * g * g), scale = rate / (Math.Sqrt(nextV) + Epsilon);
            return ([w - (scale * nextM), nextM, nextV], [Math.Abs(w) + (scale * sizeM), sizeM, nextV]);
        }),
    ];

    public static void Run(Check check)
    {
        Rng rng = new(6);
        for (int turn = 0; turn < 40; turn++)
        {
            int rows = rng.From(1, 2, 17, 33), columns = rng.From(1, 2, 3, 5, 7, 15, 16, 17, 31, 33, 100);

            // So that a few cases have work for several threads.
            if (turn % 8 == 0) (rows, columns) = (rng.From(300, 301), rng.From(100, 133));
            foreach (DType dtype in Draw.Floats)
            {
                Tensor start = rng.Uniform([rows, columns], dtype);
                Tensor[] gradients = [.. Enumerable.Range(0, 3).Select(_ => rng.Uniform([rows, columns], dtype))];
                foreach (Rule rule in Rules)
                {
                    string what = $"{rule.Name} {dtype} {start.Shape}";
                    Steps(check, what, rule, start, gradients, check.Compute(what, () => Compute(rule, start, gradients)));
                }
            }
        }
    }

    /// <summary>The weights and the state after each step.</summary>
    private static Tensor[] Compute(Rule rule, Tensor start, Tensor[] gradients)
    {
        Parameter parameter = new("weight", start.Clone());
        Optimizer optimizer = rule.Create();
        List<Tensor> results = [];
        foreach (Tensor gradient in gradients)
        {
            optimizer.Apply(new Gradients([(parameter, gradient)]));
            results.AddRange([parameter.Value.Clone(), .. optimizer.StateOf(parameter).Select(slot => slot.Clone())]);
        }

        return [.. results];
    }

    private static void Steps(Check check, string what, Rule rule, Tensor start, Tensor[] gradients, Tensor[] results)
    {
        int kinds = results.Length / gradients.Length;
        double[][] state = [start.ToDoubles(), new double[start.Length], new double[start.Length]];
        for (int step = 1; step <= gradients.Length; step++)
        {
            double[] gradient = gradients[step - 1].ToDoubles();
            (double[] New, double[] Magnitudes)[] expected = [.. gradient.Select((g, i) => rule.Step(state[0][i], g, state[1][i], state[2][i], step))];
            for (int kind = 0; kind < kinds; kind++)
            {
                // Twelve roundings at most lie on the way from a number to a result: Adam's, of constants, m, v, the root, the sum, the quotient, the product and the difference.
                Tensor actual = results[((step - 1) * kinds) + kind];
                check.Near($"{what}, step {step}, result {kind}", actual, [.. expected.Select(pair => pair.New[kind])], [.. expected.Select(pair => Check.Gamma(12, start.DType) * pair.Magnitudes[kind])]);
                state[kind] = actual.ToDoubles();
            }
        }
    }
}
