using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A function with parameters. A layer is built once, for one shape of input without its batch axis; then <see cref="Forward(Variable, Mode)"/> maps [N, ...input] to [N, ...output].
/// A layer of one's own implements <see cref="Build(Shape, DType, Rng)"/>, <see cref="Call(Variable, Mode)"/>, <see cref="OutputShape(Shape)"/> and <see cref="WriteConfig"/>.
/// </summary>
public abstract partial class Layer
{
    private readonly List<Parameter> parameters = [];
    private string? name;
    private bool trainable = true;
    private bool? training;
    private Regularizer? activityRegularizer;
    private IReadOnlyList<string> variableTags = [];
    private IReadOnlyList<string> outputTags = [];

    /// <summary>
    /// The name that summaries and parameters carry. Where none is given, the model counts: <c>dense</c>, <c>dense_1</c>.
    /// </summary>
    public string Name
    {
        get => name ?? Stem;
        init => name = value;
    }

    /// <summary>The class's name in summaries and JSON, as Keras spells it where that is not .NET's way: <c>PReLU</c>.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>
    /// Whether the layer's weights are trained; true unless told otherwise. Its statistics never are, and batch normalization that is not trainable also runs in
    /// inference mode (batchnorm.md E15).
    /// </summary>
    public bool Trainable
    {
        get => trainable;
        set
        {
            trainable = value;
            SetTrainable(value);
        }
    }

    /// <summary>Whether the layer behaves as in training; null, the default, lets the <see cref="Mode"/> say. Keras's <c>training</c> argument.</summary>
    public bool? Training
    {
        get => training;
        init => training = value;
    }

    /// <summary>
    /// What the layer's output adds to the loss, divided by the number of examples in the batch, as tf.keras 2 has it (Keras 3 does not divide); nothing unless told otherwise.
    /// It counts in training and in evaluation, where the layer is called on a tape. See <see cref="Penalty"/>.
    /// </summary>
    public Regularizer? ActivityRegularizer
    {
        get => activityRegularizer;
        init => activityRegularizer = value;
    }

    /// <summary>Groups of one's own that the layer's parameters belong to: contrib's <c>variables_collections</c> (batchnorm.md B18). See <see cref="Tagged"/>.</summary>
    public IReadOnlyList<string> VariableTags
    {
        get => variableTags;
        init => Tag(value);
    }

    /// <summary>Groups of one's own that the layer's outputs belong to: contrib's <c>outputs_collections</c>. See <see cref="Tape.Tagged"/>.</summary>
    public IReadOnlyList<string> OutputTags
    {
        get => outputTags;
        init => outputTags = value;
    }

    /// <summary>Whether <see cref="Build(Shape, DType, Rng)"/> has run.</summary>
    public bool IsBuilt => InputShapes.Count > 0;

    /// <summary>The shape that the layer was built for, without the batch axis; of several inputs the first one's; null before.</summary>
    public Shape? InputShape => IsBuilt ? InputShapes[0] : null;

    /// <summary>The type that the layer was built for.</summary>
    public DType DType { get; private protected set; }

    /// <summary>Weights and states in declared order. Order and names are the checkpoint's format.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>The names of the states that a training pass updates, in order: the book's <c>layer.updates</c>. Most layers have none.</summary>
    public virtual IReadOnlyList<string> UpdateNames => [];

    /// <summary>The weights that gradients are taken for.</summary>
    public IReadOnlyList<Parameter> TrainableParameters
    {
        get
        {
            IReadOnlyList<Parameter> all = Parameters;
            List<Parameter> trainable = new(all.Count);
            for (int i = 0; i < all.Count; i++)
            {
                if (all[i].Trainable) trainable.Add(all[i]);
            }

            return trainable;
        }
    }

    /// <summary>The parameters that gradient descent leaves alone: states, and weights that are frozen.</summary>
    public IReadOnlyList<Parameter> NonTrainableParameters => [.. Parameters.Where(parameter => !parameter.Trainable)];

