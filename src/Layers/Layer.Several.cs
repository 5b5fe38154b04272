using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <content>Layers with several inputs, and layers as parts of a graph.</content>
public abstract partial class Layer
{
    /// <summary>The shapes that the layer was built for, without the batch axis, one for each input; empty before.</summary>
    public IReadOnlyList<Shape> InputShapes { get; private set; } = [];

    /// <summary>
    /// What the layer makes of nodes of a graph: Keras's <c>layer(x)</c>, and <c>layer([a, b])</c>. A layer that is applied twice is shared: it has its parameters once.
    /// </summary>
    /// <param name="inputs">One node, or as many as the layer takes.</param>
    /// <exception cref="ArgumentException">The layer does not take so many inputs, or not their shapes; or it has several outputs.</exception>
    public Node Apply(params IReadOnlyList<Node> inputs) =>
        new Application(this, inputs).Outputs is [Node output] ? output : throw new ArgumentException($"{this}: expected a layer of one output, got one of several. Call ApplyAll.", nameof(inputs));

    /// <summary>The output shape for several inputs, without the batch axis.</summary>
    /// <param name="inputShapes">The inputs' shapes, without the batch axis.</param>
    /// <exception cref="ArgumentException">The layer does not take them.</exception>
    public virtual Shape OutputShape(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return inputShapes is [Shape only] ? OutputShape(only) : throw new ArgumentException($"{this}: expected one input, got {inputShapes.Count}. Join them first, with Add or Concatenate.", nameof(inputShapes));
    }

    /// <summary>Makes the parameters of a layer of several inputs. A model does this.</summary>
    /// <param name="inputShapes">The inputs' shapes, without the batch axis.</param>
    /// <param name="dtype">F32 to train, F64 to check gradients.</param>
    /// <param name="rng">The layer's own stream of random numbers.</param>
    /// <exception cref="InvalidOperationException">The layer has been built before.</exception>
    /// <exception cref="ArgumentException">The layer does not take those shapes.</exception>
    public void BuildFor(IReadOnlyList<Shape> inputShapes, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        ArgumentNullException.ThrowIfNull(rng);
        if (IsBuilt) throw new InvalidOperationException($"{this}: expected a layer that has not been built, got one built for {Batched(InputShapes)}.");
        if (!dtype.IsFloat()) throw new ArgumentException($"{this}: expected F32 or F64, got {dtype}.", nameof(dtype));
        DType = dtype;
        OutputShapes(inputShapes);
        Build(inputShapes, dtype, rng);
        Tag(VariableTags);
        InputShapes = [.. inputShapes];
    }

    /// <summary>The layer's output for several inputs.</summary>
    /// <param name="xs">[N, ...input], each.</param>
    /// <param name="mode">What the pass is for.</param>
    /// <exception cref="InvalidOperationException">The layer has not been built, or has several outputs.</exception>
    /// <exception cref="ArgumentException">Number, shape or type is not what the layer was built for.</exception>
    public Variable Forward(IReadOnlyList<Variable> xs, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(xs);
        if (xs is [Variable only]) return Forward(only, mode);
        RefuseSeveralOutputs();
        return ForwardEach(xs, mode)[0];
    }

    /// <summary>All outputs for all inputs: what <see cref="Forward(Variable, Mode)"/> does, for any number of either.</summary>
    internal IReadOnlyList<Variable> ForwardEach(IReadOnlyList<Variable> xs, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(mode);
        RefuseOtherThan(xs.Count);
        for (int i = 0; i < xs.Count; i++) Refuse(xs[i], i);
        Tape? tape = null;
        for (int i = 0; i < xs.Count && tape is null; i++) tape = xs[i].Tape;
        mode = ModeOn(tape, mode);
        if (tape is null) return CallEach(xs, mode);
        using (tape.EnterScope(Name))
        {
            IReadOnlyList<Variable> ys = CallEach(xs, mode);
            for (int i = 0; i < ys.Count; i++) Told(ys[i], tape);
            return ys;
        }
    }

    /// <summary>Shapes as they are in a batch: <c>[N, 3] and [N, 4]</c>.</summary>
    internal static string Batched(IEnumerable<Shape> shapes) => string.Join(" and ", shapes.Select(Batched));

    /// <summary>The outputs' shapes, one for each.</summary>
    internal virtual IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputShapes) => [OutputShape(inputShapes)];

    /// <summary>Whether one of several inputs may be of that type.</summary>
    internal virtual bool Takes(DType dtype, int input) => Takes(dtype);

    /// <summary>The function itself for several inputs; a layer of one input need not know of it.</summary>
    protected virtual Variable Call(IReadOnlyList<Variable> xs, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(xs);
        return Call(xs[0], mode);
    }

    /// <summary>Makes the parameters of a layer of several inputs.</summary>
    protected virtual void Build(IReadOnlyList<Shape> inputShapes, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Build(inputShapes[0], dtype, rng);
    }

    /// <summary>The function itself for any number of inputs and outputs.</summary>
    private protected virtual IReadOnlyList<Variable> CallEach(IReadOnlyList<Variable> xs, Mode mode) => [Call(xs, mode)];

    private protected virtual void RefuseSeveralOutputs()
    {
    }

    private void RefuseOtherThan(int inputs)
    {
        if (!IsBuilt) throw new InvalidOperationException($"{this}: expected a layer that has been built, got one that has not. Add it to a Sequential, or call BuildFor(shape, dtype, rng).");
        if (inputs != InputShapes.Count) throw new ArgumentException($"{this}: expected {InputShapes.Count} {(InputShapes.Count == 1 ? "input" : "inputs")}, got {inputs}.");
    }

    private void Refuse(Variable x, int input)
    {
        Shape expected = InputShapes[input];
        if (!Takes(x.DType, input)) throw new ArgumentException($"{this}: expected input of {DType}, got {x.DType}{x.Shape}. Convert with Cast, or give the model that dtype.", nameof(x));
        if (x.Shape.Rank > 0 && x.Shape.AsSpan()[1..].SequenceEqual(expected.AsSpan())) return;
        string which = InputShapes.Count == 1 ? "input" : $"input {input + 1}";
        throw new ArgumentException($"{this}: expected {which} of shape {Batched(expected)}, got {x.Shape}.{Hint(x.Shape)}", nameof(x));
    }

    /// <summary>The mode that holds in this layer: its own, where it has one; and what is computed again moves no statistics.</summary>
    private Mode ModeOn(Tape? tape, Mode mode)
    {
        if (training is { } always) mode = always ? Mode.Train : Mode.Inference;
        return tape is { IsReplay: true } ? mode with { UpdateStatistics = false } : mode;
    }
}
