using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// y = f(x) with a derivative of one's own in place of f's: a stabler formula, a straight-through estimate, a kernel without a derivative. A rule that is linear in the
    /// adjoint and written in operations can be differentiated again, and serves forward mode too; what follows from it is checked by <see cref="GradientCheck"/> as ever. For an
    /// operation to keep, write a <see cref="Rule"/>.
    /// </summary>
    /// <param name="function">The value: in operations, which are not recorded, or by any other means from x.Value. It uses nothing of the tape around it.</param>
    /// <param name="vjp">Takes x, y and the adjoint ȳ, and gives what x̄ gains, in x's shape; null for zero.</param>
    /// <param name="x">Any shape.</param>
    /// <exception cref="ArgumentException">The function uses a variable of the tape around it, or a parameter that is watched there.</exception>
    public static Variable CustomGradient(Func<Variable, Variable> function, Func<Variable, Variable, Variable, Variable?> vjp, Variable x)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(vjp);
        return CustomGradient(xs => function(xs[0]), (call, adjoint) => [vjp(call.Operands[0], call.Output, adjoint)], [x]);
    }

    /// <summary>The same for a function of several variables.</summary>
    /// <param name="function">The value: in operations, which are not recorded, or by any other means from the operands' numbers. It uses nothing of the tape around it.</param>
    /// <param name="vjp">Takes the operands, the output and its adjoint, and gives what each operand's adjoint gains, in its shape; null for zero.</param>
    /// <param name="xs">The operands.</param>
    /// <inheritdoc cref="CustomGradient(Func{Variable, Variable}, Func{Variable, Variable, Variable, Variable}, Variable)"/>
    public static Variable CustomGradient(Func<IReadOnlyList<Variable>, Variable> function, Func<Call, Variable, IReadOnlyList<Variable?>> vjp, IReadOnlyList<Variable> xs)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(vjp);
        ArgumentNullException.ThrowIfNull(xs);
        Variable[] operands = [.. xs];
        return Apply(new CustomGradientRule(function, vjp, operands.Length, TapeOf(nameof(CustomGradient), operands)), operands);
    }

    /// <summary>The user's function and rule.</summary>
    private sealed class CustomGradientRule(
        Func<IReadOnlyList<Variable>, Variable> function, Func<Call, Variable, IReadOnlyList<Variable?>> vjp, int operandCount, Tape? around) : Rule
    {
        public override string Name => nameof(CustomGradient);

        public override string Formula => "y = f(x),  x̄ += by a rule given with f";

        public override Saves Saves => Everything(operandCount);

        internal override bool ReadsOperandsAlone => false;

        public override Tensor Forward(ReadOnlySpan<Tensor> operands)
        {
            Captured? captured = around is null ? null : new Captured(around);
            using Tape arena = Tape.Apart(around, record: false, captured);
            Tensor result = RunOn(arena, function, operands);
            for (int i = 0; i < captured?.StandIns.Count; i++)
            {
                if (captured.StandIns[i].IsTracked) throw new ArgumentException($"{Name}: expected a function of its operands alone, got one that uses parameter '{captured.Parameters[i].Name}'. Make tape.Watch(parameter) an operand, so that the rule gives its gradient.");
            }

            return result;
        }

        public override void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions)
        {
            IReadOnlyList<Variable?> given = Given(call, adjoint);
            for (int i = 0; i < contributions.Length; i++) contributions[i] = needed[i] ? given[i] : null;
        }

        /// <summary>
        /// The rule is u ↦ Jᵀu, which is linear: its own transpose, J, is the vector-Jacobian product of it. ⟨Jᵀu, v⟩ = ⟨u, Jv⟩ for every u, so its gradient by u is Jv.
        /// </summary>
        public override Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents)
        {
            bool isRecorded = call.Operands.Any(operand => operand.IsTracked);
            foreach (Variable? tangent in tangents) isRecorded |= tangent is { IsTracked: true };
            using Tape? scratch = isRecorded ? null : Tape.Apart(call.Output.Tape, record: true);
            Tape tape = scratch ?? call.Output.Tape!;
            Variable u = tape.Watch(Tensor.Zeros(call.Output.Shape, call.Output.DType));
            Call here = scratch is null ? call : new Call(Array.ConvertAll(call.Operands, operand => scratch.Constant(operand.Value)), scratch.Constant(call.Output.Value));
            IReadOnlyList<Variable?> given = Given(here, u);
            Variable? product = null;
            for (int i = 0; i < tangents.Length; i++)
            {
                if (tangents[i] is not { } tangent || given[i] is not { } transposed) continue;
                Variable part = Sum(transposed * (scratch is null ? tangent : tangent.Value));
                product = product is null ? part : product + part;
            }

            if (product is null) return null;
            Variable moved = tape.Gradient(product, u, record: isRecorded);
            return scratch is null ? moved : scratch.HandOver(moved, call.Output.Tape);
        }

        private IReadOnlyList<Variable?> Given(Call call, Variable adjoint)
        {
            IReadOnlyList<Variable?> given = vjp(call, adjoint);
            if (given.Count != call.Operands.Length) throw new InvalidOperationException($"{Name}: expected a rule that gives something for each of {call.Operands.Length} operands, got {given.Count}. Give null for zero.");
            if (adjoint.IsTracked && given.Any(contribution => contribution is { IsTracked: false }))
            {
                throw new InvalidOperationException($"{Name}: expected a rule written in operations on the adjoint, got a result that left the tape. Forward mode and recorded gradients need the operations; give null for zero.");
            }

            return given;
        }
    }
}
