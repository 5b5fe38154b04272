using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Expressions;

/// <summary>One step of a calculation on a stack.</summary>
internal abstract record Step;

/// <summary>Puts numbers on the stack.</summary>
internal sealed record ConstantStep(Tensor Value) : Step
{
    public ConstantStep Negated() => new(Op.Negate(Value).Value);
}

/// <summary>Puts a name's value on the stack.</summary>
internal sealed record NameStep(string Name, int Position) : Step;

/// <summary>Replaces the last operands by an operation's result.</summary>
internal sealed record CallStep(string Name, int Operands, Func<Variable[], Variable> Call, int Position) : Step;

/// <summary>
/// An expression, ready to be evaluated: steps for a stack, so that no expression is too long for it. What a tape records of it is what was written, in that order.
/// </summary>
/// <param name="option">The option that it was given to, for messages.</param>
/// <param name="text">As it was written.</param>
/// <param name="steps">Operands before their operation.</param>
internal sealed class Calculation(string option, string text, IReadOnlyList<Step> steps)
{
    /// <summary>As it was written.</summary>
    public string Text => text;

    /// <summary>The names in it, as they first come.</summary>
    public IReadOnlyList<NameStep> Names { get; } = [.. steps.OfType<NameStep>().DistinctBy(step => step.Name)];

    /// <summary>Computes the expression. With variables of a tape the tape records it.</summary>
    /// <param name="values">A value for each name.</param>
    /// <exception cref="UsageException">An operation refuses its operands.</exception>
    public Variable Evaluate(IReadOnlyDictionary<string, Variable> values)
    {
        Stack<Variable> stack = [];
        foreach (Step step in steps)
        {
            stack.Push(step switch
            {
                ConstantStep constant => constant.Value,
                NameStep name => values[name.Name],
                _ => Apply((CallStep)step, stack),
            });
        }

        return stack.Pop();
    }

    private Variable Apply(CallStep step, Stack<Variable> stack)
    {
        Variable[] operands = new Variable[step.Operands];
        for (int i = operands.Length - 1; i >= 0; i--) operands[i] = stack.Pop();
        try
        {
            return step.Call(operands);
        }
        catch (ArgumentException refusal)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{step.Name}' at character {step.Position}: {CommonOptions.Text(refusal)}"));
        }
    }
}
