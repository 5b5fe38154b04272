using System.Globalization;

namespace Tapestry.Layers.Tests;

public class SummaryTests
{
    // 784·4 = 3136; 784·300 + 300 = 235500; 300·4 = 1200; 300·100 + 100 = 30100; 100·4 = 400; 100·10 + 10 = 1010. Of each normalization's four, two do not train:
    // (3136 + 1200 + 400)/2 = 2368. A cell that is too long is cut at its column's end, 29, and its last character is a blank.
    [Fact]
    public void The_books_first_model_prints_character_for_character()
    {
        Names names = new() { ["sequential"] = 3, ["flatten"] = 3, ["dense"] = 50 };

        string text = BookModels.First(names: names).Summary();

        Assert.Equal(
            [
                "Model: \"sequential_3\"",
                "_________________________________________________________________",
                "Layer (type)                 Output Shape              Param #   ",
                "=================================================================",
                "flatten_3 (Flatten)          (None, 784)               0         ",
                "_________________________________________________________________",
                "batch_normalization_v2 (Batc (None, 784)               3136      ",
                "_________________________________________________________________",
                "dense_50 (Dense)             (None, 300)               235500    ",
                "_________________________________________________________________",
                "batch_normalization_v2_1 (Ba (None, 300)               1200      ",
                "_________________________________________________________________",
                "dense_51 (Dense)             (None, 100)               30100     ",
                "_________________________________________________________________",
                "batch_normalization_v2_2 (Ba (None, 100)               400       ",
                "_________________________________________________________________",
                "dense_52 (Dense)             (None, 10)                1010      ",
                "=================================================================",
                "Total params: 271,346",
                "Trainable params: 268,978",
                "Non-trainable params: 2,368",
                "_________________________________________________________________",
                "",
            ],
            text.Split('\n'));
    }

    public static TheoryData<string, long, long> Totals() => new()
    {
        { "first", 271_346, 268_978 },
        { "second, as described", 270_946, 268_578 },
        { "second, as printed", 270_946, 268_578 },
        { "first, before flatten, axis -1", 268_322, 267_466 },
        { "first, before flatten, axes [1, 2]", 271_346, 268_978 },
        { "second, before flatten", 267_922, 267_066 },
        { "first without scale", 270_162, 267_794 },
        { "first with renormalization", 274_898, 268_978 },
        { "second with renormalization", 274_498, 268_578 },
        { "first of contrib", 270_162, 267_794 },
        { "plain", 266_610, 266_610 },
        { "first, normalization frozen", 271_346, 266_610 },
    };

    [Theory]
    [MemberData(nameof(Totals))]
    public void Parameters_add_up_to_the_known_totals(string variant, long total, long trainable)
    {
        Sequential model = variant switch
        {
            "first" => BookModels.First(),
            "second, as described" => BookModels.Second(printed: false),
            "second, as printed" => BookModels.Second(printed: true),
            "first, before flatten, axis -1" => BookModels.FirstBeforeFlatten(-1),
            "first, before flatten, axes [1, 2]" => BookModels.FirstBeforeFlatten([1, 2]),
            "second, before flatten" => BookModels.SecondBeforeFlatten(),
            "first without scale" => BookModels.First(scale: false),
            "first with renormalization" => Changed(BookModels.First(), () => new BatchNormalization { Renorm = new Renorm() }),
            "second with renormalization" => Changed(BookModels.Second(printed: false), () => new BatchNormalization { Renorm = new Renorm() }),
            "first of contrib" => Changed(BookModels.First(), () => new BatchNormalization(BatchNormalizationDialect.Contrib)),
            "plain" => BookModels.Plain(),
            _ => Frozen(),
        };

        Assert.Equal(total, Summary.Count(model.Parameters));
        Assert.Equal(trainable, Summary.Count(model.TrainableParameters));
        Assert.Equal(total - trainable, Summary.Count(model.NonTrainableParameters));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Total params: {total:N0}\nTrainable params: {trainable:N0}\nNon-trainable params: {total - trainable:N0}\n"), model.Summary(), StringComparison.Ordinal);
    }

