using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class RegularizerTests
{
    public static TheoryData<string> Names => ["l1", "l2", "l1l2", "rows", "columns"];

    // 1 + 2 + 3 = 6; 1 + 4 + 9 = 14.
    [Fact]
    public void Sums_are_of_absolute_values_and_squares()
    {
        Tensor w = Tensor.From([1.0, -2, 3]);

        Assert.Equal(0.6, new L1(0.1).Penalty(w).Value.ToScalar(), 1e-15);
        Assert.Equal(2.8, new L2(0.2).Penalty(w).Value.ToScalar(), 1e-15);
        Assert.Equal(3.4, new L1L2(0.1, 0.2).Penalty(w).Value.ToScalar(), 1e-15);
        Assert.Equal((0.01, 0.01), (new L1().Factor, new L2().Factor));
    }

    // Rows [3, 4] and [4, 3] are 5 long, their product is 24: |cos| = 0.96. A third row [0, 2] makes with them 0.8 and 0.6: the mean of three is 2.36/3.
    [Fact]
    public void Rows_at_right_angles_cost_nothing_and_others_their_mean_cosine()
    {
        OrthogonalRegularizer regularizer = new(0.5);

        Assert.Equal(0.48, regularizer.Penalty(Tensor.From(new double[,] { { 3, 4 }, { 4, 3 } })).Value.ToScalar(), 1e-15);
        Assert.Equal(0.5 * 2.36 / 3, regularizer.Penalty(Tensor.From(new double[,] { { 3, 4 }, { 4, 3 }, { 0, -2 } })).Value.ToScalar(), 1e-15);
        Assert.Equal(0, regularizer.Penalty(Tensor.From(new double[,] { { 3, 0 }, { 0, -5 } })).Value.ToScalar());
        Assert.Equal(0, regularizer.Penalty(Tensor.From(new double[,] { { 3, 4 } })).Value.ToScalar());
    }

    // Columns [1, 0] and [1, 1]: 1/√2.
    [Fact]
    public void Columns_are_compared_instead_where_the_mode_says_so() => Assert.Equal(
        0.5 / Math.Sqrt(2), new OrthogonalRegularizer(0.5, OrthogonalMode.Columns).Penalty(Tensor.From(new double[,] { { 1, 1 }, { 0, 1 } })).Value.ToScalar(), 1e-15);

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        Regularizer regularizer = name switch
        {
            "l1" => new L1(0.3),
            "l2" => new L2(0.3),
            "l1l2" => new L1L2(0.2, 0.3),
            "rows" => new OrthogonalRegularizer(0.5),
            _ => new OrthogonalRegularizer(0.5, OrthogonalMode.Columns),
        };

        for (int order = 1; order <= 2; order++)
        {
            GradientReport report = GradientCheck.Run(x => regularizer.Penalty(x[0]), [Catalogue.Sample([3, 2], Domain.AwayFromZero, new Rng(4))], order);
            Assert.True(report.Passed, report.ToString());
        }
    }

    [Fact]
    public void A_bad_argument_is_refused()
    {
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => new L1(-1)).Message,
            Assert.Throws<ArgumentException>(() => new L2(double.NaN)).Message,
            Assert.Throws<ArgumentException>(() => new OrthogonalRegularizer(-1)).Message,
            Assert.Throws<ArgumentException>(() => new OrthogonalRegularizer().Penalty(Tensor.Zeros([3]))).Message,
        ];

        Assert.All(messages, message => Assert.Matches("^[A-Za-z0-9]+: expected .*, got ", message));
    }

    // Two examples: 0.1·(1 + 2 + 3 + 4)/2 + 0.2·(1 + 4 + 9 + 16)/2 = 0.5 + 3. The kernel of ones adds 2·1.
    [Fact]
    public void What_a_layer_gives_is_penalized_by_the_example_and_beside_its_weights()
    {
        Sequential model = new([2], dtype: DType.F64)
        {
            new ActivityRegularization(0.1, 0.2),
            new Sequential { new Dense(1) { KernelInitializer = Initializers.Ones, KernelRegularizer = new L1(1) } },
        };
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, -2 }, { 3, 4 } }));

        Variable y = model.Forward(x, Mode.Train);

        Assert.Equal(5.5, model.Penalty(y)!.Value.ToScalar(), 1e-14);
        // d/dx: (0.1·sign x + 0.4·x)/2.
        Expect.Near([0.25, -0.45, 0.65, 0.85], tape.Gradient(model.Penalty(y)!, x).Value, 1e-15);
    }

    // A layer that is called twice adds both; another tape, or none, knows nothing of it. Of a Sequential's own output: (9 + 16)/1.
    [Fact]
    public void Terms_belong_to_the_tape_that_they_were_computed_on()
    {
        Sequential model = new([2], dtype: DType.F64) { new Flatten() };
        Sequential outer = new([2], dtype: DType.F64) { ActivityRegularizer = new L2(1) };
        outer.Add(model);
        Tensor x = Tensor.From(new double[,] { { 3, 4 } });
        using Tape tape = new(), other = new(record: false);

        outer.Forward(tape.Constant(x), Mode.Inference);
        Variable y = outer.Forward(tape.Constant(x), Mode.Inference);

        Assert.Equal(50, outer.Penalty(y)!.Value.ToScalar());
        Assert.Null(outer.Penalty(other.Constant(x)));
        Assert.Null(outer.Penalty(x));
        Assert.Null(model.Penalty(y));
        Assert.Equal(25, outer.Penalty(outer.Forward(other.Constant(x), Mode.Inference))!.Value.ToScalar());
    }

    [Fact]
    public void A_term_of_another_tape_or_of_more_numbers_is_refused()
    {
        using Tape tape = new();

        Assert.StartsWith("Tape.AddLoss: expected ", Assert.Throws<ArgumentException>(() => tape.AddLoss(this, Tensor.Scalar(1))).Message, StringComparison.Ordinal);
        Assert.StartsWith("Tape.AddLoss: expected ", Assert.Throws<ArgumentException>(() => tape.AddLoss(this, tape.Constant(Tensor.Zeros([2])))).Message, StringComparison.Ordinal);
    }
}
