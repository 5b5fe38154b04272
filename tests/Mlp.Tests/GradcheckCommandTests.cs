using Tapestry.Autodiff;
using Tapestry.Layers;

namespace Tapestry.Mlp.Tests;

public class GradcheckCommandTests
{
    [Fact]
    public async Task Every_operation_and_layer_has_a_row_for_each_order_and_passes()
    {
        MlpRun run = await MlpRun.Of("gradcheck", "--json");

        IEnumerable<string> names = Catalogue.Operations.Select(row => row.Name).Concat(LayerCatalogue.Layers.Select(row => row.ClassName));
        Assert.Equal(names.SelectMany(name => new[] { (name, 1), (name, 2) }), run.Objects.Select(row => (row["name"]!.GetValue<string>(), row["order"]!.GetValue<int>())));
        Assert.All(run.Objects, row =>
        {
            Assert.Equal(["name", "kind", "order", "worst_error", "passed"], row.Select(pair => pair.Key));
            Assert.True(row["passed"]!.GetValue<bool>(), row.ToJsonString());
            Assert.InRange(row["worst_error"]!.GetValue<double>(), 0, 1e-6);
        });
        Assert.Equal(0, run.Status);
    }

    [Theory]
    [InlineData("Exp", "Exp")]
    [InlineData("batch-normalization", "BatchNormalization")]
    [InlineData("log_sum_exp", "LogSumExp")]
    public async Task A_name_checks_that_row_alone_whatever_its_case_and_separators(string given, string expected)
    {
        MlpRun run = await MlpRun.Of("gradcheck", given, "--json");

        Assert.All(run.Objects, row => Assert.Equal(expected, row["name"]!.GetValue<string>()));
        Assert.Equal(2, run.Objects.Count);
    }

    [Fact]
    public async Task An_unknown_name_is_refused_with_the_names_there_are()
    {
        MlpRun run = await MlpRun.Of("gradcheck", "Expo");

        Assert.Equal(2, run.Status);
        Assert.StartsWith("mlp: gradcheck: expected one of Add, Subtract,", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("got 'Expo'. Did you mean Exp?\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_text_it_is_a_table_and_a_verdict()
    {
        MlpRun run = await MlpRun.Of("gradcheck", "Exp");

        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches("^name +kind +order +worst error +verdict$", lines[0]);
        Assert.Matches(@"^Exp +operation +1 +\d\.\de[-+]\d\d +passed$", lines[1]);
        Assert.Equal("all 2 checks passed", lines[3]);
    }

    [Fact]
    public async Task A_name_of_an_operation_and_a_layer_checks_both()
    {
        MlpRun run = await MlpRun.Of("gradcheck", "Add", "--json");

        Assert.Equal(["operation", "operation", "layer", "layer"], run.Objects.Select(line => line["kind"]!.GetValue<string>()));
    }
}
