using System.CommandLine;
using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Tapes;

/// <summary>The tape of a layer in training: the first sample of its row in the catalogue, on numbers that are drawn the same each time.</summary>
internal static class RecordedLayer
{
    private static IEnumerable<string> Names => LayerCatalogue.Layers.Select(row => row.ClassName);

    /// <summary>The option <c>--layer</c>.</summary>
    public static Option<string?> Option()
    {
        Option<string?> option = new("--layer")
        {
            Description = $"A layer of the catalogue on a small input: {string.Join(", ", Names)}.",
            HelpName = "NAME",
            CustomParser = result => CommonOptions.Parse(result, text => Names.FirstOrDefault(name => LooseName.Of(name) == LooseName.Of(text))
                ?? throw new UsageException($"--layer: expected one of {string.Join(", ", Names)}, got '{text}'.{Suggestion.For(text, Names)}")),
        };
        option.CompletionSources.Add([.. Names]);
        return option;
    }

    /// <param name="name">The layer's class.</param>
    /// <param name="batch">How many examples.</param>
    /// <param name="adjoints">Whether the reverse pass is shown.</param>
    /// <param name="fused">Whether fused operations are shown as one.</param>
    public static TapeView View(string name, int batch, Adjoints adjoints, bool fused)
    {
        LayerSample sample = LayerCatalogue.Find(name)!.Samples[0];
        Rng rng = new(8);
        Layer layer = sample.Build(DType.F64, rng.Split(0));
        using Tape tape = new() { Composed = !fused };
        Variable[] xs = [.. sample.Inputs(batch, rng).Select(tape.Watch)];
        Variable y = layer.Forward(xs, Mode.Train);

        // Ones would hide what matters: the sum of what a normalization gives does not depend on its input.
        (Variable, string)[] named = xs is [Variable x] ? [(x, "x")] : [.. xs.Select((each, i) => (each, $"x{i + 1}"))];
        return TapeView.Of(tape, y, named, adjoints, layer.ToString(), Catalogue.Sample(y.Shape, Domain.Any, rng));
    }
}
