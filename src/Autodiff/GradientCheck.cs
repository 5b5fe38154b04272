using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// Compares the derivatives that a tape computes with finite differences: the whole Jacobian, in F64, on tensors small enough to look at. For a unit test:
/// <code>GradientCheck.Run(x => Op.Sum(Op.Exp(x[0])), Tensor.From([1.0, 2.0])).ThrowIfFailed();</code>
/// Three things are checked. Reverse mode: each row of the Jacobian against five-point differences of the function. Forward mode: with random u and v,
/// ⟨u, Jv⟩ by <see cref="Tape.Jvp(Variable, IReadOnlyList{Variable}, IReadOnlyList{Variable}, bool)"/> equals ⟨Jᵀu, v⟩ by <see cref="Tape.Gradient(Variable, Variable, Variable, bool)"/>. Order 2: the same two checks of the recorded
/// first gradient, which proves that the rules can themselves be differentiated.
/// </summary>
public static class GradientCheck
{
    /// <summary>What a Jacobian may differ from its finite differences, relative to its largest element: 1e-6.</summary>
    public const double DefaultTolerance = 1e-6;

    /// <summary>What ⟨u, Jv⟩ may differ from ⟨Jᵀu, v⟩, relative to the sum of the magnitudes: 1e-12, since both are exact up to rounding.</summary>
    public const double DotProductTolerance = 1e-12;

    /// <summary>The distance between points of the finite difference: 1e-3, where the five-point rule's error (of order step⁴) is near the rounding error.</summary>
    public const double DefaultStep = 1e-3;

    private const int Points = 5;

    /// <summary>Below this magnitude a Jacobian counts as zero, and differences are measured against this instead.</summary>
    private const double SmallestScale = 1e-5;

    /// <summary>Checks a function of the given tensors.</summary>
    /// <param name="function">Takes one variable for each input and gives one of any shape; the same inputs must give the same output each time.</param>
    /// <param name="inputs">Where to check, F64: inside the function's domain, and further than two steps away from kinks.</param>
    /// <exception cref="ArgumentException">An input is not F64.</exception>
    public static GradientReport Run(Func<IReadOnlyList<Variable>, Variable> function, params IReadOnlyList<Tensor> inputs) => Run(function, inputs, order: 1);

    /// <summary>Checks a function of the given tensors, up to an order.</summary>
    /// <param name="function">Takes one variable for each input and gives one of any shape; the same inputs must give the same output each time.</param>
    /// <param name="inputs">Where to check, F64: inside the function's domain, and further than two steps away from kinks.</param>
    /// <param name="order">1 checks the gradient, 2 the gradient of the gradient instead.</param>
    /// <param name="tolerance">What the Jacobian may differ by, relative to its largest element.</param>
    /// <param name="step">The distance between the points of the finite difference.</param>
    /// <param name="holdStopped">
    /// Whether what <see cref="Op.StopGradient"/> lets through is held while the inputs are moved, as it is constant to the derivative: for functions that use it on purpose.
    /// Otherwise a gradient that was stopped by mistake shows as an error.
    /// </param>
    /// <exception cref="ArgumentException">An input is not F64.</exception>
    public static GradientReport Run(
        Func<IReadOnlyList<Variable>, Variable> function,
        IReadOnlyList<Tensor> inputs,
        int order,
        double tolerance = DefaultTolerance,
        double step = DefaultStep,
        bool holdStopped = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        foreach (Tensor input in inputs)
        {
            if (input.DType != DType.F64) throw new ArgumentException($"GradientCheck: expected F64, got {input.DType}{input.Shape}. Finite differences drown in F32's rounding; Cast the input.", nameof(inputs));
        }

        if (order > 1)
        {
            // The gradient of a random weighting of the outputs, with respect to each input in turn, is itself a function to check.
            GradientReport[] reports =
            [
                .. Enumerable.Range(0, inputs.Count).Select(i => Run(xs => RecordedGradient(OnTape.Call(nameof(GradientCheck), xs[i].Tape!, function, xs), xs[i]), inputs, order - 1, tolerance, step, holdStopped)),
            ];
            return GradientReport.Worst(reports) with { Order = order };
        }

        GradientReport worst = new() { Order = 1, Tolerance = tolerance, Step = step };
        Tensor[] jacobians = Derivatives.Jacobian(function, inputs, JacobianMode.Reverse);
        for (int i = 0; i < inputs.Count; i++) worst = Compare(i, Rows(jacobians[i], inputs[i].Length), FiniteDifferences.Jacobian(function, inputs, i, step, Points, holdStopped ? new HeldValues() : null), worst);
        Rng rng = new(inputs.Aggregate(1UL, (seed, input) => (seed * 31) + (ulong)input.Length));
        return worst with { DotProductError = DotProductError(function, inputs, rng) };
    }

