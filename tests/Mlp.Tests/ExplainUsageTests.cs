namespace Tapestry.Mlp.Tests;

public class ExplainUsageTests
{
    [Theory]
    [InlineData("--dialect kears", "--dialect: expected keras, keras1, contrib, lasagne, tf1, paper, got 'kears'. Did you mean keras?")]
    [InlineData("--dialect torch", "--dialect: expected keras, keras1, contrib, lasagne, tf1, paper, got 'torch'.")]
    [InlineData("--dialect keras1 --mode 3", "--mode: expected 0, 1, 2, got '3'.")]
    [InlineData("--mode 1", "--mode: expected --dialect keras1, whose modes these are, got keras.")]
    [InlineData("--momentum 1.5", "--momentum: expected a number from 0 to 1, got '1.5'.")]
    [InlineData("--momentum NaN", "--momentum: expected a number from 0 to 1, got 'NaN'.")]
    [InlineData("--epsilon -1", "--epsilon: expected a finite number of 0 or more, got '-1'.")]
    [InlineData("--epsilon Infinity", "--epsilon: expected a finite number of 0 or more, got 'Infinity'.")]
    [InlineData("--center yes", "--center: expected true, false, got 'yes'.")]
    [InlineData("--scale flase", "--scale: expected true, false, got 'flase'. Did you mean false?")]
    [InlineData("--axis one", "--axis: expected axes from -8 to 7 separated by commas, such as -1 or 1,2, got 'one'.")]
    [InlineData("--axis 1,1", "--axis: expected each axis once, got '1,1'.")]
    [InlineData("--axes 0,9", "--axes: expected axes from -8 to 7 separated by commas, such as -1 or 1,2, got '0,9'.")]
    [InlineData("--axis 1 --axes 0", "--axes: expected either this, the axes averaged over, or --axis, the axes kept, got both.")]
    [InlineData("--axis 0", "BatchNormalization(axis: 0): expected kept axes other than 0, the batch's,")]
    [InlineData("--axis 1,2 --on 1,2", "BatchNormalization(axis: [1, 2]): expected each axis once and inside input of shape [N, 1]")]
    [InlineData("--renorm rmx=2", "--renorm: expected keys rmax, rmin, dmax, got 'rmx=2'. Did you mean rmax?")]
    [InlineData("--renorm rmax", "--renorm: expected rmax=X, got 'rmax' without a value.")]
    [InlineData("--renorm rmax=-1", "--renorm rmax: expected a number of 0 or more, got '-1'.")]
    [InlineData("--renorm rmax=1,rmax=2", "--renorm: expected each key once, got 'rmax' twice.")]
    [InlineData("--renorm rmax=1,rmin=2", "--renorm: expected rmin to be at most rmax, got 'rmax=1,rmin=2'.")]
    [InlineData("--renorm --dialect lasagne", "--renorm: expected a dialect that stores the variance, got lasagne")]
    [InlineData("--renorm --dialect keras1 --mode 2", "--renorm: expected mode 0, got 2, which never uses moving statistics.")]
    [InlineData("--virtual-batch-size 0", "--virtual-batch-size: expected a whole number of 1 or more, got '0'.")]
    [InlineData("--virtual-batch-size 3 --on 1,2,3,4", "VirtualBatches: expected a batch that 3 divides, got 4 examples.")]
    [InlineData("--grouping strided", "--grouping: expected --virtual-batch-size with it, got none.")]
    [InlineData("--virtual-batch-size 2 --grouping stided", "--grouping: expected strided, contiguous, got 'stided'. Did you mean strided?")]
    [InlineData("--adjustment 1", "--adjustment: expected SCALE,BIAS, such as 1.05,0.1, got '1'.")]
    [InlineData("--adjustment 1,x", "--adjustment: expected a finite number, got 'x'.")]
    [InlineData("--adjustment 1,0 --virtual-batch-size 2", "--adjustment: expected a batch that is normalized whole, got --virtual-batch-size.")]
    [InlineData("--use-averages 1", "--use-averages: expected true, false, got '1'.")]
    [InlineData("--update-averages no", "--update-averages: expected true, false, got 'no'.")]
    [InlineData("--updates later", "--updates: expected immediate, deferred, got 'later'.")]
    [InlineData("--updates defered", "--updates: expected immediate, deferred, got 'defered'. Did you mean deferred?")]
    [InlineData("--training maybe", "--training: expected true, false, got 'maybe'.")]
    [InlineData("--dialect paper --momentum 0.9", "--momentum: expected another dialect, got paper, whose Algorithm 1 keeps no moving statistics.")]
    [InlineData("--dialect paper --training false --on 3", "--on: expected at least two values for m/(m - 1) of Algorithm 2, got one.")]
    [InlineData("--on ''", "--on: expected a number from -1e100 to 1e100, got ''.")]
    [InlineData("--on 1,two", "--on: expected a number from -1e100 to 1e100, got 'two'.")]
    [InlineData("--on 1,NaN", "--on: expected a number from -1e100 to 1e100, got 'NaN'.")]
    [InlineData("--on 1,2;3", "--on: expected rows of one length, got rows of 2 and of 1 in '1,2;3'.")]
    [InlineData("--on 1,2 --upstream 1", "--upstream: expected 2 numbers, one for each element of the output, got 1 in '1'.")]
    [InlineData("--upstream 1", "--upstream: expected --on with it, got none.")]
    [InlineData("--steps 2", "--steps: expected --on with it, got none.")]
    [InlineData("--on 1,2 --steps 0", "--steps: expected a whole number of 1 or more, got '0'.")]
    [InlineData("--json", "--json: expected --on with it, got none.")]
    public async Task A_bad_value_is_answered_in_one_line_that_names_it(string options, string expected)
    {
        using TemporaryFolder folder = new();
        string[] words = [.. options.Split(' ').Select(word => word == "''" ? "" : word)];

        string message = await HostileRefusal.Expect(options, folder, ["explain", "bn", .. words]);

        Assert.StartsWith($"mlp: {expected}", message, StringComparison.Ordinal);
        Assert.Single(message.Split('\n'));
    }

    [Theory]
    [InlineData("explain", "")]
    [InlineData("explain nb", "Did you mean bn?")]
    [InlineData("explain bn --dialct keras", "Did you mean --dialect?")]
    [InlineData("explain bn --momentum", "")]
    [InlineData("explain bn --on 1,2 --on 3,4", "")]
    [InlineData("explan bn", "Did you mean explain?")]
    public async Task A_wrong_word_is_answered_with_the_one_that_was_meant(string line, string meant)
    {
        using TemporaryFolder folder = new();

        Assert.Contains(meant, await HostileRefusal.Expect(line, folder, line.Split(' ')), StringComparison.Ordinal);
    }

    // Whether the layer notices or the command. Squares of larger numbers would overflow.
    [Theory]
    [InlineData("--on 3,3 --epsilon 0")]
    [InlineData("--on 3 --epsilon 0")]
    [InlineData("--on 1e101,2")]
    [InlineData("--on -1e200,1e200 --dialect keras1 --mode 2")]
    public async Task What_would_give_no_number_is_refused(string options)
    {
        using TemporaryFolder folder = new();

        Assert.Contains(": expected ", await HostileRefusal.Expect(options, folder, ["explain", "bn", .. options.Split(' '), "--json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_parser_completes_the_dialects()
    {
        const string Line = "mlp explain bn --dialect las";

        MlpRun run = await MlpRun.Of($"[suggest:{Line.Length}]", Line);

        Assert.Equal("lasagne\n", run.Output);
    }
}
