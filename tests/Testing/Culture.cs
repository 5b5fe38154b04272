using System.Globalization;

namespace Tapestry.Testing;

/// <summary>A culture in which nothing invariant looks as usual: the comma is decimal, and the minus sign is not the hyphen.</summary>
public static class Culture
{
    /// <summary>Runs a function in it.</summary>
    public static T Foreign<T>(Func<T> function)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo culture = (CultureInfo)CultureInfo.GetCultureInfo("de-DE").Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NegativeSign = "\u2212";
            CultureInfo.CurrentCulture = culture;
            return function();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
