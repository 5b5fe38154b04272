using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// y = f(x) without keeping what f computes on the way: a checkpoint, which trades time for memory. One entry on the tape stands for all of f; the reverse pass runs f again
    /// from x and differentiates that. The gradients are those of calling f plainly, to the last bit. Griewank and Walther, "Algorithm 799: revolve", 2000, for programs; Chen et
    /// al., "Training deep nets with sublinear memory cost", 2016, for layers.
    /// </summary>
    /// <remarks>
    /// <para>Parameters that f watches, as layers do, get their gradients as always. A variable of the tape around it must be an input. <see cref="StopGradient"/>, checkpoints inside
    /// checkpoints, forward mode and recorded gradients work; a recorded gradient replays f onto the tape, where it stays, as all that is to be differentiated again must.</para>
    /// <para>f must compute the same again. A generator asks <see cref="Tape.DrawFrom"/>, as dropout does; what a run changes for good, as moving statistics are, changes where
    /// <see cref="Tape.IsReplay"/> is false. Whether the same came out is checked in each replay. The result has no <see cref="Variable.Logits"/>: take the loss of a softmax in
    /// the same function, or leave the last layer out.</para>
    /// </remarks>
    /// <param name="function">Gives any shape. Without a tape it is just called.</param>
    /// <param name="x">Any shape.</param>
    /// <exception cref="ArgumentException">The function uses a variable of the tape around it, or its result left the tape.</exception>
    /// <exception cref="InvalidOperationException">In a reverse or forward pass: the function computed something else than in its first run.</exception>
    public static Variable Checkpoint(Func<Variable, Variable> function, Variable x)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Checkpoint(xs => function(xs[0]), [x]);
    }

    /// <summary>The same for a function of several variables.</summary>
    /// <param name="function">Gives any shape. Without a tape it is just called.</param>
    /// <param name="xs">Everything of the tape around that the function uses, other than parameters.</param>
    /// <inheritdoc cref="Checkpoint(Func{Variable, Variable}, Variable)"/>
    public static Variable Checkpoint(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Variable> xs)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(xs);
        Variable[] inputs = [.. xs];
        if (TapeOf(nameof(Checkpoint), inputs) is not { } tape) return function(inputs);

        Captured captured = new(tape);
        using Tape arena = Tape.Apart(tape, record: false, captured);
        Tensor result = RunOn(arena, arguments => OnTape.Call(nameof(Checkpoint), arena, function, arguments), Values(inputs));
        return tape.Record(new CheckpointRule(function, inputs.Length, captured), [.. inputs, .. captured.StandIns], result);
    }

    /// <summary>The operands are the function's inputs and then the parameters that it captured.</summary>
    private sealed class CheckpointRule(Func<IReadOnlyList<Variable>, Variable> function, int inputs, Captured captured) : ComposedRule, IAccumulatingRule
    {
        public override string Name => nameof(Checkpoint);

        public override string Formula => "y = f(x), not kept,  x̄ += ȳ through f run again";

        public override Saves Saves => Everything(inputs + captured.Parameters.Count);

        internal override bool ReadsOperandsAlone => false;

        public override Tensor Forward(ReadOnlySpan<Tensor> operands)
        {
            using Tape arena = new(record: false);
            return RunOn(arena, Run, operands);
        }

        public override void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions)
        {
            bool isRecorded = adjoint.IsTracked || call.Operands.Any(operand => operand.IsTracked);
            using Tape? scratch = isRecorded ? null : Scratch(call.Output.Tape);
            DifferentiateAgain(call, adjoint, needed, contributions, scratch);
        }

        private protected override Tape Scratch(Tape? around) => Tape.Apart(around, record: true);

        private protected override Variable Replay(IReadOnlyList<Variable> operands, Tensor output)
        {
            Variable y = Run([.. operands]);
            return y.DType == output.DType && y.Shape == output.Shape && y.Value.AsBytes().SequenceEqual(output.AsBytes())
                ? y
                : throw new InvalidOperationException($"{Name}: expected the function to compute the same again, {output.DType}{output.Shape} to the last bit, got something else. Does it draw random numbers without Tape.DrawFrom, or read what has changed since?");
        }

        private Variable Run(Variable[] operands)
        {
            Tape tape = operands[0].Tape!;
            using (tape.Replay(captured, operands[inputs..])) return OnTape.Call(Name, tape, function, operands[..inputs]);
        }
    }
}
