using System.Numerics;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <content>Gradient and step in one go.</content>
public abstract partial class Optimizer
{
    private StepAlong? along;

    /// <summary>
    /// Takes a step down a loss: what <c>Apply(tape.Gradient(loss, parameters))</c> does, to the last bit, in less time and memory. A weight changes as soon as the reverse pass
    /// has its gradient and reads the weight no more, while the caches hold both; a dense layer's gradient is never there as a whole. Keras's <c>minimize</c>.
    /// </summary>
    /// <remarks>All gradients are there before any weight changes where that is needed: in the first step, where they are clipped by their global norm or gathered over several
    /// steps, where two parameters are of one tensor, and where the tape looks for anomalies. What has been recorded belongs to the old weights afterwards, as with
    /// <see cref="Apply"/>.</remarks>
    /// <param name="loss">One number, recorded on a tape.</param>
    /// <param name="parameters">Trainable parameters that the loss depends on.</param>
    /// <exception cref="ArgumentException">The loss has more than one element, or is not recorded.</exception>
    /// <exception cref="InvalidOperationException">The loss does not depend on a parameter, or the parameter is not trainable.</exception>
    public void Minimize(Variable loss, IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(parameters);
        if (loss.Tape is not { } tape) throw new ArgumentException($"{GetType().Name}: expected a loss recorded on a tape, got {loss.DType}{loss.Shape} without one. Compute it from tape.Watch or tape.Constant.", nameof(loss));
        IReadOnlyList<Parameter> asked = parameters as IReadOnlyList<Parameter> ?? [.. parameters];

        // Of two parameters around one tensor neither can be known to be read no more.
        bool needsAll = asked.Count == 0 || sharesStorage || AccumulationSteps > 1 || Clipping is { Kind: ClippingKind.GlobalNorm };

        // Where a parameter has no gradient, none is to have changed: that comes out in the first step.
        for (int i = 0; i < asked.Count; i++) needsAll |= !states.ContainsKey(asked[i]);
        if (needsAll)
        {
            Apply(tape.Gradient(loss, asked));
            return;
        }

        along ??= new StepAlong(this);
        along.Start();
        tape.Gradient(loss, asked, along);
    }

    /// <summary>Steps along the reverse pass: changes each parameter when its gradient comes.</summary>
    private sealed class StepAlong(Optimizer optimizer) : IGradientReceiver, IRowSink
    {
        private Tensor? weights;
        private ParameterState? state;
        private Preparation preparation;
        private double? rate;

        /// <summary>The step's rate; the step begins with the first gradient, so that nothing has changed where there comes none.</summary>
        private double Rate => rate ??= optimizer.Begin();

        public void Start() => rate = null;

        public void Take(Parameter parameter, Tensor gradient) => optimizer.Update(parameter, gradient, optimizer.StateFor(parameter), Rate, mean: 1, global: 1);

        public IRowSink? Open(Parameter parameter)
        {
            if (optimizer.Clipping is { Kind: ClippingKind.Norm }) return null;
            (weights, state) = (parameter.Value, optimizer.StateFor(parameter));
            optimizer.Rate = Rate * (state.Group?.RateFactor ?? 1);
            preparation = optimizer.Prepare(state, scale: 1);
            return this;
        }

        public void Take<T>(int row, ReadOnlySpan<T> rows)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => optimizer.Update(weights!, row * weights!.Shape[1], rows, state!.Tensors, preparation);

        public void Close(Parameter parameter)
        {
            optimizer.Finish(parameter, state!);
            (weights, state) = (null, null);
        }
    }
}
