using System.Globalization;
using MathNet.Numerics.Differentiation;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// Derivatives from a function's values alone, by moving one element at a time. With n points a step h apart the error falls as hⁿ⁻¹ and the rounding error grows as 1/h:
/// there is a best step between. It takes n - 1 evaluations for each element of the input; the coefficients are MathNet's.
/// </summary>
public static class FiniteDifferences
{
    /// <summary>The derivatives of a function's elements by those of one input: a row for each element of the output, a column for each of the input.</summary>
    /// <param name="function">Takes one variable for each input and gives one of any shape; the same inputs must give the same output each time.</param>
    /// <param name="inputs">Where to differentiate, F64.</param>
    /// <param name="which">The position of the input to move.</param>
    /// <param name="step">The distance h between the points, above 0.</param>
    /// <param name="points">How many points lie around each element, itself included: 3 are the central difference. An odd number from 3 up.</param>
    /// <exception cref="ArgumentException">The input is not F64, the step is not above 0, or the points are even or fewer than 3.</exception>
    public static double[][] Jacobian(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> inputs, int which, double step, int points = 5)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs[which].DType != DType.F64) throw new ArgumentException($"FiniteDifferences: expected F64, got {inputs[which].DType}{inputs[which].Shape}. They drown in F32's rounding; Cast the input.", nameof(inputs));
        if (!(step > 0 && double.IsFinite(step))) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"FiniteDifferences: expected a finite step above 0, got {step}."), nameof(step));
        if (points < 3 || points % 2 == 0) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"FiniteDifferences: expected an odd number of points from 3 up, got {points}."), nameof(points));
        return Jacobian(function, inputs, which, step, points, held: null);
    }

    /// <summary>The same, holding what stopped gradients let through where the inputs are not moved.</summary>
    internal static double[][] Jacobian(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> inputs, int which, double step, int points, HeldValues? held)
    {
        int center = points / 2;
        double[] coefficients = new FiniteDifferenceCoefficients(points).GetCoefficients(center, 1);
        Tensor[] moved = [.. inputs];
        moved[which] = inputs[which].Clone();
        double[][]? rows = null;
        if (held is not null) Evaluate(function, inputs, held);
        for (int element = 0; element < inputs[which].Length; element++)
        {
            double value = inputs[which].AsSpan<double>()[element];
            for (int point = 0; point < points; point++)
            {
                if (coefficients[point] == 0) continue;
                moved[which].AsSpan<double>()[element] = value + ((point - center) * step);
                held?.Replay();
                double[] y = Evaluate(function, moved, held);
                rows ??= [.. y.Select(_ => new double[inputs[which].Length])];
                for (int output = 0; output < y.Length; output++) rows[output][element] += coefficients[point] * y[output] / step;
            }

            moved[which].AsSpan<double>()[element] = value;
        }

        return rows ?? [];
    }

    private static double[] Evaluate(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> inputs, HeldValues? held)
    {
        // Watched, because a function may itself ask its tape for a gradient.
        using Tape tape = new() { Held = held };
        return function([.. inputs.Select(tape.Watch)]).Value.ToDoubles();
    }
}
