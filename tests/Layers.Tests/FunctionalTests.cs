using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class FunctionalTests
{
    [Fact]
    public void A_chain_is_a_Sequential_to_the_last_bit()
    {
        Sequential stack = new([2, 2], seed: 3) { new Flatten(), new Dense(3) { Activation = Activations.Elu }, new BatchNormalization(), new Dropout(0.3), new Dense(2) };
        Node input = Node.Input([2, 2]);
        Functional graph = new(input, input.Then(new Flatten(), new Dense(3) { Activation = Activations.Elu }, new BatchNormalization(), new Dropout(0.3), new Dense(2)), seed: 3);
        Tensor x = Catalogue.Sample([4, 2, 2], Domain.Any, new Rng(1)).Cast(DType.F32);

        Assert.Equal(stack.Layers.Select(layer => layer.Name), graph.Layers.Skip(1).Select(layer => layer.Name));
        Assert.Equal(stack.Parameters.Select(parameter => parameter.ToString()), graph.Parameters.Select(parameter => parameter.ToString()));

        // Two steps: what the first changed in statistics and generators shows in the second.
        for (int step = 0; step < 2; step++)
        {
            using Tape first = new(), second = new();
            Variable expected = stack.Forward(first.Constant(x), Mode.Train), actual = graph.Forward(second.Constant(x), Mode.Train);
            Expect.SameBits(expected.Value, actual.Value);
            Gradients a = first.Gradient(Op.Sum(Op.Square(expected)), stack.TrainableParameters), b = second.Gradient(Op.Sum(Op.Square(actual)), graph.TrainableParameters);
            foreach (((Parameter _, Tensor left), (Parameter _, Tensor right)) in a.Zip(b)) Expect.SameBits(left, right);
        }

        foreach ((Parameter a, Parameter b) in stack.Parameters.Zip(graph.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    // The network of the next tests: s = tanh(Dense(4)) of either input, shared; r = left's + Dense(4) of itself, a residual connection; then [r, right's] together.
    private static (Functional Model, Dense Shared, Dense Inner, Dense Last) Residual(DType dtype = DType.F64)
    {
        Node left = Node.Input([3]), right = Node.Input([3]);
        Dense shared = new(4) { Activation = Activations.Tanh }, inner = new(4) { Activation = Activations.Sigmoid }, last = new(2);
        Node x = shared.Apply(left), y = shared.Apply(right);
        x += x.Then(inner);
        return (new Functional([left, right], [new Concatenate().Apply(x, y).Then(last)], seed: 5, dtype), shared, inner, last);
    }

    [Fact]
    public void A_residual_network_with_a_shared_layer_and_two_inputs_is_the_same_written_by_hand()
    {
        (Functional model, Dense shared, Dense inner, Dense last) = Residual();
        Tensor a = Catalogue.Sample([5, 3], Domain.Any, new Rng(1)), b = Catalogue.Sample([5, 3], Domain.Any, new Rng(2));
        using Tape first = new(), second = new();

        Variable actual = model.Forward([first.Constant(a), first.Constant(b)], Mode.Train);

        Variable Layer(Dense dense, Variable x) => Op.MatMul(x, second.Watch(dense.Kernel)) + second.Watch(dense.Bias!);
        Variable left = Op.Tanh(Layer(shared, second.Constant(a))), right = Op.Tanh(Layer(shared, second.Constant(b)));
        Variable expected = Layer(last, Op.Concatenate([left + Op.Sigmoid(Layer(inner, left)), right], 1));
        Expect.Near(expected.Value.ToDoubles(), actual.Value, 1e-14);
        Gradients byHand = second.Gradient(Op.Sum(Op.Square(expected)), model.TrainableParameters), taken = first.Gradient(Op.Sum(Op.Square(actual)), model.TrainableParameters);
        Assert.Equal(6, taken.Count);
        foreach ((Parameter parameter, Tensor gradient) in taken) Expect.Near(byHand[parameter].ToDoubles(), gradient, 1e-13);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Its_gradients_agree_with_finite_differences(int order)
    {
        (Functional model, _, _, _) = Residual();
        Rng rng = new(4);
        Tensor[] inputs = [Catalogue.Sample([2, 3], Domain.Any, rng), Catalogue.Sample([2, 3], Domain.Any, rng), .. model.TrainableParameters.Select(weight => Catalogue.Sample(weight.Shape, Domain.Any, rng))];

        GradientReport report = GradientCheck.Run(xs =>
        {
            for (int i = 0; i < model.TrainableParameters.Count; i++) xs[0].Tape!.Bind(model.TrainableParameters[i], xs[i + 2]);
            return model.Forward([xs[0], xs[1]], Mode.Train);
        }, inputs, order);

        Assert.True(report.Passed, report.ToString());
    }

    [Fact]
    public void A_shared_layer_has_its_parameters_once_and_adds_up_its_gradients_and_penalty_is_counted_once()
    {
        Node input = Node.Input([2]);
        BatchNormalization normalization = new() { GammaRegularizer = new L1L2(0, 0.5) };
        Functional model = new(input, input.Then(normalization, new Activation(Activations.Tanh), normalization), dtype: DType.F64);

        // 0.5·(1² + 1²), once.
        Assert.Equal(1, model.Penalty(Tensor.Scalar(0, DType.F64))!.Value.ToScalar());
        Assert.Equal(["batch_normalization/gamma", "batch_normalization/beta", "batch_normalization/moving_mean", "batch_normalization/moving_variance"], model.Parameters.Select(parameter => parameter.Name));
    }

    // (3, 4) becomes (6, 8) and then (12, 16): 14 and 28 for the shared layer's two outputs, and 28 once more for the model's own.
    [Fact]
    public void What_a_shared_layer_gives_is_penalized_at_each_use_and_once()
    {
        Node input = Node.Input([2]);
        Rescaling twice = new(2) { ActivityRegularizer = new L1(1) };
        Functional model = new(input, twice.Apply(twice.Apply(input)), dtype: DType.F64) { ActivityRegularizer = new L1(1) };
        using Tape tape = new();

        Variable y = model.Forward(tape.Constant(Tensor.From([3.0, 4], [1, 2])), Mode.Train);

        Assert.Equal(14 + 28 + 28, model.Penalty(y)!.Value.ToScalar());
    }

    // A stack within a graph within a graph, which is used twice: of (1, 2) it makes (2, 4), then (4, 8). Each use costs its output's sum over two examples, 12 and 24, halved; the
    // kernel, 2 on the diagonal, costs 4, once. The graph between gives the stack's output twice over, and has a term of its own for either: 6 + 6, 12 + 12.
    [Fact]
    public void What_nested_models_give_is_penalized_at_each_use_and_their_weights_once()
    {
        Sequential stack = new([2], dtype: DType.F64) { new Dense(2) { KernelInitializer = new Identity(2), KernelRegularizer = new L1(1), ActivityRegularizer = new L1(1) } };
        Node inside = Node.Input([2]), y = stack.Apply(inside);
        Functional between = new([inside], [y, y], dtype: DType.F64) { ActivityRegularizer = new L1(1) };
        Node input = Node.Input([2]);
        Functional model = new(input, between.ApplyAll(between.ApplyAll(input)[0])[1], dtype: DType.F64);
        using Tape tape = new();

        Variable result = model.Forward(tape.Constant(Tensor.From(new double[,] { { 1, 2 }, { 1, 2 } })), Mode.Train);

        Assert.Equal([4, 8, 4, 8], result.Value.ToDoubles());
        Assert.Equal(4 + (6 + 12) + (6 + 6 + 12 + 12), model.Penalty(result)!.Value.ToScalar());
    }

    // Rows (1, 2), (3, 4), (5, 6); of 2, 0 they are (5, 6) and (1, 2), and beside them the numbers 0.5, 1.
    [Fact]
    public void An_embedding_may_come_first_and_its_input_is_of_whole_numbers_or_of_the_models_type()
    {
        Node words = Node.Input([2]), numbers = Node.Input([2]);
        Embedding embedding = new(3, 2);
        Functional model = new([words, numbers], [new Concatenate { Axis = 1 }.Apply(words.Then(embedding, new Flatten()), numbers)], dtype: DType.F64);
        embedding.Embeddings.Value.CopyFrom(Tensor.From(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }));
        Tensor indices = Tensor.From([2, 0], [1, 2]), beside = Tensor.From([0.5, 1], [1, 2]);
        using Tape tape = new();

        Variable y = model.Forward([tape.Constant(indices), tape.Constant(beside)], Mode.Train);

        Assert.Equal([5, 6, 1, 2, 0.5, 1], y.Value.ToDoubles());
        Expect.SameBits(y.Value, model.Forward([indices.Cast(DType.F64), beside], Mode.Inference).Value);
        Assert.Equal([1, 1, 0, 0, 1, 1], tape.Gradient(Op.Sum(y), model.TrainableParameters).Single().Gradient.ToDoubles());
        Assert.StartsWith("Functional 'model': expected input of F64, got I32", Assert.Throws<ArgumentException>(() => model.Forward([indices, indices], Mode.Train)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Functional 'model': expected input of F64, got F32", Assert.Throws<ArgumentException>(() => model.Forward([beside.Cast(DType.F32), beside], Mode.Train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_takes_whole_numbers_where_everything_does_that_they_feed()
    {
        Tensor indices = Tensor.From([2, 0], [1, 2]);
        Node words = Node.Input([2]);
        Functional inner = new(words, words.Then(new Embedding(3, 1), new Flatten())), both = new(words, words.Then(new Embedding(3, 1), new Flatten()) + words), given = new([words], [words, words.Then(new Embedding(3, 1))]);
        Node outside = Node.Input([2]);

        Assert.Equal([1, 2], new Functional(outside, inner.Apply(outside)).Forward(indices, Mode.Train).Shape);
        Assert.Equal([1, 2], new Sequential([2]) { inner }.Forward(indices, Mode.Train).Shape);
        Assert.StartsWith("Functional 'model': expected input of F32, got I32", Assert.Throws<ArgumentException>(() => both.Forward(indices, Mode.Train)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => given.ForwardAll([indices], Mode.Train));
    }

    // One layer counts once, however often it is used; inputs are counted from 1 in the order that the model is given; the order is by depth.
    [Fact]
    public void Layers_are_listed_by_depth_and_named_as_Keras_counts()
    {
        (Functional model, _, _, _) = Residual();

        Assert.Equal(["input_1", "dense", "dense_1", "input_2", "add", "concatenate", "dense_2"], model.Layers.Select(layer => layer.Name));
        Assert.Equal("model", model.Name);
        Assert.Equal(["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias"], model.Parameters.Select(parameter => parameter.Name));
    }

    // The longest way counts: of what reaches the sum at once and through three layers, the input lies four before it. Met first, on the way back, is the short way.
    [Fact]
    public void A_layers_depth_is_its_longest_way_to_an_output()
    {
        Node x = Node.Input([2], "x");
        Node sum = new Add { Name = "sum" }.Apply(x.Then(new Flatten { Name = "short" }), x.Then(new Flatten { Name = "first" }, new Flatten { Name = "second" }, new Flatten { Name = "third" }));

        Assert.Equal(["x", "first", "second", "short", "third", "sum"], new Functional(x, sum).Layers.Select(layer => layer.Name));
    }

    // On the way back from the output the shared layer is met first, at its last use; its first use lies as deep as the other layer.
    [Fact]
    public void A_shared_layer_lies_where_its_deepest_use_does_and_before_those_that_are_met_later()
    {
        Node x = Node.Input([2], "x");
        Flatten shared = new() { Name = "shared" };
        Functional model = new(x, shared.Apply(new Add { Name = "sum" }.Apply(x.Then(new Flatten { Name = "other" }), shared.Apply(x))));

        Assert.Equal(["x", "shared", "other", "sum"], model.Layers.Select(layer => layer.Name));
        Assert.Equal(["x", "shared", "other", "sum", "shared"], model.Nodes.Select(node => node.Layer.Name));
    }

    [Fact]
    public void Chosen_names_and_starts_are_kept()
    {
        Node images = Node.Input([2], "images");
        Functional model = new(images, images.Then(new Dense(1), new Dense(1) { Name = "answer" }), names: new Names { ["dense"] = 50, ["model"] = 3 });

        Assert.Equal("model_3", model.Name);
        Assert.Equal(["images", "dense_50", "answer"], model.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void Several_inputs_and_outputs_are_those_of_the_nodes_in_order()
    {
        Node a = Node.Input([2]), b = Node.Input([2]);
        Functional model = new([a, b], [a - b, a * b, b], dtype: DType.F64);
        Variable x = Tensor.From([1.0, 2], [1, 2]), y = Tensor.From([3.0, 5], [1, 2]);

        IReadOnlyList<Variable> outputs = model.ForwardAll([x, y], Mode.Inference);

        Assert.Equal([[-2, -3], [3, 10], [3, 5]], outputs.Select(output => output.Value.ToDoubles()));
        Assert.Throws<InvalidOperationException>(() => model.Forward([x, y], Mode.Inference));
        Assert.Throws<ArgumentException>(() => model.ForwardAll([x], Mode.Inference));
    }

    [Fact]
    public void A_model_of_several_outputs_is_a_layer_of_another()
    {
        Node a = Node.Input([2]), b = Node.Input([2]);
        Functional inner = new([a, b], [a - b, a.Then(new Dense(2) { KernelInitializer = Initializers.Ones })], dtype: DType.F64);
        Node x = Node.Input([2]), y = Node.Input([2]);
        IReadOnlyList<Node> once = inner.ApplyAll(x, y), twice = inner.ApplyAll(once);
        Functional outer = new([x, y], [twice[0] + twice[1]], dtype: DType.F64);

        // (1, 2) and (3, 5) give (-2, -3) and (3, 3); these give (-5, -6) and (-5, -5).
        Variable result = outer.Forward([Tensor.From([1.0, 2], [1, 2]), Tensor.From([3.0, 5], [1, 2])], Mode.Inference);

        Assert.Equal([-10, -11], result.Value.ToDoubles());
        Assert.Equal(["model/dense/kernel", "model/dense/bias"], outer.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void Two_models_of_the_same_nodes_share_their_layers()
    {
        Node images = Node.Input([4]), code = images.Then(new Dense(2) { Activation = Activations.Tanh });
        Functional whole = new(images, code.Then(new Dense(4)), seed: 1);
        Functional encoder = new(images, code);
        Tensor x = Tensor.Ones([1, 4]);
        whole.Parameters[0].Value.CopyFrom(Tensor.Zeros([4, 2]));

        Assert.Same(whole.Parameters[0], encoder.Parameters[0]);
        Assert.Equal([0, 0], encoder.Forward(x, Mode.Inference).Value.ToDoubles());
    }

    [Fact]
    public void A_nested_model_is_named_once_in_however_many_models_it_is()
    {
        Sequential block = new([2]) { new Dense(2) };
        Node a = Node.Input([2]), b = Node.Input([2]);

        _ = new Functional(a, block.Apply(a));
        Functional second = new(b, block.Apply(b) + b);

        Assert.Equal(["sequential/dense/kernel", "sequential/dense/bias"], second.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void A_graph_stands_in_a_Sequential_and_a_stack_in_a_graph()
    {
        Node input = Node.Input([2]);
        Functional block = new(input, input + input.Then(new Dense(2)));
        Sequential model = new([3], seed: 2) { new Dense(2), block, new Dense(1) };
        Node outside = Node.Input([3]);
        Functional again = new(outside, model.Apply(outside));
        Tensor x = Tensor.Ones([2, 3]);

        Assert.Equal(["dense/kernel", "dense/bias", "model/dense/kernel", "model/dense/bias", "dense_1/kernel", "dense_1/bias"], model.Layers.SelectMany(layer => layer.Parameters).Select(parameter => parameter.Name["sequential/".Length..]));
        Expect.SameBits(model.Forward(x, Mode.Inference).Value, again.Forward(x, Mode.Inference).Value);
    }

    [Fact]
    public void Initial_weights_depend_on_the_seed_and_the_position_alone()
    {
        Tensor Kernel(ulong seed, Layer before)
        {
            Node input = Node.Input([4]);
            Dense dense = new(5);
            _ = new Functional(input, input.Then(before, dense), seed);
            return dense.Kernel.Value;
        }

        Expect.SameBits(Kernel(3, new Dense(4)), Kernel(3, new BatchNormalization()));
        Assert.NotEqual(Kernel(3, new Dense(4)).ToDoubles(), Kernel(4, new Dense(4)).ToDoubles());
    }

    [Fact]
    public void Freezing_a_model_freezes_its_layers_and_a_frozen_layer_stays_out_of_training()
    {
        (Functional model, Dense shared, _, _) = Residual();

        shared.Trainable = false;
        Assert.Equal(4, model.TrainableParameters.Count);
        model.Trainable = false;
        Assert.Empty(model.TrainableParameters);
    }

    [Fact]
    public void A_dialect_that_refuses_sharing_refuses_it_when_the_graph_is_built()
    {
        Node a = Node.Input([2]), b = Node.Input([2]);
        BatchNormalization normalization = new(BatchNormalizationDialect.Keras1);

        Assert.Throws<ArgumentException>(() => new Functional([a, b], [normalization.Apply(a) + normalization.Apply(b)]));
        BatchNormalization once = new(BatchNormalizationDialect.Keras1);
        _ = new Functional(a, once.Apply(a) + once.Apply(a));
    }

    [Fact]
    public void A_graph_of_any_depth_is_built()
    {
        Node input = Node.Input([1]), x = input;
        for (int i = 0; i < 20_000; i++) x = x.Then(new Flatten());

        Assert.Equal(20_001, new Functional(input, x).Layers.Count);
    }

    // Keras's _set_output_names: a name that is taken is counted on from 1, until it is not.
    [Fact]
    public void Outputs_are_called_as_their_layers_and_told_apart_as_in_Keras()
    {
        Node x = Node.Input([2]), y = Node.Input([2]);
        Dense shared = new(1) { Name = "d" }, other = new(1) { Name = "d_1" };
        Node once = shared.Apply(x), again = shared.Apply(y), like = other.Apply(x);
        Functional pair = new([x, y], [once, again]);

        Assert.Equal(["d", "d_1"], pair.OutputNames);
        Assert.Equal(["d", "d_1"], ((Functional)LayerJson.FromJson(LayerJson.ToJson(pair))).OutputNames);
        Assert.Equal(["d", "d_1", "d_1_1"], new Functional([x, y], [once, again, like]).OutputNames);
        Assert.Equal(["d", "d_1", "d_2"], new Functional([x, y], [once, like, again]).OutputNames);
        Assert.Equal(["dense"], new Functional(x, x.Then(new Dense(1))).OutputNames);
        Node a = Node.Input([2]), b = Node.Input([2]);
        Assert.Equal(["model", "model_1"], new Functional([a, b], pair.ApplyAll(a, b)).OutputNames);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_where_they_are_written()
    {
        Node input = Node.Input([3]);
        Dense shared = new(2);
        Node used = shared.Apply(input);

        Assert.Throws<ArgumentException>(() => input + used);
        Assert.Throws<ArgumentException>(() => input.Then(new BatchNormalization { Axis = 3 }));
        Assert.Throws<ArgumentException>(() => new Functional(input, shared.Apply(used)));
        Assert.Throws<ArgumentException>(() => new Dense(2).Apply(input, used));
    }
}
