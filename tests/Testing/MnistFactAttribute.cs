using Xunit;

namespace Tapestry.Testing;

/// <summary>A test that needs the real MNIST: skipped, visibly, where the variable TAPESTRY_DATA names no folder that holds it.</summary>
public sealed class MnistFactAttribute : FactAttribute
{
    public MnistFactAttribute()
    {
        if (Find() is null) Skip = "Set TAPESTRY_DATA to the folder that holds mnist/ to run this test.";
    }

    /// <summary>The folder with the four IDX files.</summary>
    public static string Directory => Find() ?? throw new InvalidOperationException("TAPESTRY_DATA is not set.");

    private static string? Find()
    {
        string? data = Environment.GetEnvironmentVariable("TAPESTRY_DATA");
        string? folder = data is null ? null : Path.Combine(data, "mnist");
        return folder is not null && System.IO.Directory.Exists(folder) ? folder : null;
    }
}
