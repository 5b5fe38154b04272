using System.Globalization;

namespace Tapestry.Tensors;

/// <summary>How many elements an axis gains, and where.</summary>
/// <param name="Before">The number before the first element, 0 or more.</param>
/// <param name="After">The number behind the last element, 0 or more.</param>
/// <param name="Between">The number between any two neighbours, 0 or more.</param>
public readonly record struct AxisPadding(int Before, int After, int Between = 0)
{
    /// <summary><c>(1, 2)</c>; <c>(1, 2, 3 between)</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Before}, {After}{(Between == 0 ? "" : $", {Between} between")})");
}
