namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// y = x·Φ(x), elementwise, where Φ is the probability that a standard Gaussian number is below x: x/2·(1 + erf(x/√2)). Hendrycks, Gimpel, 2016.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="approximate">Whether y = x/2·(1 + tanh(√(2/π)(x + 0.044715x³))) is taken instead, which differs by less than 0.0005; false unless told otherwise, as in Keras.</param>
    public static Variable Gelu(Variable x, bool approximate = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        Variable odd = approximate
            ? Tanh((x + (x * Square(x) * 0.044715)) * 0.7978845608028654)
            : Erf(x * 0.7071067811865476);
        return x * 0.5 * (odd + 1);
    }
}
