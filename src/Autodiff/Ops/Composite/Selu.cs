namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// y = λx where x &gt; 0, else λα(eˣ - 1), elementwise: <see cref="Elu"/> with the two numbers for which mean 0 and variance 1 pass from layer to layer unchanged.
    /// Klambauer, Unterthiner, Mayr, Hochreiter, 2017.
    /// </summary>
    public static Variable Selu(Variable x) => Elu(x, alpha: 1.6732632423543772) * 1.0507009873554805;
}
