namespace Tapestry.Samples.Mlp.Expressions;

/// <summary>
/// Reads expressions such as <c>a*b + exp(-x^2)</c>, by recursive descent. Loosest first: + and -, * and /, the sign, ^ (which groups to the right, so that -2^2 is -4), and
/// then numbers, names, calls of the catalogue's operations, lists of numbers and brackets.
/// </summary>
internal sealed class ExpressionParser
{
    /// <summary>Each level takes a few frames of the stack.</summary>
    private const int DeepestNesting = 200;

    private readonly string option;
    private readonly TokenReader tokens;
    private int nesting;

    private ExpressionParser(string option, string text) => (this.option, tokens) = (option, new TokenReader(option, text));

    /// <summary>Reads a whole text.</summary>
    /// <param name="option">The option that it was given to, for messages.</param>
    /// <param name="text">The expression.</param>
    /// <exception cref="UsageException">It is none; the message tells the position, counted from 1.</exception>
    public static Calculation Parse(string option, string text)
    {
        ExpressionParser parser = new(option, text);
        List<Step> steps = parser.Sum();
        Token end = parser.tokens.Next;
        return end.Kind == TokenKind.End ? new Calculation(option, text, steps) : throw parser.tokens.Expected("an operator or the end", Between(end));
    }

    private List<Step> Sum()
    {
        List<Step> steps = Product();
        while (tokens.Next.Text is "+" or "-") Apply(steps, tokens.Take(), Product());
        return steps;
    }

    private List<Step> Product()
    {
        List<Step> steps = Signed();
        while (tokens.Next.Text is "*" or "/") Apply(steps, tokens.Take(), Signed());
        return steps;
    }

    private List<Step> Signed()
    {
        if (tokens.Next.Text != "-") return Power();
        Token sign = tokens.Take();
        List<Step> steps = Nested(Signed);

        // A negative number is a number: options of operations take it.
        if (steps is [ConstantStep number]) return [number.Negated()];
        steps.Add(Functions.Operator("-", operands: 1, sign.Position));
        return steps;
    }

    private List<Step> Power()
    {
        List<Step> steps = Primary();
        if (tokens.Next.Text == "^") Apply(steps, tokens.Take(), Nested(Signed));
        return steps;
    }

    private List<Step> Primary()
    {
        Token token = tokens.Next;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return [new ConstantStep(tokens.Number())];
            case TokenKind.Name:
                tokens.Take();
                return tokens.Next.Text == "(" ? Call(token) : [new NameStep(token.Text, token.Position)];
            case TokenKind.Sign when token.Text == "[":
                return [new ConstantStep(tokens.List())];
            case TokenKind.Sign when token.Text == "(":
                tokens.Take();
                List<Step> steps = Nested(Sum);
                tokens.Take(")", "an operator or ')'", Between(tokens.Next));
                return steps;
            default:
                throw tokens.Expected("a number, a name or '('", token.Text == "*" ? " A power is written with ^." : "");
        }
    }

    private List<Step> Call(Token name)
    {
        tokens.Take();
        List<List<Step>> arguments = [];
        while (tokens.Next.Text != ")")
        {
            if (arguments.Count > 0) tokens.Take(",", "an operator, ',' or ')'", Between(tokens.Next));
            arguments.Add(Nested(Sum));
        }

        tokens.Take();
        return Functions.Call(option, name, arguments);
    }

    private static void Apply(List<Step> steps, Token sign, List<Step> right)
    {
        steps.AddRange(right);
        steps.Add(Functions.Operator(sign.Text, operands: 2, sign.Position));
    }

    private List<Step> Nested(Func<List<Step>> read)
    {
        if (++nesting > DeepestNesting) throw tokens.Expected($"at most {DeepestNesting} brackets, signs and powers inside each other");
        List<Step> steps = read();
        nesting--;
        return steps;
    }

    private static string Between(Token next) => next.Kind is TokenKind.Name or TokenKind.Number || next.Text is "(" or "[" ? " Products are written with *." : "";
}
