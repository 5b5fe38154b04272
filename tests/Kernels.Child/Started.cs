using Tapestry.Tensors;

namespace Tapestry.Kernels.Child;

/// <summary>The threads that kernels start, counted by the names that Linux shows.</summary>
internal static class Started
{
    private const string Tasks = "/proc/self/task";

    /// <summary>How many there are after a product that is worth sharing; -1 where the system does not show.</summary>
    public static int With(int threads)
    {
        Workers.Count = threads;
        MatrixProduct.Multiply(Tensor.Ones([100, 200]), Tensor.Ones([200, 300]));
        return OperatingSystem.IsLinux() ? Directory.GetDirectories(Tasks).Count(task => File.ReadAllText(Path.Combine(task, "comm")).TrimEnd() == "Tapestry worker") : -1;
    }
}
