using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Tapestry.Kernels.Child;
using Tapestry.Tensors;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine($"registers: {MatrixProduct.Path}, AVX: {Avx.IsSupported}, FMA: {Fma.IsSupported}");
Console.WriteLine($"workers: {Started.With(1)} with one thread, {Started.With(3)} with three");
bool passed = true;
foreach (Action<Check> run in (Action<Check>[])[Products.Run, Normalizations.Run, DenseLayers.Run, Functions.Run, Softmaxes.Run, Updates.Run])
{
    Check check = new(run.Method.DeclaringType!.Name);
    run(check);
    passed &= check.Tell();
}

return passed ? 0 : 1;
