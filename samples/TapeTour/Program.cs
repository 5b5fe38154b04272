// The tape in one screen: what it records, and the derivatives that it takes.
using Tapestry.Autodiff;
using Tapestry.Tensors;

using Tape tape = new();
Variable x = tape.Watch(Tensor.From([1.0, 2.0, 3.0]));      // gradients flow to what is watched,
Variable w = tape.Constant(Tensor.From([0.5, -0.5, 2.0]));  // and not to a constant
Variable y = Op.Sum(w * Op.Exp(x) + Op.Square(x));

Console.WriteLine($"y = {y} was made by");
Print(from: 0);

// Reverse mode walks these entries from the last to the first, by the formulas for x̄. Here dy/dx = w·exp(x) + 2x.
Console.WriteLine($"dy/dx    = {tape.Gradient(y, x)}");

// Forward mode walks them from the first to the last: how y moves when x moves along (1, 0, 0).
Console.WriteLine($"along e1 = {tape.Jvp(y, [x], [Tensor.From([1.0, 0.0, 0.0])])}");

// The reverse pass can be recorded too. Its entries stand behind the others, and can be walked again: the second derivative is w·exp(x) + 2.
int forward = tape.Entries.Count;
Variable gradient = tape.Gradient(y, x, record: true);
Console.WriteLine("the gradient was made by");
Print(from: forward);
Console.WriteLine($"d²y/dx²  = {tape.Gradient(Op.Sum(gradient), x)}");

// What the tape computed ends with it. A copy does not.
Tensor kept = gradient.Detach();
tape.Dispose();
Console.WriteLine($"kept     = {kept}");
Console.WriteLine($"gone     = {gradient}");

void Print(int from)
{
    foreach (Entry entry in tape.Entries.Skip(from))
    {
        Console.WriteLine($"  {entry.Index,2}  {entry.Rule.Name,-11} {entry.Rule.Formula,-50} {(entry.DerivativeOf is { } of ? $"for {of}" : "")}".TrimEnd());
    }
}
