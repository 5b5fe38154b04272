using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>
/// The reverse pass through a dense layer and the normalization of data before it, in one go: equal to that of what both are composed of, and taken only where nobody else
/// wants the adjoint in between.
/// </summary>
public class ReverseThroughTests
{
    public static TheoryData<int, int, int, bool, DType, double> Sizes
    {
        get
        {
            TheoryData<int, int, int, bool, DType, double> sizes = [];
            foreach ((int rows, int inner, int outer) in ((int, int, int)[])[(2, 1, 1), (5, 3, 4), (7, 17, 7), (33, 40, 8), (40, 5, 33), (64, 130, 75), (3, 2, 16), (9, 20, 31)])
            {
                sizes.Add(rows, inner, outer, true, DType.F64, 1e-12);
                sizes.Add(rows, inner, outer, false, DType.F64, 1e-12);
                sizes.Add(rows, inner, outer, true, DType.F32, 2e-6);
            }

            return sizes;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void It_gives_what_the_definitions_give(int rows, int inner, int outer, bool hasBias, DType dtype, double tolerance)
    {
        Rng rng = new((ulong)(rows + outer));
        Tensor Draw(params int[] sizes) => Catalogue.Sample(Shape.Of(sizes), Domain.NoTies, rng).Cast(dtype).Clone();
        Tensor data = Draw(rows, inner), upstream = Draw(rows, outer);
        Tensor[] parameters = [Draw(inner), Draw(inner), Draw(inner, outer), .. hasBias ? [Draw(outer)] : (Tensor[])[]];
        foreach (FusedActivation activation in (FusedActivation[])[FusedActivation.Linear, FusedActivation.Elu, FusedActivation.Relu])
        {
            Tensor[] Gradients(bool composed)
            {
                using Tape tape = new();
                Variable[] xs = [.. parameters.Select(tape.Watch)];
                Variable y = Op.Normalize(tape.Constant(data), xs[0], xs[1], Axes.Of(0), 1e-3);
                if (composed) y = ((FusedRule)tape.Entries[^1].Rule).Composed([tape.Constant(data), xs[0], xs[1]]);
                Variable z = Op.Dense(y, xs[2], hasBias ? xs[3] : null, activation);
                if (composed) z = ((FusedRule)tape.Entries[^1].Rule).Composed([y, .. xs[2..]]);
                return [.. tape.Gradient(z, xs, tape.Constant(upstream)).Select(gradient => gradient.Detach())];
            }

            Tensor[] expected = Gradients(composed: true), actual = Gradients(composed: false);

            for (int i = 0; i < expected.Length; i++) Expect.Close(expected[i], actual[i], tolerance, $"{activation}, gradient {i}");
        }
    }

    // The data 0 and 2 become x̂ = -1 and 1 over a root. With z̄ = 1e30 for both, Σ x̂·z̄ is 0 but for rounding, and γ̄ = W·Σ x̂·z̄ a number; but z̄·Wᵀ with W = 1e10 is beyond
    // F32, and γ̄ from it none. So γ̄ tells which way was gone.
    [Fact]
    public void It_is_taken_where_the_dense_layer_alone_reads_the_normalization()
    {
        Problem problem = new();

        Assert.True(double.IsFinite(OfGamma(problem)));
        Assert.True(double.IsFinite(problem.Tape.Gradient(problem.Z, [problem.Gamma, problem.Beta, problem.Kernel], problem.Upstream)[0].Value.ToScalar()));
    }

    [Fact]
    public void It_is_not_taken_where_somebody_else_wants_the_adjoint_in_between()
    {
        Problem asked = new(), read = new(), watched = new(isWatched: true), frozen = new(), recorded = new();
        Variable other = read.Z + (read.Y * read.Y);

        Variable[] between = asked.Tape.Gradient(asked.Z, [asked.Gamma, asked.Kernel, asked.Y], asked.Upstream);
        Assert.Equal([double.NaN, double.PositiveInfinity, double.PositiveInfinity], [between[0].Value.ToScalar(), .. between[2].Value.ToDoubles()]);
        Assert.Equal(double.NaN, OfGamma(read, other));
        Assert.Equal(double.NaN, watched.Tape.Gradient(watched.Z, [watched.Gamma, watched.Kernel, watched.X], watched.Upstream)[0].Value.ToScalar());
        Assert.Equal(double.NaN, recorded.Tape.Gradient(recorded.Z, [recorded.Gamma, recorded.Kernel], recorded.Upstream, record: true)[0].Value.ToScalar());

        // Where the kernel wants nothing, there is no product to be had along with its gradient.
        Variable z = Op.Dense(frozen.Y, frozen.Tape.Constant(frozen.Kernel.Value));
        Assert.Equal(double.NaN, frozen.Tape.Gradient(z, frozen.Gamma, frozen.Upstream).Value.ToScalar());
    }

    [Fact]
    public void An_anomaly_in_between_is_found()
    {
        Problem problem = new(detectAnomaly: true);

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => OfGamma(problem));

        Assert.Equal(AnomalyPhase.Backward, anomaly.Phase);
    }

    // One scale and shift for two normalizations, each behind a dense layer of its own: adjoints of both ways add up.
    [Fact]
    public void Parameters_that_are_shared_gain_from_each_way()
    {
        Rng rng = new(4);
        Tensor Draw(params int[] sizes) => Catalogue.Sample(Shape.Of(sizes), Domain.NoTies, rng).Clone();
        Tensor first = Draw(6, 3), second = Draw(6, 3), gamma = Draw(3), beta = Draw(3), kernel = Draw(3, 2);

        Tensor[] Gradients(bool isWatched, params Tensor[] data)
        {
            using Tape tape = new();
            Variable[] xs = [tape.Watch(gamma), tape.Watch(beta), tape.Watch(kernel)];
            Variable sum = data.Select(each => Op.Sum(Op.Dense(Op.Normalize(isWatched ? tape.Watch(each) : tape.Constant(each), xs[0], xs[1], Axes.Of(0), 0.1), xs[2], activation: FusedActivation.Elu)))
                .Aggregate((a, b) => a + b);
            return [.. tape.Gradient(sum, xs).Select(gradient => gradient.Detach())];
        }

        Tensor[] both = Gradients(isWatched: false, first, second), one = Gradients(isWatched: false, first), other = Gradients(isWatched: false, second);

        for (int i = 0; i < both.Length; i++) Expect.Close(one[i] + other[i], both[i], 1e-12, $"gradient {i}");
    }

    private static double OfGamma(Problem problem, Variable? of = null) => problem.Tape.Gradient(of ?? problem.Z, [problem.Gamma, problem.Kernel], problem.Upstream)[0].Value.ToScalar();

    private sealed class Problem
    {
        public Problem(bool isWatched = false, bool detectAnomaly = false)
        {
            Tape = new Tape { DetectAnomaly = detectAnomaly };
            Tensor data = Tensor.From<float>([0, 2]).Reshape(2, 1);
            X = isWatched ? Tape.Watch(data) : Tape.Constant(data);
            (Gamma, Beta) = (Tape.Watch(Tensor.Ones([1])), Tape.Watch(Tensor.Zeros([1])));
            Kernel = Tape.Watch(Tensor.From<float>([1e10f]).Reshape(1, 1));
            Y = Op.Normalize(X, Gamma, Beta, Axes.Of(0), 1e-3);
            Z = Op.Dense(Y, Kernel);
            Upstream = Tape.Constant(Tensor.From<float>([1e30f, 1e30f]).Reshape(2, 1));
        }

        public Tape Tape { get; }

        public Variable X { get; }

        public Variable Gamma { get; }

        public Variable Beta { get; }

        public Variable Kernel { get; }

        public Variable Y { get; }

        public Variable Z { get; }

        public Variable Upstream { get; }
    }
}
