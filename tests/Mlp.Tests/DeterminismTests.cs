using System.Runtime.Intrinsics.X86;

namespace Tapestry.Mlp.Tests;

/// <summary>
/// The same seed gives the same bytes, however the runtime compiles, collects and spells numbers, for any number of threads, and in registers of 512 and of 256 bits. The runtime
/// reads all that from its environment when it starts, so each training has a process of its own. What is promised stands in docs/decisions/0006.
/// </summary>
public sealed class DeterminismTests(DeterminismTests.Trainings trainings) : IClassFixture<DeterminismTests.Trainings>
{
    [Theory]
    [InlineData("DOTNET_TieredCompilation=0")]
    [InlineData("DOTNET_TieredPGO=0")]
    [InlineData("DOTNET_TC_CallCountingDelayMs=0")]
    [InlineData("DOTNET_ReadyToRun=0")]
    [InlineData("DOTNET_gcServer=1")]
    [InlineData("DOTNET_gcConcurrent=0")]
    [InlineData("LC_ALL=de_DE.UTF-8")]
    [InlineData("LC_ALL=ar_SA.UTF-8")]
    [InlineData("threads=1")]
    [InlineData("threads=3")]
    [InlineData("DOTNET_EnableAVX512=0")]
    public async Task A_training_writes_the_same_bytes(string setting) => Remains.Same(await trainings.With("nothing=0"), await trainings.With(setting));

    // Without AVX2 there is no fused multiply-add: other bytes than with one, but the same in registers of 128 bits, with AVX's instructions and with SSE's, and without any.
    [Theory]
    [InlineData("DOTNET_EnableAVX=0")]
    [InlineData("DOTNET_EnableHWIntrinsic=0")]
    public async Task Without_fused_multiply_adds_too_but_other_ones(string setting)
    {
        // Elsewhere registers of 128 bits have it.
        if (!X86Base.IsSupported) return;
        string with = await trainings.With("nothing=0"), without = await trainings.With("DOTNET_EnableAVX2=0");

        Remains.Same(without, await trainings.With(setting));
        bool isSame = File.ReadAllBytes(Path.Combine(with, "weights.safetensors")).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(without, "weights.safetensors")));
        Assert.Equal(!Fma.IsSupported, isSame);
    }

    /// <summary>The trainings, each run once however many tests look at it.</summary>
    public sealed class Trainings : IDisposable
    {
        // Widths that leave a rest in every kind of register, and a last batch that is shorter than the others.
        private const string Model = """
            {"class_name": "Sequential", "config": {"layers": [
              {"class_name": "Flatten", "config": {"batch_input_shape": [null, 28, 28]}},
              {"class_name": "BatchNormalization", "config": {}},
              {"class_name": "Dense", "config": {"units": 61, "activation": "elu"}},
              {"class_name": "BatchNormalization", "config": {}},
              {"class_name": "Dropout", "config": {"rate": 0.2}},
              {"class_name": "Dense", "config": {"units": 33, "activation": "tanh"}},
              {"class_name": "BatchNormalization", "config": {}},
              {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]}}
            """;

        private readonly TemporaryFolder folder = new();
        private readonly Dictionary<string, string> runs = [];

        public Trainings() => File.WriteAllText(folder["model.json"], Model);

        /// <summary>A training with a variable in its environment, or with a number of threads.</summary>
        /// <returns>The run's folder.</returns>
        public async Task<string> With(string setting)
        {
            if (runs.TryGetValue(setting, out string? run)) return run;
            string[] pair = setting.Split('=');
            string threads = pair[0] == "threads" ? pair[1] : "2", path = folder[$"{runs.Count}"];
            string[] train =
            [
                "train", "--data", "synthetic:203", "--model", folder["model.json"], "--batch-size", "31", "--epochs", "2", "--optimizer", "adam", "--schedule", "cosine", "--global-clip-norm", "1",
                "--ema", "0.9", "--metrics", "auc,sparse_top_k_categorical_accuracy", "--class-weights", "balanced", "--threads", threads, "--output", path,
            ];
            ProcessResult result = await ProcessUnderTest.RunCommand([.. ProcessUnderTest.Mlp, .. train], (pair[0], pair[1]));
            Assert.True(result.Status == 0, result.Error);
            return runs[setting] = path;
        }

        public void Dispose() => folder.Dispose();
    }
}
