using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// An activation that <see cref="Op.Dense"/> applies to a product as it is made, and whose derivative the output alone gives: what went into it need not be kept.
/// </summary>
public abstract class FusedActivation
{
    private readonly string name;

    private FusedActivation(string name)
    {
        this.name = name;
        Rule = new Op.DenseRule(this);
    }

    /// <summary>y = x.</summary>
    public static FusedActivation Linear { get; } = new By<LinearKernel, LinearDerivative>("the identity", x => x);

    /// <summary>y = max(x, 0). See <see cref="Op.Relu"/>.</summary>
    public static FusedActivation Relu { get; } = new By<ReluKernel, ReluDerivative>("relu", Op.Relu);

    /// <summary>y = x where x &gt; 0, else eˣ - 1. See <see cref="Op.Elu"/>.</summary>
    public static FusedActivation Elu { get; } = EluWith(1);

    /// <summary>y = x where x &gt; 0, else α(eˣ - 1). See <see cref="Op.Elu"/>.</summary>
    /// <param name="alpha">Where the function levels off below 0.</param>
    public static FusedActivation EluWith(double alpha) => new By<EluKernel, EluDerivative>(
        string.Create(CultureInfo.InvariantCulture, $"elu {alpha}"), x => Op.Elu(x, alpha), new EluKernel(alpha), new EluDerivative(alpha));

    /// <inheritdoc/>
    public override string ToString() => name;

    internal Op.DenseRule Rule { get; }

    internal bool IsLinear => this == Linear;

    /// <summary>f(x·kernel + bias)</summary>
    internal abstract Tensor Forward(Tensor x, Tensor kernel, Tensor? bias);

    /// <summary>The adjoint of f's operand, and its sum over the rows.</summary>
    internal abstract (Tensor Inner, Tensor Bias) Backward(Tensor output, Tensor adjoint);

    /// <summary>f in operations.</summary>
    internal abstract Variable Compose(Variable x);

    private sealed class By<TKernel, TDerivative>(string name, Func<Variable, Variable> composed, TKernel activation = default, TDerivative derivative = default) : FusedActivation(name)
        where TKernel : struct, IUnaryKernel
        where TDerivative : struct, IVectorFunction2
    {
        internal override Tensor Forward(Tensor x, Tensor kernel, Tensor? bias) => DenseKernel.Forward(x, kernel, bias, activation);

        internal override (Tensor Inner, Tensor Bias) Backward(Tensor output, Tensor adjoint) => DenseKernel.Backward(output, adjoint, derivative);

        internal override Variable Compose(Variable x) => composed(x);
    }

    /// <summary>Nothing is left to do: what is applied in place is there already.</summary>
    private readonly struct LinearKernel : IUnaryKernel
    {
        public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
        }
    }

    private readonly struct LinearDerivative : IVectorFunction2
    {
        public Vector256<T> Invoke<T>(Vector256<T> y, Vector256<T> t)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => t;
    }

    private readonly struct ReluKernel : IUnaryKernel
    {
        public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => System.Numerics.Tensors.TensorPrimitives.Max(x, T.Zero, destination);
    }

    private readonly struct ReluDerivative : IVectorFunction2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<T> Invoke<T>(Vector256<T> y, Vector256<T> t)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.GreaterThan(y, Vector256<T>.Zero) & t;
    }

    /// <summary>αeˣ = y + α where the output is not positive.</summary>
    private readonly struct EluDerivative(double alpha) : IVectorFunction2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<T> Invoke<T>(Vector256<T> y, Vector256<T> t)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            Vector256.ConditionalSelect(Vector256.GreaterThan(y, Vector256<T>.Zero), t, t * (y + Vector256.Create(T.CreateTruncating(alpha))));
    }
}
