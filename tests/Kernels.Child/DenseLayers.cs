using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>f(x·W + b) in one operation, forward and backward, against loops in F64.</summary>
internal static class DenseLayers
{
    /// <summary>An activation, how it is computed in F64 from its operand, and its derivative from its result.</summary>
    private sealed record Activation(string Name, FusedActivation Fused, Func<double, double> Function, Func<double, double> Derivative);

    private static readonly Activation[] Activations =
    [
        new("linear", FusedActivation.Linear, z => z, _ => 1),
        new("relu", FusedActivation.Relu, z => Math.Max(z, 0), y => y > 0 ? 1 : 0),
        new("elu", FusedActivation.Elu, z => Functions.Elu(z, 1), y => y > 0 ? 1 : y + 1),
        new("elu 0.5", FusedActivation.EluWith(0.5), z => Functions.Elu(z, 0.5), y => y > 0 ? 1 : y + 0.5),
    ];

    public static void Run(Check check)
    {
        Rng rng = new(3);
        for (int turn = 0; turn < 40; turn++)
        {
            int m = rng.From(1, 2, 3, 5, 8, 31, 32, 33, 64, 65), inputs = rng.From(1, 2, 7, 16, 33, 100, 257), units = rng.From(1, 3, 8, 10, 17, 33, 63, 65, 100);

            // So that a few cases have work for several threads: halves of the sum, and columns.
            if (turn % 8 == 0) (m, inputs, units) = (rng.From(32, 65), rng.From(100, 300), rng.From(129, 300));
            foreach (DType dtype in Draw.Floats)
            {
                foreach (Activation activation in Activations)
                {
                    foreach (bool hasBias in (bool[])[true, false])
                    {
                        Tensor x = rng.Uniform([m, inputs], dtype), kernel = rng.Uniform([inputs, units], dtype), bias = rng.Uniform([units], dtype), given = rng.Uniform([m, units], dtype);
                        string what = $"{activation.Name} of {dtype} {x.Shape} · {kernel.Shape}{(hasBias ? " + bias" : "")}";
                        Tensor[] results = check.Compute(what, () => Compute(x, kernel, hasBias ? bias : null, given, activation.Fused));
                        Forward(check, what, x, kernel, hasBias ? bias : null, activation, results[0]);
                        Backward(check, what, x, kernel, given, activation, results);
                    }
                }
            }
        }
    }

    /// <summary>The output, and the adjoints of x, the kernel and the bias for an adjoint of the output.</summary>
    private static Tensor[] Compute(Tensor x, Tensor kernel, Tensor? bias, Tensor given, FusedActivation activation)
    {
        using Tape tape = new();
        Variable[] operands = [tape.Watch(x), tape.Watch(kernel), .. bias is null ? (Variable[])[] : [tape.Watch(bias)]];
        Variable y = Op.Dense(operands[0], operands[1], operands.Length > 2 ? operands[2] : null, activation);
        Variable sum = Op.Sum(y * tape.Constant(given));
        return [y.Detach(), .. operands.Select(operand => tape.Gradient(sum, operand).Detach())];
    }

    /// <summary>All activations have slopes of at most 1, so that f's operand's error comes through undiminished at most; f itself adds its own.</summary>
    private static void Forward(Check check, string what, Tensor x, Tensor kernel, Tensor? bias, Activation activation, Tensor actual)
    {
        (double[] expected, double[] bound) = Products.Loops(x, kernel);
        int units = kernel.Shape[1];
        for (int i = 0; i < expected.Length; i++)
        {
            double plus = bias is null ? 0 : bias[i % units];
            bound[i] = (Products.Allowed(x.Shape[1], x.DType) + Check.Gamma(1, x.DType)) * (bound[i] + Math.Abs(plus));
            expected[i] = activation.Function(expected[i] + plus);
            bound[i] += Functions.AllowedOfElu(x.DType) * Math.Abs(expected[i]);
        }

        check.Near(what, actual, expected, bound);
    }

    /// <summary>From the output that the kernel gave: the activation's adjoint, which is within two roundings, and then its products and its sum.</summary>
    private static void Backward(Check check, string what, Tensor x, Tensor kernel, Tensor given, Activation activation, Tensor[] results)
    {
        double[] outputs = results[0].ToDoubles(), adjoints = given.ToDoubles();
        Tensor inner = Tensor.From([.. adjoints.Select((adjoint, i) => adjoint * activation.Derivative(outputs[i]))], given.Shape);
        Product(check, $"x's adjoint, {what}", inner, Draw.Transposed(kernel), x.DType, results[1]);
        Product(check, $"kernel's adjoint, {what}", Draw.Transposed(x), inner, x.DType, results[2]);
        if (results.Length < 4) return;

        // The sum over rows as a product with ones.
        Product(check, $"bias's adjoint, {what}", Tensor.Ones([1, x.Shape[0]], DType.F64), inner, x.DType, results[3]);
    }

    private static void Product(Check check, string what, Tensor left, Tensor right, DType dtype, Tensor actual)
    {
        (double[] expected, double[] magnitude) = Products.Loops(left, right);
        double allowed = Products.Allowed(left.Shape[1], dtype) + Check.Gamma(2, dtype);
        check.Near(what, actual, expected, Array.ConvertAll(magnitude, sum => allowed * sum));
    }
}
