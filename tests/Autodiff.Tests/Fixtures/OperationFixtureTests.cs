using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Every operation against PyTorch, values and gradients in both precisions: see <c>generate.py</c>.</summary>
public class OperationFixtureTests
{
    /// <summary>Operations without a case, and why.</summary>
    private static readonly Dictionary<string, string> WithoutCases = new()
    {
        [nameof(Op.StopGradient)] = "its value is its operand, and its derivative is declared and not computed",
        [nameof(Op.Checkpoint)] = "its value and its gradients are those of the function that it is given",
        [nameof(Op.CustomGradient)] = "its value is that of the function that it is given, and its gradient what it is told",
    };

    public static TheoryData<string, DType> Cases()
    {
        TheoryData<string, DType> data = [];
        foreach (DType dtype in (DType[])[DType.F32, DType.F64])
        {
            foreach (string name in OperationFixture.Of(dtype).Names) data.Add(name, dtype);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_and_gradients_agree(string name, DType dtype)
    {
        OperationFixture fixture = OperationFixture.Of(dtype);
        JsonNode sampled = fixture.Case(name);
        using Tape tape = new();
        Variable[] operands = [.. fixture.TensorsOf(sampled["operands"]!).Select(tape.Watch)];

        Variable y = OperationCalls.Call(sampled, operands);
        Variable[] gradients = tape.Gradient(y, operands, fixture.Tensor(sampled["weights"]!));

        AssertNear(fixture.Tensor(sampled["output"]!), y.Value, "the output");
        Tensor[] expected = fixture.TensorsOf(sampled["gradients"]!);
        for (int i = 0; i < expected.Length; i++) AssertNear(expected[i], gradients[i].Value, $"the gradient of operand {i}");
    }

    [Fact]
    public void Every_operation_has_cases_or_a_reason_to_have_none()
    {
        string[] covered = [.. OperationFixture.Of(DType.F64).Names.Select(OperationFixture.Of(DType.F64).Operation).Distinct()];

        Assert.Equal(Catalogue.Operations.Select(row => row.Name).Order(), covered.Concat(WithoutCases.Keys).Order());
    }

    [Fact]
    public void There_are_as_many_cases_as_were_written()
    {
        Assert.Equal(804, OperationFixture.Of(DType.F64).Names.Count);
        Assert.Equal(OperationFixture.Of(DType.F64).Names, OperationFixture.Of(DType.F32).Names);
    }

    /// <summary>Within what PyTorch's own assert_close allows in F32, and nearer in F64. Where one is NaN or infinite the other is too.</summary>
    private static void AssertNear(Tensor expected, Tensor actual, string what)
    {
        Assert.True(expected.Shape == actual.Shape && expected.DType == actual.DType, $"{what}: expected {expected.DType}{expected.Shape}, got {actual.DType}{actual.Shape}");
        (double relative, double absolute) = expected.DType == DType.F32 ? (1.3e-6, 1e-5) : (1e-12, 1e-12);
        foreach ((double wanted, double given, int i) in expected.ToDoubles().Zip(actual.ToDoubles(), Enumerable.Range(0, expected.Length)))
        {
            bool isNear = double.IsFinite(wanted) ? Math.Abs(wanted - given) <= absolute + (relative * Math.Abs(wanted)) : wanted.Equals(given);
            Assert.True(isNear, $"{what}, element {i}: expected {wanted:R}, got {given:R}");
        }
    }
}
