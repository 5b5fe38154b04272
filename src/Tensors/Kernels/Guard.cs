namespace Tapestry.Tensors;

/// <summary>The checks that kernels share, with the errors that the house's form asks for.</summary>
internal static class Guard
{
    /// <summary>What errors call a kernel: <c>AddKernel</c> is Add, the <c>Kernel</c> inside <c>ExpRule</c> is Exp, and a <c>VectorKernel</c> is its function.</summary>
    public static string Name<TKernel>()
    {
        Type kernel = typeof(TKernel);
        if (kernel.IsGenericType) return Without(kernel.GetGenericArguments()[0].Name, "Function");
        return kernel is { Name: "Kernel", DeclaringType: { } rule } ? Without(rule.Name, "Rule") : Without(kernel.Name, "Kernel");

        static string Without(string name, string suffix) => name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
    }

    public static ArgumentException NotFloat(string name, Tensor x) =>
        new($"{name}: expected F32 or F64, got {x.DType}{x.Shape}. Convert with Cast first.");

    public static void SameDType(string name, Tensor x, Tensor y)
    {
        if (x.DType != y.DType)
        {
            throw new ArgumentException($"{name}: expected operands of one type, got {x.DType}{x.Shape} and {y.DType}{y.Shape}. There is no implicit promotion; convert one with Cast.");
        }
    }

    public static void SameShape(string name, Tensor x, Tensor y)
    {
        if (x.Shape != y.Shape)
        {
            throw new ArgumentException($"{name}: expected operands of one shape, got {x.Shape} and {y.Shape}.");
        }
    }
}
