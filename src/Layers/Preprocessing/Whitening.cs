using System.Globalization;
using System.Text.Json.Nodes;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>In which coordinates <see cref="Whitening"/> leaves its result.</summary>
public enum WhiteningMethod
{
    /// <summary>In the input's own, as near to it as can be: images look like images still. Bell, Sejnowski, 1997.</summary>
    Zca,

    /// <summary>Along the principal components, that of the largest variance first; each points where the first of its largest coordinates is positive.</summary>
    Pca,
}

/// <summary>
/// y = (x - mean)·W, so that over the data that it was fitted to the elements are uncorrelated and of variance λ/(λ + ε) each. With the covariance V·Λ·Vᵀ of the examples laid out
/// flat, PCA has W = V·(Λ + ε)^-½ and ZCA W = V·(Λ + ε)^-½·Vᵀ. Fitted once by <see cref="Adapt"/>, to a data set or a batch (batchnorm.md B1); training changes nothing here, and
/// mean and matrix are saved with the weights. Before that the layer is the identity. Built from <see cref="Op.MatMul"/>. The shape stays.
/// Tested in <c>tests/Layers.Tests/Preprocessing/WhiteningTests.cs</c>.
/// </summary>
public sealed class Whitening : Layer
{
    private Parameter? mean;
    private Parameter? matrix;

    /// <summary>In which coordinates the result is; ZCA unless told otherwise.</summary>
    public WhiteningMethod Method { get; init; }

    /// <summary>What is added to each variance, so that directions without any are not blown up; 1e-6 unless told otherwise, as Keras's generator of images has it.</summary>
    /// <exception cref="ArgumentException">It is not above 0 and finite.</exception>
    public double Epsilon
    {
        get;
        init => field = value is > 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Whitening: expected Epsilon to be a finite number above 0, got {value}."), nameof(value));
    } = 1e-6;

    /// <summary>[n], zeros at first; once built.</summary>
    public Parameter Mean => mean ?? throw Unbuilt();

    /// <summary>[n, n], the identity at first; once built.</summary>
    public Parameter Matrix => matrix ?? throw Unbuilt();

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <summary>Takes mean and matrix from a data set, instead of those that there were. The decomposition takes time of order n³.</summary>
    /// <param name="data">[N, ...input], one example or more, of any type.</param>
    /// <exception cref="ArgumentException">There are no examples, or they are not of the shape that the layer was built for.</exception>
    /// <exception cref="InvalidOperationException">The layer has not been built.</exception>
    public void Adapt(Tensor data)
    {
        double[] values = Fitting.Values(this, data);
        Matrix<double> rows = Matrix<double>.Build.DenseOfRowMajor(data.Shape[0], InputShape!.ElementCount, values);
        Vector<double> means = rows.ColumnSums() / rows.RowCount;
        for (int i = 0; i < rows.RowCount; i++) rows.SetRow(i, rows.Row(i) - means);
        Evd<double> decomposition = (rows.TransposeThisAndMultiply(rows) / rows.RowCount).Evd(Symmetricity.Symmetric);

        // Ascending from MathNet; a variance of 0 may come out a little below.
        int[] order = [.. Enumerable.Range(0, means.Count).Reverse()];
        double[] ways = [.. order.Select(j => Way(decomposition.EigenVectors.Column(j)))];
        Matrix<double> vectors = Matrix<double>.Build.Dense(means.Count, means.Count, (i, j) => ways[j] * decomposition.EigenVectors[i, order[j]]);
        Matrix<double> scaled = Matrix<double>.Build.Dense(means.Count, means.Count, (i, j) => vectors[i, j] / Math.Sqrt(Math.Max(0, decomposition.EigenValues[order[j]].Real) + Epsilon));
        Mean.Value.CopyFrom(means.ToTensor().Cast(DType));
        Matrix.Value.CopyFrom((Method == WhiteningMethod.Pca ? scaled : scaled.TransposeAndMultiply(vectors)).ToTensor().Cast(DType));
    }

    /// <inheritdoc/>
    public override string ToString() => $"Whitening({(Method == WhiteningMethod.Zca ? "" : $"method: {LayerJson.Snake(Method)}")})";

    internal static Whitening FromConfig(LayerConfig config) => new() { Method = config.Choice("method", WhiteningMethod.Zca), Epsilon = config.Number("epsilon", 1e-6) };

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int count = inputShape.ElementCount;
        mean = Add("mean", Tensor.Zeros([count], dtype), ParameterRole.State);
        matrix = Add("matrix", new Identity().Create([count, count], dtype, rng), ParameterRole.State);
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Op.Reshape(Op.MatMul(x.Reshape(x.Shape[0], InputShape!.ElementCount) - Use(Mean, x), Use(Matrix, x)), x.Shape);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["method"] = LayerJson.Snake(Method);
        config["epsilon"] = Epsilon;
    }

    /// <summary>1 or -1: an eigenvector points either way, and is made to point so that the first of its largest coordinates is positive, whatever the decomposition gave.</summary>
    private static double Way(Vector<double> vector) => Math.Sign(vector.First(coordinate => Math.Abs(coordinate) > 0.999 * vector.AbsoluteMaximum()));

    private InvalidOperationException Unbuilt() => new($"{this}: expected a layer that has been built, got one that has not.");
}
