using System.Globalization;
using System.Text;

namespace Tapestry.Tensors;

/// <content>How tensors print.</content>
public sealed partial class Tensor
{
    private const int ElideAbove = 1000;
    private const int EdgeItems = 3;

    /// <summary>
    /// Type, shape and elements, aligned in columns: <c>F32[2, 2] [[1.5000, 2.0000], ...]</c> over several lines. Above 1,000 elements only the first and the last
    /// three along each axis are printed. Numbers are invariant of the culture.
    /// </summary>
    public override string ToString()
    {
        string header = $"{DType}{Shape}";
        if (Buffer.IsReleased) return $"{header} (its tape has been disposed)";
        if (Length == 0) return $"{header} {string.Concat(Enumerable.Repeat("[", Math.Max(1, Rank)))}{string.Concat(Enumerable.Repeat("]", Math.Max(1, Rank)))}";

        bool elide = Length > ElideAbove;
        List<int> printed = [];
        Visit(0, 0, elide, printed.Add);
        string format = Format([.. printed.Select(ToDouble)]);
        int width = printed.Max(position => Element(position, format).Length);

        StringBuilder text = new(header);
        text.Append(Rank > 1 ? '\n' : ' ');
        Write(text, 0, 0, elide, format, width);
        return text.ToString();
    }

    private string Element(int position, string format)
    {
        double value = ToDouble(position);
        return double.IsNaN(value) ? "nan"
            : double.IsPositiveInfinity(value) ? "inf"
            : double.IsNegativeInfinity(value) ? "-inf"
            : value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Integers without a fraction; else four decimals; else, where those would hide or sprawl, an exponent.</summary>
    private string Format(double[] values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (!DType.IsFloat()) return "0";
        if (finite.All(value => value == Math.Floor(value) && Math.Abs(value) < 1e7)) return "0'.'";
        double largest = finite.Max(Math.Abs);
        double smallest = finite.Where(value => value != 0).Min(Math.Abs);
        return largest >= 1e6 || smallest < 1e-4 ? "0.0000e+00" : "0.0000";
    }

    private void Visit(int axis, int start, bool elide, Action<int> visit)
    {
        if (axis == Rank)
        {
            visit(start);
            return;
        }

        int stride = Shape.Of(Shape.AsSpan()[(axis + 1)..]).ElementCount;
        foreach (int i in Shown(Shape[axis], elide))
        {
            if (i >= 0) Visit(axis + 1, start + (i * stride), elide, visit);
        }
    }

    private void Write(StringBuilder text, int axis, int start, bool elide, string format, int width)
    {
        if (axis == Rank)
        {
            text.Append(Element(start, format).PadLeft(width));
            return;
        }

        int stride = Shape.Of(Shape.AsSpan()[(axis + 1)..]).ElementCount;
        bool innermost = axis == Rank - 1;
        text.Append('[');
        bool first = true;
        foreach (int i in Shown(Shape[axis], elide))
        {
            if (!first)
            {
                text.Append(',');
                if (innermost) text.Append(' ');
                else text.Append('\n', Rank - axis - 1).Append(' ', axis + 1);
            }

            first = false;
            if (i < 0) text.Append("...");
            else Write(text, axis + 1, start + (i * stride), elide, format, width);
        }

        text.Append(']');
    }

    /// <summary>The positions to print along an axis, -1 where some are left out.</summary>
    private static IEnumerable<int> Shown(int size, bool elide) => elide && size > 2 * EdgeItems
        ? [.. Enumerable.Range(0, EdgeItems), -1, .. Enumerable.Range(size - EdgeItems, EdgeItems)]
        : Enumerable.Range(0, size);
}
