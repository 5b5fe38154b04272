using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Training;

namespace Tapestry.Mlp.Tests;

/// <summary>The embedded digits must be worth learning: too hard for a linear model, within reach of the book's.</summary>
public class EmbeddedDataTests
{
    [Fact]
    public async Task The_books_model_passes_97_percent_after_five_epochs()
    {
        using TemporaryFolder folder = new();

        MlpRun run = await MlpRun.Of("train", "--json", "--output", folder["run"]);

        Assert.Equal(0, run.Status);
        Assert.InRange(run.Objects[^1]["test_accuracy"]!.GetValue<double>(), 0.97, 1);
    }

    [Fact]
    public void A_linear_softmax_model_stays_below_95_percent()
    {
        (DataSet train, DataSet test) = Digits.Default();
        Sequential linear = new(train.FeatureShape, seed: 1) { new Flatten(), new Dense(10) { Activation = Activations.Softmax } };
        Trainer trainer = new(linear, new Adam(), Losses.SparseCategoricalCrossentropy);

        History history = trainer.Fit(train, epochs: 15, validation: test);

        Assert.InRange(history["val_accuracy"].Max(), 0.8, 0.95);
    }
}
