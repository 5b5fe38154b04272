using System.Globalization;
using System.Numerics;

namespace Tapestry.Autodiff.Symbolic;

/// <summary>
/// An exact number p/q in lowest terms, so that folding constants rounds nothing. A floating-point number stands for the shortest decimal that is read back as the same: 0.1
/// is 1/10, as whoever wrote it meant, and 3·0.1 is 0.3.
/// </summary>
internal readonly record struct Rational
{
    // Every double has fewer, 5e-324 some 1080. Products of many longer ones would cost more than all the rest.
    private const int MostBits = 1200;

    private Rational(BigInteger numerator, BigInteger denominator)
    {
        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        if (denominator.Sign < 0) divisor = -divisor;
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    public static Rational Zero { get; } = 0;

    public static Rational One { get; } = 1;

    public static Rational MinusOne { get; } = -1;

    public static Rational Half { get; } = new(1, 2);

    public BigInteger Numerator { get; }

    /// <summary>Above 0.</summary>
    public BigInteger Denominator { get; }

    public int Sign => Numerator.Sign;

    public bool IsInteger => Denominator.IsOne;

    /// <summary>Whether it is short enough to calculate on with.</summary>
    public bool IsShort => Numerator.GetBitLength() + Denominator.GetBitLength() <= MostBits;

    /// <summary>Whether one writes it as a fraction, p/2 rather than 0.5p: where no decimal ends, or one figure stands above and below.</summary>
    public bool IsFraction => !IsInteger && (Decimal() is null ? IsBelow(1_000_000) : IsBelow(10));

    public static implicit operator Rational(int value) => new(value, 1);

    public static Rational operator +(Rational a, Rational b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator -(Rational a) => new(-a.Numerator, a.Denominator);

    /// <summary>The decimal that a finite floating-point number is written as.</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="isSingle">Whether it comes from an F32, whose shortest decimal is shorter.</param>
    public static Rational Of(double value, bool isSingle)
    {
        string text = isSingle ? ((float)value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);
        string[] parts = text.Split('E');
        string[] sides = parts[0].Split('.');
        int exponent = (parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - (sides.Length == 2 ? sides[1].Length : 0);
        BigInteger digits = BigInteger.Parse(string.Concat(sides), CultureInfo.InvariantCulture);
        return exponent >= 0 ? new(digits * BigInteger.Pow(10, exponent), 1) : new(digits, BigInteger.Pow(10, -exponent));
    }

    /// <summary>A whole power; the number is not 0 where the exponent is negative.</summary>
    public Rational Power(int exponent) => exponent >= 0
        ? new(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent))
        : new(BigInteger.Pow(Denominator, -exponent), BigInteger.Pow(Numerator, -exponent));

    /// <summary>The square root, where it is rational.</summary>
    public Rational? Root() => Sign >= 0 && Root(Numerator) is { } p && Root(Denominator) is { } q ? new Rational(p, q) : null;

    /// <summary>The nearest floating-point number; within a rounding error of it where no decimal ends.</summary>
    public double ToDouble()
    {
        if (Decimal() is (BigInteger digits, int exponent)) return double.Parse($"{digits}E{exponent}", CultureInfo.InvariantCulture);
        int excess = (int)Math.Max(0, Math.Max(Numerator.GetBitLength(), Denominator.GetBitLength()) - 1000);
        return (double)(Numerator >> excess) / (double)(Denominator >> excess);
    }

    /// <summary>A whole number or decimal as far as a double tells it, or else p/q.</summary>
    public override string ToString()
    {
        if (Decimal() is null && IsFraction) return $"{Numerator}/{Denominator}";
        string text = ToDouble().ToString(CultureInfo.InvariantCulture);
        return text.Replace("E+", "e", StringComparison.Ordinal).Replace("E-0", "e-", StringComparison.Ordinal).Replace('E', 'e');
    }

    private static BigInteger? Root(BigInteger square)
    {
        // Newton's iteration from above.
        BigInteger root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2);
        while (root * root > square) root = (root + (square / root)) / 2;
        return root * root == square ? root : null;
    }

    /// <summary>digits·10^exponent, without zeros at the end; null where no decimal ends.</summary>
    private (BigInteger Digits, int Exponent)? Decimal()
    {
        int twos = 0, fives = 0;
        BigInteger rest = Denominator;
        for (; rest.IsEven; rest >>= 1) twos++;
        for (; (rest % 5).IsZero; rest /= 5) fives++;
        int places = Math.Max(twos, fives);
        return rest.IsOne ? (Numerator * BigInteger.Pow(10, places) / Denominator, -places) : null;
    }

    private bool IsBelow(int bound) => BigInteger.Abs(Numerator) < bound && Denominator < bound;
}
