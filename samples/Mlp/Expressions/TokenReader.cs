using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Expressions;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    Number,
    Name,
    Sign,
    End,
}

/// <summary>A piece of a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it is written; empty at the end.</param>
/// <param name="Position">Where it begins, from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    /// <summary>As messages print it: a hostile text cannot make them long, or write control characters into a terminal.</summary>
    public string Shown => Kind == TokenKind.End
        ? "the end"
        : $"'{string.Concat((Text.Length > 40 ? Text[..40] + "..." : Text).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '\uFFFD' : character))}'";
}

/// <summary>Takes a text apart: numbers, names, and signs of one character. Also reads what expressions and assignments have in common.</summary>
internal sealed class TokenReader
{
    private const int DeepestList = 4;
    private const int LongestList = 1000;

    private readonly string option;
    private readonly string text;

    /// <param name="option">The option that the text was given to, for messages.</param>
    /// <param name="text">The text.</param>
    public TokenReader(string option, string text)
    {
        this.option = option;
        this.text = text;
        Next = Read(0);
    }

    /// <summary>The token that has not been taken yet.</summary>
    public Token Next { get; private set; }

    /// <summary>Takes the next token, whatever it is.</summary>
    public Token Take()
    {
        Token token = Next;
        Next = Read(token.Position - 1 + token.Text.Length);
        return token;
    }

    /// <summary>Takes a sign that must come next.</summary>
    public void Take(string sign, string expected, string hint = "")
    {
        if (Next.Text != sign) throw Expected(expected, hint);
        Take();
    }

    /// <summary>A complaint about the next token.</summary>
    public UsageException Expected(string what, string hint = "") =>
        new(string.Create(CultureInfo.InvariantCulture, $"{option}: expected {what} at character {Next.Position}, got {Next.Shown}.{hint}"));

    /// <summary>A number without a sign.</summary>
    public Tensor Number()
    {
        double value = double.Parse(Next.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value)) throw Expected("a finite number");
        Take();
        return Tensor.Scalar(value, DType.F64);
    }

    /// <summary>A number with or without a sign, or a list of such, or of lists of one length: <c>[[1, 2], [3, -4]]</c>.</summary>
    public Tensor List(int depth = 0)
    {
        if (Next.Text != "[")
        {
            bool isNegative = Next.Text == "-";
            if (isNegative) Take();
            if (Next.Kind != TokenKind.Number) throw Expected("a number or '['");
            Tensor number = Number();
            return isNegative ? Tensor.Scalar(-number.ToScalar(), DType.F64) : number;
        }

        if (depth == DeepestList) throw Expected($"a number, at most {DeepestList} lists deep,");
        int position = Take().Position;
        List<Tensor> items = [];
        do
        {
            if (items.Count > 0) Take();
            if (items.Count == LongestList) throw Expected($"at most {LongestList} numbers in a list");
            Token first = Next;
            Tensor item = List(depth + 1);
            if (items.Count > 0 && item.Shape != items[0].Shape)
            {
                throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option}: expected items of one shape, got {items[0].Shape} and {item.Shape} at character {first.Position}."));
            }

            items.Add(item);
        }
        while (Next.Text == ",");
        Take("]", "',' or ']'");
        return Tensor.From([.. items.SelectMany(item => item.ToDoubles())], items[0].Shape.Prepend(items.Count));
    }

    private Token Read(int start)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start])) start++;
        if (start == text.Length) return new Token(TokenKind.End, "", start + 1);
        int end = start;
        if (char.IsAsciiDigit(text[start]) || (text[start] == '.' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1])))
        {
            end = Digits(end);
            if (end < text.Length && text[end] == '.') end = Digits(end + 1);
            if (end < text.Length && text[end] is 'e' or 'E')
            {
                // An exponent where digits follow; else a name does.
                int digits = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
                if (Digits(digits) > digits) end = Digits(digits);
            }

            return new Token(TokenKind.Number, text[start..end], start + 1);
        }

        if (char.IsLetter(text[start]) || text[start] == '_')
        {
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) end++;
            return new Token(TokenKind.Name, text[start..end], start + 1);
        }

        return new Token(TokenKind.Sign, text[start..(start + 1)], start + 1);
    }

    private int Digits(int start)
    {
        while (start < text.Length && char.IsAsciiDigit(text[start])) start++;
        return start;
    }
}
