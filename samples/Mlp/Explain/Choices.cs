using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Explain;

/// <summary>What the command line asks for: a layer, a kind of pass, and what to run it on.</summary>
internal sealed record Choices
{
    private const string LayerName = "bn";
    private const int ExampleBatch = 32;

    public required string Dialect { get; init; }

    /// <summary>The layer, not yet built.</summary>
    public required BatchNormalization Layer { get; init; }

    public required bool Training { get; init; }

    /// <summary>What the pass is for.</summary>
    public required Mode Mode { get; init; }

    /// <summary>Whether the use or the update of averages was asked for apart from training.</summary>
    public bool SetsAverages { get; init; }

    public (double Scale, double Bias)? Adjustment { get; init; }

    /// <summary>Whether deferred updates stay queued: where they were asked for by name.</summary>
    public bool KeepsQueue { get; init; }

    public int Steps { get; init; } = 1;

    /// <summary>The input; null where the layer is only explained.</summary>
    public double[][]? Rows { get; init; }

    public double[]? Upstream { get; init; }

    public bool IsPaper => Dialect == Dialects.Paper;

    /// <summary>Whether statistics of the batch, or of a sample, normalize in this pass.</summary>
    public bool ByBatch => Layer.By != NormalizeBy.Mode || Mode.UseBatchStatistics;

    /// <summary>Whether renormalization has a part in this pass.</summary>
    public bool Renormalizes => Layer.Renorm is not null && Training && ByBatch;

    /// <summary>Whether the adjustment has a part in this pass.</summary>
    public bool Adjusts => Adjustment is not null && Training && ByBatch;

    /// <summary>Whether the batch falls into groups in this pass.</summary>
    public bool Groups => Layer.VirtualBatches is not null && Training && (ByBatch || Updates);

    /// <summary>Whether moving statistics are updated in this pass.</summary>
    public bool Updates => Layer.By == NormalizeBy.Mode && Mode.UpdateStatistics;

    /// <summary>A parameter's name without the layer's. The paper has no moving statistics; in its inference the layer holds the population's there.</summary>
    public string Local(Tapestry.Autodiff.Parameter parameter)
    {
        string local = parameter.Name[(LayerName.Length + 1)..];
        return IsPaper ? local.Replace("moving_", "population_", StringComparison.Ordinal) : local;
    }

