using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>Every loss's derivative against finite differences, and its derivative's where there is one.</summary>
public class LossGradientTests
{
    private static readonly Tensor Shares = Tensor.From(new[,] { { 0.2, 0.3, 0.5 }, { 0.0, 1, 0 } });
    private static readonly Tensor Bits = Tensor.From(new[,] { { 1.0, 0, 1 }, { 0, 1, 0.25 } });
    private static readonly Tensor Signs = Tensor.From(new[,] { { 1.0, -1, 1 }, { -1, 1, -1 } });
    private static readonly Tensor Counts = Tensor.From(new[,] { { 1.0, 0, 3 }, { 2, 1, 4 } });
    private static readonly Tensor Far = Tensor.From(new[,] { { 3.0, -4, 5 }, { -3.5, 0.1, 2.5 } });

    // What each is shown: numbers from a domain, through a softmax or sigmoid where the name says so. In the last column, whether the second derivative is not 0 throughout.
    private static readonly Dictionary<string, (Loss Loss, Tensor Targets, Domain Domain, Func<Variable, Variable> Through, bool Curves)> Cases = new()
    {
        ["categorical crossentropy"] = (new CategoricalCrossentropy { LabelSmoothing = 0.1 }, Shares, Domain.Positive, x => x * 0.4, true),
        ["categorical crossentropy, softmax"] = (new CategoricalCrossentropy(), Shares, Domain.NoTies, x => Op.Softmax(x), true),
        ["categorical crossentropy, logits"] = (new CategoricalCrossentropy { FromLogits = true }, Shares, Domain.NoTies, x => x, true),
        ["sparse categorical crossentropy"] = (new SparseCategoricalCrossentropy { LabelSmoothing = 0.2 }, Tensor.From([2, 0]), Domain.NoTies, x => Op.Softmax(x), true),
        ["binary crossentropy"] = (new BinaryCrossentropy { LabelSmoothing = 0.1 }, Bits, Domain.Positive, x => x * 0.4, true),
        ["binary crossentropy, sigmoid"] = (new BinaryCrossentropy(), Bits, Domain.Any, Op.Sigmoid, true),
        ["binary crossentropy, logits"] = (new BinaryCrossentropy { FromLogits = true }, Bits, Domain.Any, x => x, true),
        ["binary focal crossentropy"] = (new BinaryFocalCrossentropy { ApplyClassBalancing = true }, Bits, Domain.Positive, x => x * 0.4, true),
        ["binary focal crossentropy, sigmoid"] = (new BinaryFocalCrossentropy { Gamma = 1.5 }, Bits, Domain.Any, Op.Sigmoid, true),
        ["categorical focal crossentropy"] = (new CategoricalFocalCrossentropy(), Shares, Domain.Positive, x => x * 0.4, true),
        ["categorical focal crossentropy, softmax"] = (new CategoricalFocalCrossentropy { Gamma = 2.5 }, Shares, Domain.NoTies, x => Op.Softmax(x), true),
        ["mean squared error"] = (new MeanSquaredError(), Far, Domain.Any, x => x, true),
        ["mean absolute error"] = (new MeanAbsoluteError(), Tensor.Zeros([2, 3], DType.F64), Domain.AwayFromZero, x => x, false),
        ["mean absolute percentage error"] = (new MeanAbsolutePercentageError(), Far, Domain.Positive, x => x + 6, false),
        ["mean squared logarithmic error"] = (new MeanSquaredLogarithmicError(), Counts, Domain.Positive, x => x, true),
        ["huber, inside"] = (new Huber { Delta = 3 }, Tensor.Zeros([2, 3], DType.F64), Domain.Any, x => x, true),
        ["huber, outside"] = (new Huber { Delta = 0.25 }, Tensor.Zeros([2, 3], DType.F64), Domain.AwayFromZero, x => x, false),
        ["log cosh"] = (new LogCosh(), Far, Domain.Any, x => x, true),
        ["hinge"] = (new Hinge(), Signs, Domain.AwayFromZero, x => (x * 0.4) + 1.5, false),
        ["squared hinge"] = (new SquaredHinge(), Signs, Domain.AwayFromZero, x => x * 0.4, true),
        ["categorical hinge"] = (new CategoricalHinge(), Tensor.From(new[,] { { 1.0, 0, 0 }, { 0, 1, 0 } }), Domain.NoTies, x => x, false),
        ["kl divergence"] = (new KLDivergence(), Shares, Domain.Positive, x => x * 0.4, true),
        ["kl divergence, softmax"] = (new KLDivergence(), Shares, Domain.NoTies, x => Op.Softmax(x), true),
        ["poisson"] = (new Poisson(), Counts, Domain.Positive, x => x, true),
        ["cosine similarity"] = (new CosineSimilarity(), Far, Domain.AwayFromZero, x => x, true),
    };

    public static TheoryData<string, int> Checks()
    {
        TheoryData<string, int> data = [];
        foreach (string name in Cases.Keys)
        {
            data.Add(name, 1);
            data.Add(name, 2);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void Derivatives_agree_with_finite_differences(string name, int order)
    {
        (Loss loss, Tensor targets, Domain domain, Func<Variable, Variable> through, _) = Cases[name];
        Tensor weights = Tensor.From([0.5, 2.0]);
        Tensor x = Catalogue.Sample([2, 3], domain, new Rng(3));

        // A softmax takes its largest element out as a constant, which finite differences must hold.
        GradientCheck.Run(xs => loss.PerExample(targets, through(xs[0])), [x], order, holdStopped: true).ThrowIfFailed();
        GradientCheck.Run(xs => loss.Compute(targets, through(xs[0]), weights), [x], order, holdStopped: true).ThrowIfFailed();
        GradientCheck.Run(xs => loss.Compute(targets, through(xs[0])), [x], order, holdStopped: true).ThrowIfFailed();
    }

    [Fact]
    public void Losses_that_curve_have_a_second_derivative_and_the_others_none()
    {
        foreach ((string name, (Loss loss, Tensor targets, Domain domain, Func<Variable, Variable> through, bool curves)) in Cases)
        {
            using Tape tape = new();
            Variable x = tape.Watch(Catalogue.Sample([2, 3], domain, new Rng(3)));
            Variable slope = tape.Gradient(loss.Compute(targets, through(x)), x, record: true);

            double largest = tape.Gradient(Op.Sum(Op.Square(slope)), x).Value.ToDoubles().Max(Math.Abs);
            Assert.True(curves == largest > 1e-9, $"{name}: {largest}");
        }
    }

    [Fact]
    public void Every_loss_is_checked()
    {
        IEnumerable<string> all = typeof(Loss).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Loss)) && !type.IsAbstract).Select(type => type.Name).Order(StringComparer.Ordinal);

        Assert.Equal(all, Cases.Values.Select(loss => loss.Loss.GetType().Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(all, typeof(Losses).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.All(typeof(Losses).GetProperties(), property => Assert.Equal(property.Name, Loss.From((LossFunction)property.GetValue(null)!).GetType().Name));
    }
}
