using Tapestry.Optimizers;

namespace Tapestry.Training.Tests;

/// <summary>A training of 40 steps, broken off after each of them and gone on with from its checkpoint.</summary>
public class StepByStepTests
{
    private const int Epochs = 5, BatchSize = 5, Steps = 40;

    private static readonly Dictionary<string, Func<Optimizer>> Optimizers = new()
    {
        ["sgd"] = () => new Sgd(0.1),
        ["momentum"] = () => new Sgd(0.05) { Momentum = 0.9 },
        ["nesterov"] = () => new Sgd(0.05) { Momentum = 0.9, Nesterov = true },
        ["adagrad"] = () => new Adagrad(),
        ["adadelta"] = () => new Adadelta(),
        ["rmsprop"] = () => new RmsProp(),
        ["rmsprop, centred, with momentum"] = () => new RmsProp { Centered = true, Momentum = 0.5 },
        ["adam"] = () => new Adam(0.01),
        ["amsgrad"] = () => new Adam(0.01) { AmsGrad = true },
        ["adamw"] = () => new AdamW(0.01),
        ["adamax"] = () => new Adamax(),
        ["nadam"] = () => new Nadam(),
        ["lion"] = () => new Lion(),
        ["adam, accumulating and averaging"] = () => new Adam(0.01) { AccumulationSteps = 3, EmaMomentum = 0.9, EmaOverwriteFrequency = 4, Clipping = Clipping.ByGlobalNorm(0.5) },
        ["sgd, 1cycle"] = () => new Sgd(new OneCycle(0.1, Steps)) { Momentum = 0.9 },
        ["nadam, warm-up and cosine"] = () => new Nadam(new WarmUp(new CosineDecay(0.01, Steps - 5), 5)),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Broken_off_after_any_step_a_training_ends_with_the_same_bytes(string optimizer)
    {
        List<byte[]> saved = [];
        Trainer whole = Problem.Trainer(Optimizers[optimizer](), Problem.Model());
        Fit(whole, new AfterBatch(() => saved.Add(Bytes(whole))));
        byte[] expected = Bytes(whole);
        Assert.Equal(Steps, saved.Count);

        foreach (byte[] bytes in saved)
        {
            using TestFolder folder = new();
            File.WriteAllBytes(folder["checkpoint.safetensors"], bytes);
            Checkpoint checkpoint = Checkpoint.Load(folder["checkpoint.safetensors"]);
            Trainer resumed = Problem.Trainer(Optimizers[optimizer](), checkpoint.Model);
            checkpoint.RestoreTo(resumed);
            Assert.Equal(bytes, Bytes(resumed));

            Fit(resumed);

            Assert.Equal(whole.History.ToCsv(), resumed.History.ToCsv());
            Assert.Equal(expected, Bytes(resumed));
        }
    }

    // 38 examples make batches of 5 and a short one of 3, eight in a pass.
    private static void Fit(Trainer trainer, params ICallback[] more)
    {
        // The plateau is met in every epoch but the first, where the rate is one to be lowered; the stop comes at the end at the earliest.
        ICallback[] callbacks =
        [
            .. trainer.Optimizer.Schedule is ConstantRate ? [new ReduceOnPlateau(trainer) { Patience = 2, MinDelta = 10, Factor = 0.5 }] : Array.Empty<ICallback>(),
            new EarlyStopping(trainer) { Patience = 4, RestoreBestWeights = true },
            .. more,
        ];
        trainer.Fit(
            Problem.Points(38, seed: 1), Epochs, BatchSize, validation: Problem.Points(10, seed: 2), callbacks: callbacks, initialEpoch: trainer.History.Epochs.Count);
    }

    private static byte[] Bytes(Trainer trainer)
    {
        using MemoryStream stream = new();
        Checkpoint.Save(stream, trainer, new Dictionary<string, string>());
        return stream.ToArray();
    }

    private sealed class AfterBatch(Action act) : ICallback
    {
        public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values) => act();
    }
}
