using System.Reflection;

namespace Tapestry.Autodiff.Tests;

public class CatalogueTests
{
    public static TheoryData<string, int> RowsAndOrders()
    {
        TheoryData<string, int> data = [];
        foreach (CatalogueRow row in Catalogue.Operations)
        {
            data.Add(row.Name, 1);
            data.Add(row.Name, 2);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RowsAndOrders))]
    public void Every_operation_passes_the_gradient_check(string name, int order)
    {
        CatalogueRow row = Catalogue.Operations.Single(row => row.Name == name);

        GradientReport report = row.Check(order);

        Assert.True(report.Passed, report.ToString());
    }

    [Fact]
    public void Every_operation_has_a_row_and_every_row_an_operation()
    {
        string[] operations =
        [
            .. typeof(Op).GetMethods(BindingFlags.Public | BindingFlags.Static)
                .Where(method => method.ReturnType.IsAssignableTo(typeof(Variable)) || method.ReturnType.IsAssignableTo(typeof(IEnumerable<Variable>)))
                .Where(method => method.Name != nameof(Op.Apply))
                .Select(method => method.Name).Distinct().Order(),
        ];

        string[] rows = [.. Catalogue.Operations.Select(row => row.Name).Order()];

        Assert.Equal(operations, rows);
    }
}
