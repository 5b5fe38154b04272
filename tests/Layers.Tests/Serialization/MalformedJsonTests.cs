using System.Text;

namespace Tapestry.Layers.Tests;

/// <summary>
/// A thousand models whose JSON is damaged by a seed: each is refused in one line, or is a model that is written and read back as itself. Nobody makes room for more than the text can
/// pay for before the whole of it is known to be right.
/// </summary>
public class MalformedJsonTests
{
    private const int Count = 1000;
    private const long Room = 1 << 20;
    private const int PerByte = 10;

    private static readonly string Good = LayerJson.ToJson(new Sequential([4, 2], seed: 1)
    {
        new Flatten(),
        new BatchNormalization { Momentum = 0.9 },
        new Dense(6) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal },
        new Sequential { new Dropout(0.5), new Dense(3) { Activation = Activations.EluWith(0.5) } },
        new Dense(2) { Activation = Activations.Softmax },
    });

    [Fact]
    public void A_thousand_malformed_models_are_refused_in_one_line_or_are_models()
    {
        Random random = new(7);
        int refused = 0;
        LayerJson.FromJson(Good);
        for (int i = 0; i < Count; i++)
        {
            string kind = Mutator.Kinds[i % Mutator.Kinds.Count];
            byte[] bytes = Mutator.Mutate(Encoding.UTF8.GetBytes(Good), kind, random);
            string json = Encoding.UTF8.GetString(bytes);
            Model? model = null;
            long before = GC.GetAllocatedBytesForCurrentThread();

            Exception? error = Record.Exception(() => model = LayerJson.FromJson(json));

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            string told = $"{i}, {kind}: {allocated} bytes allocated for {bytes.Length}, {error}\n{json}";
            if (error is null)
            {
                string written = LayerJson.ToJson(model!);
                Assert.True(written == LayerJson.ToJson(LayerJson.FromJson(written)), told);
                continue;
            }

            refused++;
            Assert.True(error is FormatException, told);
            Assert.True(error.Message.Length > 0 && !error.Message.Any(char.IsControl), told);
            Assert.True(allocated <= Room + (PerByte * (long)bytes.Length), told);
        }

        Assert.InRange(refused, Count / 2, Count - 1);
    }

    // Each is right as far as it goes, and larger than anybody has; what makes it wrong stands behind.
    [Theory]
    [InlineData(400_000_000, 6)]
    [InlineData(50_000_000, 50_000_000)]
    [InlineData(3_000_000, 3_000_000)]
    public void Layers_that_are_too_large_together_are_refused_before_the_first_is_made(int first, int second)
    {
        string json = $$$"""
            {"class_name": "Sequential", "config": {"layers": [
              {"class_name": "Dense", "config": {"units": {{{first}}}, "batch_input_shape": [null, 2]}},
              {"class_name": "Dense", "config": {"units": {{{second}}}}}]}}
            """;
        long before = GC.GetAllocatedBytesForCurrentThread();

        FormatException error = Assert.Throws<FormatException>(() => LayerJson.FromJson(json));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < Room, error.Message);
    }
}
