using System.CommandLine;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>What kernels add to the loss, as the command line has it: <c>name[:key=value,...]</c>, by Keras's names and options.</summary>
internal sealed class RegularizerChoice
{
    /// <summary>Every factor unless told otherwise: Keras's.</summary>
    private const double Factor = 0.01;

    private static readonly Dictionary<string, Func<NamedOptions, Regularizer>> Known = new()
    {
        ["l1"] = options => new L1(options.Number("l1", Factor)),
        ["l2"] = options => new L2(options.Number("l2", Factor)),
        ["l1_l2"] = options => new L1L2(options.Number("l1", Factor), options.Number("l2", Factor)),
        ["orthogonal"] = options => new OrthogonalRegularizer(options.Number("factor", Factor), options.Word("mode", "rows", "columns") == "rows" ? OrthogonalMode.Rows : OrthogonalMode.Columns),
    };

    private readonly Regularizer regularizer;

    private RegularizerChoice(string text, Regularizer regularizer) => (Text, this.regularizer) = (text, regularizer);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public static Option<RegularizerChoice?> Option()
    {
        Option<RegularizerChoice?> option = new("--regularize")
        {
            Description = "Add a penalty to the loss for every kernel that has none of its own, name[:key=value,...]: l1 (l1, 0.01), l2 (l2, 0.01), l1_l2 (both) or orthogonal (factor, 0.01; mode, rows or columns).",
            HelpName = string.Join('|', Known.Keys),
            CustomParser = result => CommonOptions.Parse(result, Parse),
        };
        option.CompletionSources.Add([.. Known.Keys]);
        return option;
    }

    /// <exception cref="UsageException">The text names no regularizer, or an option or value that it does not have.</exception>
    public static RegularizerChoice Parse(string text)
    {
        NamedOptions options = new("--regularize", text, ',', Known.Keys);
        return new RegularizerChoice(text, options.Make(Known[options.Name]));
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    /// <summary>
    /// The same model with the regularizer at the kernels that have none, nested models' too: by way of its architecture, so that whatever is made of the run has it.
    /// </summary>
    /// <exception cref="UsageException">There is no such kernel.</exception>
    public Model ApplyTo(Model model, string name)
    {
        JsonNode architecture = JsonNode.Parse(LayerJson.ToJson(model))!;
        return Regularize(architecture) > 0
            ? LayerJson.FromJson(architecture.ToJsonString(), model.Seed)
            : throw new UsageException($"--regularize: expected a model with a kernel that has no regularizer yet, got {name}, which has none.");
    }

    /// <returns>How many kernels it was put to.</returns>
    private int Regularize(JsonNode layer)
    {
        JsonObject config = layer["config"]!.AsObject();
        if (config["layers"] is JsonArray layers) return layers.Sum(inner => Regularize(inner!));
        if (!config.ContainsKey("kernel_initializer") || config.ContainsKey("kernel_regularizer")) return 0;
        config["kernel_regularizer"] = new JsonObject { ["class_name"] = regularizer.ClassName, ["config"] = regularizer.GetConfig() };
        return 1;
    }
}
