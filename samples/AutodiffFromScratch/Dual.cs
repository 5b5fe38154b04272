namespace Tapestry.Samples.AutodiffFromScratch;

#pragma warning disable CA2225 // The operators are the whole of it.
// listing: dual
/// <summary>A value, and how fast it moves.</summary>
internal readonly record struct Dual(double Value, double Tangent)
{
    public static Dual operator +(Dual a, Dual b) => new(a.Value + b.Value, a.Tangent + b.Tangent);

    public static Dual operator *(Dual a, Dual b) => new(a.Value * b.Value, (a.Tangent * b.Value) + (a.Value * b.Tangent));

    public static Dual Exp(Dual x) => new(Math.Exp(x.Value), Math.Exp(x.Value) * x.Tangent);
}
// end
