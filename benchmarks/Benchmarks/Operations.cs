using BenchmarkDotNet.Attributes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Benchmarks;

/// <summary>
/// Each operation of the <see cref="Catalogue"/>, in F32, as its row's first case calls it: with operands drawn from its domain, whose axes of 2, 3 and 4 have grown to
/// 512, 300 and 100. So an elementwise operation runs over [512, 300], and a new row is measured from the day it stands there.
/// </summary>
[MemoryDiagnoser]
public class Operations
{
    private static readonly Tensor Backwards = Tensor.From([.. Enumerable.Range(0, 512).Reverse()]);
    private static readonly Tensor Uniform = Tensor.Full([512, 300], 1.0 / 300);

    /// <summary>Cases whose call itself names a shape, or a number in F64.</summary>
    private static readonly Dictionary<string, CatalogueCase> Grown = new()
    {
        [nameof(Op.Where)] = new("", x => Op.Where(Op.Greater(x[0], Tensor.Scalar(0)), x[0], x[1]), [512, 300], [512, 300]),
        [nameof(Op.Reshape)] = new("", x => Op.Reshape(x[0], [300, 512]), [512, 300]),
        [nameof(Op.BroadcastTo)] = new("", x => Op.BroadcastTo(x[0], [512, 300]), [300]),
        [nameof(Op.SumTo)] = new("", x => Op.SumTo(x[0], [300]), [512, 300]),
        [nameof(Op.Gather)] = new("", x => Op.Gather(x[0], Backwards, 0), [512, 300]),
        [nameof(Op.ScatterAdd)] = new("", x => Op.ScatterAdd(x[0], Backwards, [512, 300], 0), [512, 300]),
        [nameof(Op.SoftmaxCrossEntropy)] = new("", x => Op.SoftmaxCrossEntropy(x[0], Uniform), [512, 300]),
    };

    private CatalogueCase measured = null!;
    private Tensor[] inputs = [];
    private Tensor upstream = null!;

    /// <summary>The operation.</summary>
    [ParamsSource(nameof(Names))]
    public string Operation { get; set; } = "";

    /// <summary>What <see cref="Operation"/> runs through.</summary>
    public static IEnumerable<string> Names => Catalogue.Operations.Select(row => row.Name);

    /// <summary>Draws the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        CatalogueRow row = Catalogue.Operations.Single(row => row.Name == Operation);
        measured = Grown.GetValueOrDefault(Operation) ?? row.Cases[0] with { Shapes = [.. row.Cases[0].Shapes.Select(Grow)] };
        inputs = [.. row.Sample(measured).Select(input => input.Cast(DType.F32))];
        using Tape tape = new(record: false);
        upstream = Tensor.Ones(measured.Function([.. inputs.Select(tape.Constant)]).Shape);
    }

    /// <summary>Its value, with no tape to be recorded on.</summary>
    [Benchmark]
    public void Forward()
    {
        using Tape tape = new(record: false);
        measured.Function([.. inputs.Select(tape.Constant)]);
    }

    /// <summary>Its value, recorded, and the gradient with respect to every operand.</summary>
    [Benchmark]
    public void ForwardAndBackward()
    {
        using Tape tape = new();
        Variable[] operands = [.. inputs.Select(tape.Watch)];
        tape.Gradient(measured.Function(operands), operands, tape.Constant(upstream));
    }

    private static Shape Grow(Shape shape) => Shape.Of([.. shape.Select(size => size switch { 2 => 512, 3 => 300, 4 => 100, _ => size })]);
}
