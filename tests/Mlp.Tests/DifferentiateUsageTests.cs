namespace Tapestry.Mlp.Tests;

public class DifferentiateUsageTests
{
    [Theory]
    [InlineData("", "differentiate: expected --expression, or bn for batch normalization, got neither.")]
    [InlineData("--expression a*", "--expression: expected a number, a name or '(' at character 3, got the end.")]
    [InlineData("--expression expo(a) --at a=1", "--expression: expected an operation before '(' at character 1, got 'expo'. Did you mean exp?")]
    [InlineData("--expression a*b --at a=1", "--at: expected a value for b, which is used at character 3 of the expression, got a.")]
    [InlineData("--expression a*b", "--at: expected a value for a, which is used at character 1 of the expression, got none.")]
    [InlineData("--expression a --at a=1,c=2", "--at: expected values for the names in the expression, a, got one for c.")]
    [InlineData("--expression 2*3", "--expression: expected a name in it to differentiate by, got numbers alone.")]
    [InlineData("--expression 2*x --at x=[1,2]", "--expression: expected a single number as its result, got shape [2]. Take its sum: sum(2*x).")]
    [InlineData("--expression log(a) --at a=-1", "--at: expected a point where the expression is a finite number, got NaN.")]
    [InlineData("--expression sqrt(a) --at a=0", "--at: expected a point where every derivative is a finite number, got Infinity by a.")]
    [InlineData("--expression a*b --at a=1,b=2 --wrt c", "--wrt: expected names among a, b, got 'c'.")]
    [InlineData("--expression alpha*b --at alpha=1,b=2 --wrt alhpa", "--wrt: expected names among alpha, b, got 'alhpa'. Did you mean alpha?")]
    [InlineData("--expression a*b --at a=1,b=2 --wrt a,a", "--wrt: expected each name once, got 'a,a'.")]
    [InlineData("--expression a*b --at a=1,b=2 --wrt \u001b[1m", "--wrt: expected names among a, b, got '\uFFFD[1m'.")]
    [InlineData("--expression a*b --at a=1,b=2 --by-hand a", "--by-hand: expected NAME=EXPRESSION, such as 'a=2*a', got 'a'.")]
    [InlineData("--expression a*b --at a=1,b=2 --by-hand a=b", "--by-hand: expected a derivative by each of a, b, got none by b. Name what to differentiate by with --wrt.")]
    [InlineData("--expression a*b --at a=1,b=2 --wrt a --by-hand a=b --by-hand a=b", "--by-hand: expected one derivative by a, got two.")]
    [InlineData("--expression a*b --at a=1,b=2 --wrt a --by-hand b=a", "--by-hand: expected names among a, got 'b'.")]
    [InlineData("--expression a*b --at a=1,b=2 --wrt a --by-hand a=c", "--by-hand: expected names among a, b, got 'c'.")]
    [InlineData("--expression a*b --at a=1,b=2 --wrt a --by-hand a=b+", "--by-hand: expected a number, a name or '(' at character 3, got the end.")]
    [InlineData("--expression a*b --at a=1,b=2 --wrt a --by-hand a=[1,2]", "--by-hand: expected a derivative by a of its shape [], got [2].")]
    [InlineData("bn --on 1,two", "--on: expected a number from -1e100 to 1e100, got 'two'.")]
    [InlineData("bn --on 1,2 --upstream 1", "--upstream: expected 2 numbers, one for each element of the output, got 1 in '1'.")]
    [InlineData("bn --epsilon -1", "--epsilon: expected a finite number of 0 or more, got '-1'.")]
    [InlineData("bn --gamma NaN", "--gamma: expected a finite number, got 'NaN'.")]
    public async Task A_bad_value_is_answered_in_one_line_that_names_it(string options, string expected)
    {
        using TemporaryFolder folder = new();

        string message = await HostileRefusal.Expect(options, folder, ["differentiate", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.StartsWith($"mlp: {expected}", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_take_every_method_too_long_is_refused()
    {
        using TemporaryFolder folder = new();
        string many = string.Join(',', Enumerable.Repeat("1", 65));

        Assert.StartsWith("mlp: --on: expected at most 64 numbers, got 65.", await HostileRefusal.Expect("bn", folder, "differentiate", "bn", "--on", many), StringComparison.Ordinal);
        Assert.StartsWith(
            "mlp: --at: expected at most 64 numbers to differentiate by, got 65. Name fewer with --wrt.",
            await HostileRefusal.Expect("x", folder, "differentiate", "--expression", "sum(x)", "--at", $"x=[{many}]"),
            StringComparison.Ordinal);
    }

    // With ε = 0 a column of equal values has no deviation to divide by.
    [Fact]
    public async Task Batch_normalization_refuses_what_it_cannot_normalize()
    {
        using TemporaryFolder folder = new();

        Assert.Contains(": expected ", await HostileRefusal.Expect("bn", folder, "differentiate", "bn", "--on", "3,3,3", "--epsilon", "0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("differentiat", "differentiate")]
    [InlineData("differentiate nb", "bn")]
    [InlineData("differentiate --expresion a", "--expression")]
    public async Task A_near_miss_is_answered_with_the_name_that_was_meant(string line, string meant)
    {
        using TemporaryFolder folder = new();

        Assert.Contains($"Did you mean {meant}?", await HostileRefusal.Expect(line, folder, line.Split(' ')), StringComparison.Ordinal);
    }
}
