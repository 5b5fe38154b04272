namespace Tapestry.Samples.AutodiffFromScratch;

#pragma warning disable CA2225 // The operators are the whole of it.
// listing: scalar-operators
/// <summary>A value, and the line of the tape that it was recorded on.</summary>
internal readonly record struct Number(ScalarTape Tape, int Line, double Value)
{
    public static Number operator +(Number a, Number b) => a.Tape.Record(a.Value + b.Value, (a.Line, 1), (b.Line, 1));

    public static Number operator *(Number a, Number b) => a.Tape.Record(a.Value * b.Value, (a.Line, b.Value), (b.Line, a.Value));

    public static Number Exp(Number x)
    {
        double y = Math.Exp(x.Value);
        return x.Tape.Record(y, (x.Line, y));
    }
}
// end