    private static Variable RecordedGradient(Variable y, Variable x)
    {
        Tape tape = y.Tape!;
        Variable weights = RandomTensor(y.Shape, new Rng((ulong)y.Shape.ElementCount));
        return tape.Gradient(y, x, weights, record: true);
    }

    private static GradientReport Compare(int which, double[][] analytic, double[][] numeric, GradientReport worst)
    {
        double scale = SmallestScale;
        foreach (double[] row in analytic.Concat(numeric))
        {
            foreach (double element in row) scale = double.IsFinite(element) ? Math.Max(scale, Math.Abs(element)) : scale;
        }

        for (int output = 0; output < analytic.Length; output++)
        {
            for (int element = 0; element < analytic[output].Length; element++)
            {
                (double a, double n) = (analytic[output][element], numeric[output][element]);
                double error = double.IsFinite(a) && double.IsFinite(n) ? Math.Abs(a - n) / scale : double.PositiveInfinity;
                if (error > worst.WorstError || worst.Input < 0)
                {
                    worst = worst with { WorstError = error, Input = which, Element = element, Output = output, Analytic = a, Numeric = n };
                }
            }
        }

        return worst;
    }

    private static double[][] Rows(Tensor jacobian, int columns)
    {
        double[] elements = jacobian.ToDoubles();
        int rows = columns == 0 ? 0 : elements.Length / columns;
        return [.. Enumerable.Range(0, rows).Select(row => elements[(row * columns)..((row + 1) * columns)])];
    }

    private static double DotProductError(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> inputs, Rng rng)
    {
        using Tape tape = new();
        Variable[] xs = [.. inputs.Select(tape.Watch)];
        Variable y = OnTape.Call(nameof(GradientCheck), tape, function, xs);
        Tensor u = RandomTensor(y.Shape, rng);
        Variable[] v = [.. inputs.Select(input => (Variable)RandomTensor(input.Shape, rng))];

        (double forward, double forwardScale) = Dot(u, tape.Jvp(y, xs, v).Value);
        (double reverse, double reverseScale) = (0, 0);
        Variable[] gradients = tape.Gradient(y, xs, u);
        for (int i = 0; i < xs.Length; i++)
        {
            (double part, double scale) = Dot(gradients[i].Value, v[i].Value);
            (reverse, reverseScale) = (reverse + part, reverseScale + scale);
        }

        double error = Math.Abs(forward - reverse) / Math.Max(SmallestScale, Math.Max(forwardScale, reverseScale));
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    private static (double Sum, double Scale) Dot(Tensor a, Tensor b)
    {
        (double sum, double scale) = (0, 0);
        foreach ((double x, double y) in a.ToDoubles().Zip(b.ToDoubles()))
        {
            sum += x * y;
            scale += Math.Abs(x * y);
        }

        return (sum, scale);
    }

    private static Tensor RandomTensor(Shape shape, Rng rng)
    {
        Tensor result = Tensor.Zeros(shape, DType.F64);
        foreach (ref double element in result.AsSpan<double>()) element = (2 * rng.NextDouble()) - 1;
        return result;
    }
}
