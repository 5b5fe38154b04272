using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Tapestry.Autodiff;
using Tapestry.Kernels.Child;
using Tapestry.Tensors;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine($"registers: {MatrixProduct.Path}, AVX: {Avx.IsSupported}, FMA: {Fma.IsSupported}");
Console.WriteLine($"workers: {Started.With(1)} with one thread, {Started.With(3)} with three");
bool passed = true;
foreach (Action<Check> run in (Action<Check>[])[Products.Run, Normalizations.Run, DenseLayers.Run, Functions.Run, Softmaxes.Run, Updates.Run, OptimizerBits.Run]) Tell(run.Method.DeclaringType!.Name, run);
foreach (CatalogueRow row in Catalogue.Operations) Tell(row.Name, check => CatalogueBits.Run(row, check));
return passed ? 0 : 1;

void Tell(string kernel, Action<Check> run)
{
    Check check = new(kernel);
    run(check);
    passed &= check.Tell();
}
