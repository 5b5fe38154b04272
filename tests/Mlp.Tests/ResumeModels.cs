namespace Tapestry.Mlp.Tests;

/// <summary>Small models as files.</summary>
internal static class ResumeModels
{
    private static readonly Dictionary<string, string> Middle = new()
    {
        ["tiny"] = """{"class_name": "BatchNormalization", "config": {}}, {"class_name": "Dense", "config": {"units": 4, "activation": "elu"}}""",
        ["small-dropout"] = """{"class_name": "Dense", "config": {"units": 4, "activation": "elu"}}, {"class_name": "BatchNormalization", "config": {}}, {"class_name": "Dropout", "config": {"rate": 0.2}}""",
        ["slow"] = string.Join(", ", Enumerable.Repeat("""{"class_name": "Dense", "config": {"units": 1500, "activation": "elu"}}""", 6)),
        ["dropout"] = """{"class_name": "Dropout", "config": {"rate": 0.2}}, {"class_name": "Dense", "config": {"units": 400, "activation": "elu"}}, {"class_name": "Dropout", "config": {"rate": 0.5}}""",
    };

    /// <summary>Writes one, where it is not there yet.</summary>
    /// <returns>Its path.</returns>
    public static string Write(TemporaryFolder folder, string name)
    {
        string path = folder[$"{name}.json"];
        if (File.Exists(path)) return path;
        File.WriteAllText(path, $$$"""
            {"class_name": "Sequential", "config": {"layers": [
              {"class_name": "Flatten", "config": {"batch_input_shape": [null, 28, 28]}}, {{{Middle[name]}}},
              {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]}}
            """);
        return path;
    }
}
