using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Tapes;

/// <summary>The tape of a step of training: a model and its loss on a batch of generated digits.</summary>
internal static class RecordedModel
{
    /// <param name="name">A built-in model, or a file.</param>
    /// <param name="size">How many examples the batch has.</param>
    /// <param name="adjoints">Whether the reverse pass is shown.</param>
    /// <param name="fused">Whether fused operations are shown as one.</param>
    public static TapeView View(string name, int size, Adjoints adjoints, bool fused)
    {
        DataSet digits = Digits.Generate(size);
        Model model = Models.Create(name, seed: 1);
        Models.Fit(model, name, digits);
        Batch batch = new Batches(digits, size, model.DType).Iterate().First();
        using Tape tape = new() { Composed = !fused };
        Variable images = tape.Constant(batch.Features);
        Variable loss = Losses.SparseCategoricalCrossentropy(batch.Targets, model.Forward(images, Mode.Train));
        return TapeView.Of(tape, loss, [(images, "images")], adjoints, $"{name}, a batch of {size}");
    }
}