    /// <summary>The parameters, a model's layers' included, that belong to a group of one's own, in declared order.</summary>
    public IReadOnlyList<Parameter> Tagged(string tag) => [.. Parameters.Where(parameter => parameter.Tags.Contains(tag))];

    /// <summary>Whether the name was chosen rather than derived from the class.</summary>
    internal bool HasName => name is not null;

    /// <summary>The layer's output shape, without the batch axis.</summary>
    /// <param name="inputShape">The input's shape, without the batch axis.</param>
    /// <exception cref="ArgumentException">The layer does not take that shape.</exception>
    public abstract Shape OutputShape(Shape inputShape);

    /// <summary>The layer's output for a batch.</summary>
    /// <param name="x">[N, ...input]</param>
    /// <param name="mode">What the pass is for.</param>
    /// <exception cref="InvalidOperationException">The layer has not been built.</exception>
    /// <exception cref="ArgumentException">Shape or type is not what the layer was built for.</exception>
    public Variable Forward(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mode);
        Prepare(x);
        RefuseOtherThan(1);
        Refuse(x, 0);
        mode = ModeOn(x.Tape, mode);
        if (x.Tape is null) return Call(x, mode);
        using (x.Tape.EnterScope(Name))
        {
            return Told(Call(x, mode), x.Tape);
        }
    }

    /// <summary>Makes the parameters. A model does this as soon as it knows the layer's input shape.</summary>
    /// <param name="inputShape">The input's shape, without the batch axis.</param>
    /// <param name="dtype">F32 to train, F64 to check gradients.</param>
    /// <param name="rng">The layer's own stream of random numbers.</param>
    /// <exception cref="InvalidOperationException">The layer has been built before.</exception>
    /// <exception cref="ArgumentException">The layer does not take that shape.</exception>
    public void BuildFor(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        BuildFor((IReadOnlyList<Shape>)[inputShape], dtype, rng);
    }

    /// <summary>The layer's Keras configuration: <c>name</c>, <c>trainable</c>, and what the class adds.</summary>
    public JsonObject GetConfig()
    {
        JsonObject config = new() { ["name"] = Name, ["trainable"] = Trainable };
        if (training is { } always) config["training"] = always;
        if (ActivityRegularizer is not null) config["activity_regularizer"] = LayerJson.Write(ActivityRegularizer);
        if (VariableTags.Count > 0) config["variables_collections"] = LayerJson.Write(VariableTags);
        if (OutputTags.Count > 0) config["outputs_collections"] = LayerJson.Write(OutputTags);
        WriteConfig(config);
        return config;
    }

    /// <summary>The layer as it was written: <c>Dense(300, activation: elu)</c>. Error messages begin with it.</summary>
    public abstract override string ToString();

    /// <summary>Takes what every layer's configuration has.</summary>
    internal void Take(LayerConfig config)
    {
        name = config.Name ?? name;
        if (!config.Trainable) Trainable = false;
        activityRegularizer = config.ActivityRegularizer ?? activityRegularizer;
        (training, outputTags) = (config.Training, config.OutputTags);
        Tag(config.VariableTags);
    }

    /// <summary>Takes the name that a model counted.</summary>
    internal void TakeName(string counted) => name = counted;

    /// <summary>Makes the parameters, with <see cref="Add(string, Tensor, ParameterRole, string)"/>.</summary>
    protected abstract void Build(Shape inputShape, DType dtype, Rng rng);

    /// <summary>The function itself, in operations. The input has the shape and type that the layer was built for.</summary>
    protected abstract Variable Call(Variable x, Mode mode);

    /// <summary>Adds what the class needs to be made again, under Keras's names.</summary>
    protected abstract void WriteConfig(JsonObject config);

    /// <summary>Runs before the input is checked: a model that was given no input shape infers it here.</summary>
    private protected virtual void Prepare(Variable x)
    {
    }

    /// <summary>What the layer is called before a model counts it.</summary>
    internal virtual string Stem => Names.Snake(ClassName);

    /// <summary>Runs where a graph applies the layer to different inputs: one that cannot be shared says so.</summary>
    internal virtual void RefuseSharing()
    {
    }

    /// <summary>Sets which of the layer's weights train.</summary>
    private protected virtual void SetTrainable(bool value)
    {
        foreach (Parameter parameter in parameters) parameter.Trainable = value;
    }

    /// <summary>Whether an input of that type is taken; that which the layer was built for, unless told otherwise.</summary>
    protected internal virtual bool Takes(DType dtype) => dtype == DType;

    /// <summary>A guess at what went wrong with an input's shape, after a space; empty where there is none.</summary>
    protected virtual string Hint(Shape shape) => "";

    /// <summary>What the regularizers of weights and outputs add to the loss, one number; null where there are none. Outputs count that were computed on the same tape.</summary>
    /// <param name="beside">A variable on the tape that the term is to lie on.</param>
    public Variable? Penalty(Variable beside)
    {
        Variable? total = null;
        AddPenalty(ref total, beside);
        return total;
    }

    /// <summary>Adds to a sum, in the parameters' order.</summary>
    internal virtual void AddPenalty(ref Variable? total, Variable beside)
    {
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Regularizer is not { } regularizer) continue;
            AddTerm(ref total, regularizer.Penalty(Use(parameter, beside)));
        }

        AddActivityPenalty(ref total, beside);
    }

    /// <summary>An output, of which the tape is told what belongs to it: its groups, and what it adds to the loss.</summary>
    private Variable Told(Variable y, Tape tape)
    {
        for (int i = 0; i < OutputTags.Count; i++) tape.Tag(y, OutputTags[i]);
        if (ActivityRegularizer is not null) tape.AddLoss(this, ActivityRegularizer.Penalty(y) / y.Shape[0]);
        return y;
    }

    /// <summary>Adds what the layer's own outputs have added to the tape's losses.</summary>
    private protected void AddActivityPenalty(ref Variable? total, Variable beside)
    {
        if (ActivityRegularizer is null || beside.Tape is null) return;
        foreach (Variable term in beside.Tape.LossesOf(this)) AddTerm(ref total, term);
    }

    private static void AddTerm(ref Variable? total, Variable term) => total = total is null ? term : total + term;

    /// <summary>Takes the groups; where there are parameters already, they belong to them at once.</summary>
    private void Tag(IReadOnlyList<string> tags)
    {
        variableTags = tags;
        foreach (Parameter parameter in Parameters) parameter.Tags.UnionWith(tags);
    }

    /// <summary>Declares a parameter, <c>name/local</c>.</summary>
    protected Parameter Add(string local, Tensor value, ParameterRole role = ParameterRole.Weight, string separator = "/")
    {
        Parameter parameter = new($"{Name}{separator}{local}", value, role) { Trainable = trainable };
        parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Declares a weight, <c>name/local</c>, with what it adds to the loss and what it must satisfy.</summary>
    protected Parameter Add(string local, Tensor value, Regularizer? regularizer, Constraint? constraint)
    {
        Parameter parameter = Add(local, value);
        (parameter.Regularizer, parameter.Constraint) = (regularizer, constraint);
        return parameter;
    }

    /// <summary>A parameter as a variable on the tape of an operand beside it, or without one where that has none.</summary>
    protected static Variable Use(Parameter parameter, Variable beside)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(beside);
        return beside.Tape?.Watch(parameter) ?? parameter.Value;
    }

    /// <summary>A shape as it is in a batch: <c>[N, 784]</c>.</summary>
    protected internal static string Batched(Shape shape) => $"[{string.Join(", ", shape.Select(size => size.ToString(System.Globalization.CultureInfo.InvariantCulture)).Prepend("N"))}]";
}
