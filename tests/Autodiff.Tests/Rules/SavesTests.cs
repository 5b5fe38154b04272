using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Saves tells what a tape must keep: derivatives read what it declares and nothing else.</summary>
public class SavesTests
{
    public static TheoryData<string> Rules => Recorded.Names;

    [Theory]
    [MemberData(nameof(Rules))]
    public void Derivatives_do_not_touch_what_is_not_declared(string name)
    {
        Recorded recorded = Recorded.Named(name);
        Rule rule = recorded.Rule;
        Saves[] undeclared = [.. Parts(recorded).Where(part => !rule.Saves.HasFlag(part))];

        double[]?[] released = Derivatives(recorded, undeclared), kept = Derivatives(recorded, []);

        Assert.Equal(kept.Length, released.Length);
        for (int i = 0; i < kept.Length; i++) Assert.Equal(kept[i], released[i]);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Everything_that_is_declared_is_needed(string name)
    {
        Recorded recorded = Recorded.Named(name);
        foreach (Saves declared in Parts(recorded).Where(part => recorded.Rule.Saves.HasFlag(part)))
        {
            Assert.Throws<ObjectDisposedException>(() => Derivatives(recorded, declared));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Nothing_is_declared_that_the_rule_does_not_have(string name)
    {
        Recorded recorded = Recorded.Named(name);

        Assert.Equal(Saves.Nothing, recorded.Rule.Saves & ~Parts(recorded).Aggregate((a, b) => a | b));
    }

    private static Saves[] Parts(Recorded recorded) => [.. new[] { Saves.First, Saves.Second, Saves.Third }[..recorded.Operands.Count], Saves.Output];

    /// <summary>Every contribution of both modes, with some of what the rule is given over released memory.</summary>
    private static double[]?[] Derivatives(Recorded recorded, params Saves[] missing)
    {
        Rule rule = recorded.Rule;
        Tensor output = rule.Forward([.. recorded.Operands]);
        Variable[] operands = [.. recorded.Operands.Select((operand, i) => (Variable)(missing.Contains((Saves)(1 << i)) ? Released(operand) : operand))];
        Call call = new(operands, missing.Contains(Saves.Output) ? Released(output) : output);

        Variable?[] contributions = new Variable?[operands.Length];
        rule.Vjp(call, Counting(output.Shape), [.. operands.Select(_ => true)], contributions);
        Variable? all = rule.Jvp(call, [.. operands.Select(operand => Counting(operand.Shape))]);
        Variable?[] each = [.. operands.Select((_, moving) => rule.Jvp(call, [.. operands.Select((operand, i) => i == moving ? Counting(operand.Shape) : null)]))];
        return [.. contributions.Append(all).Concat(each).Select(result => result?.Value.ToDoubles())];
    }

    private static Tensor Released(Tensor tensor)
    {
        Tensor released = Tensor.Uninitialized(tensor.Shape, tensor.DType);
        released.Buffer.Release();
        return released;
    }

    private static Variable Counting(Shape shape) => Tensor.From([.. Enumerable.Range(1, shape.ElementCount).Select(i => i + 0.25)], shape);
}
