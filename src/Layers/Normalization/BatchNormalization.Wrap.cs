using System.Text.Json.Nodes;

namespace Tapestry.Layers;

/// <content>Lasagne's helper <c>batch_norm(layer)</c>.</content>
public sealed partial class BatchNormalization
{
    /// <summary>
    /// Normalizes a dense layer before its activation, as Lasagne's <c>batch_norm(layer)</c> does (batchnorm.md C14): takes the activation out, drops the bias, which the mean
    /// would take out again, and puts normalization and activation behind:
    /// <code>
    /// foreach (Layer layer in BatchNormalization.Wrap(new Dense(300) { Activation = Activations.Elu })) model.Add(layer);
    /// </code>
    /// A layer named <c>x</c> becomes <c>x</c>, <c>x_bn</c> and <c>x_bn_nonlin</c>; of one without a name the model counts all three. A linear layer has no activation to put behind.
    /// </summary>
    /// <param name="dense">A layer that has not been built; it stays as it is.</param>
    /// <param name="dialect">The normalization's; tf.keras's unless told otherwise.</param>
    /// <returns>New layers, in the order in which to add them.</returns>
    /// <exception cref="ArgumentException">The layer has been built: its weights are part of a model.</exception>
    public static IReadOnlyList<Layer> Wrap(Dense dense, BatchNormalizationDialect? dialect = null)
    {
        ArgumentNullException.ThrowIfNull(dense);
        if (dense.IsBuilt) throw new ArgumentException($"{dense}: expected a layer that has not been built, got one that has. Wrap it before it is added to a model.", nameof(dense));

        JsonObject values = dense.GetConfig();
        values.Remove("name");
        values["use_bias"] = false;
        values["activation"] = Activations.Linear.ToJson();
        List<Layer> layers = [LayerCatalogue.Find(nameof(Dense))!.Read(new LayerConfig(nameof(Dense), values)), new BatchNormalization(dialect)];
        if (dense.Activation.Name != Activations.Linear.Name) layers.Add(new Activation(dense.Activation));
        if (!dense.HasName) return layers;

        foreach ((Layer layer, string suffix) in layers.Zip(["", "_bn", "_bn_nonlin"])) layer.TakeName(dense.Name + suffix);
        return layers;
    }
}
