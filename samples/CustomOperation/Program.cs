// An operation of one's own: its rule, and the check of it.
using Tapestry.Autodiff;
using Tapestry.Samples.CustomOperation;
using Tapestry.Tensors;

using Tape tape = new();
Variable x = tape.Watch(Tensor.From([-2.0, 0.0, 2.0]));
Variable y = Own.BentIdentity(x);
Console.WriteLine($"y     = {y}");
Console.WriteLine($"dy/dx = {tape.Gradient(Op.Sum(y), x)}");

// The check needs nothing but a place: against finite differences, in both modes, of the gradient and of the gradient's gradient.
Tensor at = Tensor.From([-1.5, -0.2, 0.0, 0.7, 3.0]);
Console.WriteLine(GradientCheck.Run(x => Own.BentIdentity(x[0]), at));
Console.WriteLine(GradientCheck.Run(x => Own.BentIdentity(x[0]), [at], order: 2));
