using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// The paper's inference network (Algorithm 2, line 11): each batch normalization is y = s·x + t with s = γ/√(σ² + ε) and t = β - s·μ, and so needs no layer of its own.
/// <list type="bullet">
/// <item>Behind a linear <see cref="Dense"/> it goes into that one's kernel and bias: kernel·s and bias·s + t.</item>
/// <item>Before a Dense, also through <see cref="Flatten"/>, it goes into the next one's: s·kernel by row, and bias + t·kernel.</item>
/// <item>Where a nonlinearity stands on both sides, or s and t differ along an axis that the kernel does not see, it becomes a <see cref="Scale"/>.</item>
/// </list>
/// Computed in double and rounded once. Tested in <c>tests/Layers.Tests/Normalization/FoldingTests.cs</c>.
/// </summary>
public static class Folding
{
    /// <summary>
    /// A new model without batch normalization, with the same inference. Nested models are laid out flat, their layers named by path: <c>inner/dense</c>. What is left of a
    /// batch normalization has its name, with <c>_scale</c> or <c>_activation</c> behind it. The model itself stays as it is, and shares no memory with the new one.
    /// </summary>
    /// <param name="model">One that has been built; its moving statistics are taken as they stand.</param>
    /// <exception cref="InvalidOperationException">The model has not been built.</exception>
    /// <exception cref="ArgumentException">A batch normalization has no moving statistics in inference, or they give no finite numbers; or a layer cannot be copied.</exception>
    public static Sequential Fold(Sequential model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.IsBuilt) throw new InvalidOperationException($"Fold: expected a model that has been built, got {model}, which has not. Give it an input shape.");
        List<FoldingStep> steps = [.. Steps(model, inherited: null, path: "")];
        while (Absorb(steps))
        {
        }

        return Build(model, steps);
    }

    private static IEnumerable<FoldingStep> Steps(Sequential model, bool? inherited, string path)
    {
        inherited = model.Training ?? inherited;
        foreach (Layer layer in model.Layers)
        {
            string name = path + layer.Name;
            bool? training = layer.Training ?? inherited;
            switch (layer)
            {
                case Sequential nested:
                    foreach (FoldingStep step in Steps(nested, inherited, $"{name}/")) yield return step;
                    break;
                case BatchNormalization normalization:
                    Refuse(normalization, training, name);
                    yield return ScaleStep.Of(normalization, name);
                    if (normalization.Activation.Name != Activations.Linear.Name) yield return new ActivationStep($"{name}_activation", layer.InputShape!, normalization.Activation);
                    break;
                case Dense dense:
                    yield return new DenseStep(name, dense);
                    break;
                case Functional graph:
                    throw new ArgumentException($"Fold: expected a stack of layers, got {graph} in it, in which a normalization may feed several. Fold the stacks that it is made of.");
                default:
                    if (LayerCatalogue.Find(layer.ClassName) is null) throw new ArgumentException($"Fold: expected layers that can be read from a configuration, got {layer}. Give it a row in LayerCatalogue.");
                    yield return new CopiedStep(name, layer.InputShape!, layer, training);
                    break;
            }
        }
    }

    private static void Refuse(BatchNormalization layer, bool? training, string name)
    {
        if (layer.By != NormalizeBy.Mode)
        {
            throw new ArgumentException($"{layer}: expected a layer that normalizes by its moving statistics in inference, got '{name}', which normalizes by the {(layer.By == NormalizeBy.Batch ? "batch" : "sample")} always. It cannot be folded.");
        }

        if (layer.Broadcast[0] != 1) throw new ArgumentException($"{layer}: expected statistics that all examples share, got '{name}', which has some for each place in the batch. It cannot be folded.");
        if (training == true && (layer.Trainable || layer.Freeze != FreezePolicy.Inference))
        {
            throw new ArgumentException($"{layer}: expected a layer that normalizes by its moving statistics in inference, got '{name}', which is told to train always. Set Training to null, or freeze it.");
        }
    }

    /// <summary>Takes one scale and shift into what stands beside it.</summary>
    /// <returns>Whether there was one that could be taken in.</returns>
    private static bool Absorb(List<FoldingStep> steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i] is not ScaleStep scale) continue;
            (int before, int behind) = (i - 1, i + 1);

            // Backward a Flatten changes which numbers are one feature's, unless there is one axis only.
            while (before >= 0 && steps[before].KeepsNumbers && steps[before].InputShape.Rank == steps[i].InputShape.Rank) before--;
            while (behind < steps.Count && steps[behind].KeepsNumbers) behind++;

            if (before >= 0 && steps[before] is DenseStep { IsLinear: true } last && scale.IsByFeature)
            {
                (double[] factors, double[] shifts) = scale.ByFeature(last.Units);
                last.TakeFromBehind(factors, shifts);
            }
            else if (behind < steps.Count && steps[behind] is DenseStep next && scale.For(next) is { } inputs)
            {
                next.TakeFromBefore(inputs.Scale, inputs.Shift);
            }
            else if (behind == i + 1 && behind < steps.Count && steps[behind] is ScaleStep second)
            {
                steps[behind] = scale.Then(second);
            }
            else
            {
                continue;
            }

            steps.RemoveAt(i);
            return true;
        }

        return false;
    }

    private static Sequential Build(Sequential model, List<FoldingStep> steps)
    {
        if (steps.Count == 0) return new Sequential(model.InputShape, model.Seed, model.DType);
        HashSet<string> names = [.. steps.Where(step => step is not (ScaleStep or ActivationStep)).Select(step => step.Name)];
        JsonArray layers = [];
        foreach (FoldingStep step in steps)
        {
            JsonObject described = step.Describe();
            string name = step is ScaleStep ? $"{step.Name}_scale" : step.Name;
            if (step is ScaleStep or ActivationStep)
            {
                while (!names.Add(name)) name += "_1";
            }

            described["config"]!["name"] = name;
            if (layers.Count == 0) described["config"]!["batch_input_shape"] = LayerJson.BatchShape(model.InputShape!);
            layers.Add((JsonNode)described);
        }

        JsonObject config = new()
        {
            ["name"] = model.Name,
            ["trainable"] = model.Trainable,
            ["layers"] = layers,
            ["dtype"] = LayerJson.Write(model.DType),
        };
        Sequential folded = (Sequential)LayerJson.FromJson(new JsonObject { ["class_name"] = nameof(Sequential), ["config"] = config }.ToJsonString(), model.Seed);
        foreach ((FoldingStep step, Layer layer) in steps.Zip(folded.Layers))
        {
            foreach ((Tensor value, Parameter parameter) in step.Values.Zip(layer.Parameters)) parameter.Value.CopyFrom(value.Cast(model.DType));
            if (step.Source is IStochastic source && layer is IStochastic copy) copy.Rng = new Rng(source.Rng.Seed, source.Rng.Position);
        }

        return folded;
    }
}