    /// <summary>Reads the options that were given, by name.</summary>
    /// <exception cref="UsageException">A value cannot be, or two do not fit each other.</exception>
    public static Choices Read(IReadOnlyDictionary<string, string> given)
    {
        // An option's value as its reader takes it, or else another.
        T Get<T>(string option, Func<string, string, T> read, T otherwise) => given.TryGetValue(option, out string? text) ? read(option, text) : otherwise;

        string name = Get("--dialect", (option, text) => Values.OneOf(option, text, Dialects.Names), "keras");
        int mode = Get("--mode", (option, text) => Values.OneOf(option, text, "0", "1", "2")[0] - '0', 0);
        RefuseMisfits(given, name, mode);
        bool training = Get("--training", Values.Boolean, true);
        (double Scale, double Bias)? adjustment = Get<(double, double)?>("--adjustment", (option, text) => Values.Adjustment(option, text), null);
        int virtualBatch = Get("--virtual-batch-size", (option, text) => Values.Whole(option, text, 1), 0);
        Grouping grouping = Get("--grouping", (option, text) => Values.OneOf(option, text, "strided", "contiguous"), "strided") == "strided" ? Grouping.Strided : Grouping.Contiguous;
        double[][]? rows = Get<double[][]?>("--on", Values.Rows, null);
        Axes? reduce = Get<Axes?>("--axes", Values.AxisList, null);
        BatchNormalizationDialect dialect = Dialects.Of(name);
        BatchNormalization layer = new(dialect)
        {
            Name = LayerName,
            By = mode switch { 1 => NormalizeBy.Sample, 2 => NormalizeBy.Batch, _ => NormalizeBy.Mode },
            Momentum = Get("--momentum", (option, text) => Numbers.RealOf(text, option, "a number from 0 to 1", value => value is >= 0 and <= 1), dialect.Momentum),
            Epsilon = Get("--epsilon", (option, text) => Numbers.RealOf(text, option, "a finite number of 0 or more", value => value is >= 0 and < double.PositiveInfinity), dialect.Epsilon),
            Center = Get("--center", Values.Boolean, true),
            Scale = Get("--scale", Values.Boolean, dialect.Scale),
            Axis = Get("--axis", Values.AxisList, dialect.Axis),
            Reduce = reduce,
            BatchSize = reduce is not null && KeepsBatch(reduce, rows is null ? ExampleRank(reduce) : 2) ? rows?.Length ?? ExampleBatch : null,
            Renorm = Get<Renorm?>("--renorm", Values.RenormBounds, null),
            VirtualBatches = virtualBatch == 0 ? null : new VirtualBatches(virtualBatch, grouping),
            Adjustment = adjustment is { } noise ? _ => (Tensor.Scalar(noise.Scale, DType.F64), Tensor.Scalar(noise.Bias, DType.F64)) : null,
            Updates = Get("--updates", (option, text) => Values.OneOf(option, text, "immediate", "deferred") == "deferred" ? UpdateTiming.Deferred : UpdateTiming.Immediate, dialect.Updates),
        };
        return new Choices
        {
            Dialect = name,
            Layer = layer,
            Training = training,
            Mode = (training ? Mode.Train : Mode.Inference) with
            {
                UseBatchStatistics = !Get("--use-averages", Values.Boolean, !training),
                UpdateStatistics = name != Dialects.Paper && Get("--update-averages", Values.Boolean, training),
            },
            SetsAverages = given.ContainsKey("--use-averages") || given.ContainsKey("--update-averages"),
            Adjustment = adjustment,
            KeepsQueue = given.ContainsKey("--updates"),
            Rows = rows,
            Upstream = rows is null ? null : Get("--upstream", (option, text) => Values.Upstream(option, text, rows.Length * rows[0].Length), [.. Enumerable.Repeat(1.0, rows.Length * rows[0].Length)]),
            Steps = Get("--steps", (option, text) => Values.Whole(option, text, 1), 1),
        };
    }

    /// <summary>The rank of the example that axes are explained on: the smallest that they fit.</summary>
    public static int ExampleRank(Axes axes) => axes.Select(axis => axis < 0 ? -axis : axis + 1).Append(2).Max();

    /// <summary>Whether averaging over these axes leaves each example statistics of its own, for which the batch must have a fixed size (batchnorm.md C5).</summary>
    private static bool KeepsBatch(Axes reduce, int rank) => !reduce.Contains(0) && !reduce.Contains(-rank);

    /// <summary>Refuses options that would have no meaning beside the others.</summary>
    private static void RefuseMisfits(IReadOnlyDictionary<string, string> given, string dialect, int mode)
    {
        void Refuse(bool isMisfit, string why, params ReadOnlySpan<string> options)
        {
            foreach (string option in isMisfit ? options : [])
            {
                if (given.ContainsKey(option)) throw new UsageException($"{option}: {why}");
            }
        }

        Refuse(dialect != Dialects.Keras1, $"expected --dialect keras1, whose modes these are, got {dialect}.", "--mode");
        Refuse(given.ContainsKey("--axis"), "expected either this, the axes averaged over, or --axis, the axes kept, got both.", "--axes");
        Refuse(!given.ContainsKey("--virtual-batch-size"), "expected --virtual-batch-size with it, got none.", "--grouping");
        Refuse(given.ContainsKey("--virtual-batch-size"), "expected a batch that is normalized whole, got --virtual-batch-size.", "--adjustment");
        Refuse(!given.ContainsKey("--on"), "expected --on with it, got none. There is nothing to run on.", "--upstream", "--steps");
        Refuse(dialect == Dialects.Paper, "expected another dialect, got paper, whose Algorithm 1 keeps no moving statistics.", "--momentum", "--renorm", "--use-averages", "--update-averages", "--updates");
        Refuse(dialect == "lasagne", "expected a dialect that stores the variance, got lasagne, which stores its inverse root.", "--renorm");
        Refuse(mode == 1, "expected mode 0 or 2, got 1, which takes each sample by itself.", "--virtual-batch-size", "--adjustment");
        Refuse(mode != 0, $"expected mode 0, got {mode}, which never uses moving statistics.", "--renorm", "--use-averages", "--update-averages");
    }
}