    // 784·300, 300·4, 300·100, 100·4 and 100·10 + 10, in the printed order.
    [Theory]
    [InlineData(false, new long[] { 0, 3136, 235_200, 1200, 0, 30_000, 400, 0, 1010 })]
    [InlineData(true, new long[] { 0, 3136, 235_200, 1200, 0, 30_000, 0, 400, 1010 })]
    public void The_books_second_model_counts_layer_by_layer(bool printed, long[] expected) =>
        Assert.Equal(expected, BookModels.Second(printed).Layers.Select(layer => Summary.Count(layer.Parameters)));

    [Fact]
    public void A_layers_variables_print_as_in_the_book() => Assert.Equal(
        """
        ('batch_normalization_v2/gamma:0', True)
        ('batch_normalization_v2/beta:0', True)
        ('batch_normalization_v2/moving_mean:0', False)
        ('batch_normalization_v2/moving_variance:0', False)
        """.ReplaceLineEndings("\n"),
        Summary.Variables(BookModels.First().Layers[1]));

    [Fact]
    public void Shapes_of_several_axes_and_a_nested_model_take_one_row()
    {
        Sequential model = new([2, 3]) { new BatchNormalization(), new Sequential { new Flatten(), new Dense(1) } };

        string[] rows = [.. model.Summary().Split('\n').Where(line => line.Contains("(None", StringComparison.Ordinal))];

        // Three features with four parameters each; 6 + 1.
        Assert.Equal(
            [
                "batch_normalization (BatchNo (None, 2, 3)              12        ",
                "sequential (Sequential)      (None, 1)                 7         ",
            ],
            rows);
    }

    // Keras's 98 columns, cut at 32, 53, 65 and 98; a shared layer's connections stand one below the other, and a nested model's uses are counted from 1.
    [Fact]
    public void A_graph_tells_what_each_layer_is_connected_to()
    {
        Node a = Node.Input([3]), b = Node.Input([3]);
        Dense shared = new(2);
        Sequential stack = new([2]) { new Dense(2) };
        Functional model = new([a, b], [new Concatenate().Apply(shared.Apply(a), stack.Apply(shared.Apply(b)))]);

        Assert.Equal(
            [
                "Model: \"model\"",
                "__________________________________________________________________________________________________",
                "Layer (type)                    Output Shape         Param #     Connected to                     ",
                "==================================================================================================",
                "input_1 (InputLayer)            [(None, 3)]          0                                            ",
                "__________________________________________________________________________________________________",
                "input_2 (InputLayer)            [(None, 3)]          0                                            ",
                "__________________________________________________________________________________________________",
                "dense (Dense)                   (None, 2)            8           input_1[0][0]                    ",
                "                                                                 input_2[0][0]                    ",
                "__________________________________________________________________________________________________",
                "sequential (Sequential)         (None, 2)            6           dense[1][0]                      ",
                "__________________________________________________________________________________________________",
                "concatenate (Concatenate)       (None, 4)            0           dense[0][0]                      ",
                "                                                                 sequential[1][0]                 ",
                "==================================================================================================",
                "Total params: 14",
                "Trainable params: 14",
                "Non-trainable params: 0",
                "__________________________________________________________________________________________________",
                "",
            ],
            model.Summary().Split('\n'));
    }

    [Fact]
    public void Numbers_are_invariant_of_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Contains("Total params: 271,346\n", BookModels.First().Summary(), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_model_whose_input_shape_is_unknown_has_no_summary() =>
        Assert.Throws<InvalidOperationException>(() => new Sequential { new Dense(1) }.Summary());

    /// <summary>The same architecture with other normalizations.</summary>
    private static Sequential Changed(Sequential model, Func<BatchNormalization> normalization)
    {
        Sequential changed = new(model.InputShape);
        foreach (Layer layer in model.Layers)
        {
            changed.Add(layer switch
            {
                BatchNormalization => normalization(),
                Dense dense => new Dense(dense.Units) { Activation = dense.Activation, UseBias = dense.UseBias },
                Activation activation => new Activation(activation.Function),
                _ => new Flatten(),
            });
        }

        return changed;
    }

    private static Sequential Frozen()
    {
        Sequential model = BookModels.First();
        foreach (BatchNormalization layer in model.Layers.OfType<BatchNormalization>()) layer.Trainable = false;
        return model;
    }
}
