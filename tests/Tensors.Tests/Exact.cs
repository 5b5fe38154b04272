namespace Tapestry.Tensors.Tests;

/// <summary>Functions to 25 digits and more, in decimal arithmetic, and errors measured against them in units in the last place.</summary>
internal static class Exact
{
    /// <summary>A double's own value: C#'s conversion rounds to 15 digits. For magnitudes from 1e-9 to 1e20.</summary>
    public static decimal Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7FF) - 1075;
        decimal result = bits & ((1L << 52) - 1) | 1L << 52;
        for (; exponent < 0; exponent++) result /= 2;
        for (; exponent > 0; exponent--) result *= 2;
        return value < 0 ? -result : value == 0 ? 0 : result;
    }

    /// <summary>eˣ - 1 = e(e + 2), where e is that of x/2, down to |x| ≤ 1/2; there x + x²/2! + x³/3! + ...</summary>
    public static decimal Expm1(decimal x)
    {
        if (Math.Abs(x) > 0.5m)
        {
            decimal half = Expm1(x / 2);
            return half * (half + 2);
        }

        decimal term = x, sum = 0;
        for (int k = 2; k < 30; k++)
        {
            sum += term;
            term = term * x / k;
        }

        return sum;
    }

    /// <summary>ln(1 + x) = 2·artanh(x/(2 + x)) = 2(z + z³/3 + z⁵/5 + ...), for |z| ≤ 1/3.</summary>
    public static decimal Log1p(decimal x)
    {
        decimal z = x / (2 + x), power = z, sum = 0;
        for (int k = 1; k < 80; k += 2)
        {
            sum += power / k;
            power *= z * z;
        }

        return 2 * sum;
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|), down to x = -25.</summary>
    public static decimal Softplus(decimal x) => Math.Max(x, 0) + Log1p(1 / (1 + Expm1(Math.Abs(x))));

    /// <summary>tanh x = e/(e + 2), where e is e²ˣ - 1.</summary>
    public static decimal Tanh(decimal x)
    {
        decimal e = Expm1(2 * Math.Abs(x));
        return Math.Sign(x) * e / (e + 2);
    }

    /// <summary>erf x = 2/√π · (x + 2x³/3 + 4x⁵/(3·5) + 8x⁷/(3·5·7) + ...)/exp(x²): no term is negative. For |x| up to 6.</summary>
    public static decimal Erf(decimal x)
    {
        const decimal TwoOverRootPi = 1.1283791670955125738961589031m;
        decimal term = x, sum = 0;
        for (int k = 1; k < 220; k++)
        {
            sum += term;
            term = term * 2 * x * x / ((2 * k) + 1);
        }

        return TwoOverRootPi * (sum / (1 + Expm1(x * x)));
    }

    /// <summary>The distance of a double from a value, in units in the double's last place.</summary>
    public static double UlpsFrom(decimal expected, double actual) =>
        (double)(Math.Abs(Of(actual) - expected) / Of(Math.BitIncrement(Math.Abs(actual)) - Math.Abs(actual)));

    /// <summary>The distance of a float from a value, in units in the float's last place.</summary>
    public static double UlpsFrom(double expected, float actual) =>
        (double)actual == expected ? 0 : Math.Abs(actual - expected) / (MathF.BitIncrement(MathF.Abs(actual)) - (double)MathF.Abs(actual));
}
