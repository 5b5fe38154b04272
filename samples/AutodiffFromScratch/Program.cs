// The engine told from scratch: what docs/autodiff.md shows, section by section. With "pictures FOLDER" it writes the page's drawings there instead.
using Tapestry.Samples.AutodiffFromScratch;

if (args is ["pictures", string folder])
{
    Pictures.Write(folder);
    return;
}

foreach ((string name, Action run) in (ReadOnlySpan<(string, Action)>)
[
    ("scalar-tape", FirstExpression.OnNumbers),
    ("tapestry", FirstExpression.OnTensors),
    ("topological-order", TopologicalOrder.Run),
    ("every-order", TopologicalOrder.EveryOrder),
    ("local-jacobians", LocalJacobians.Run),
    ("broadcasting", Broadcasting.Run),
    ("broadcast-transpose", Broadcasting.Transpose),
    ("saving", Memory.Saving),
    ("owning", Memory.Owning),
    ("second-order", SecondOrder.Run),
    ("hessian-vector", SecondOrder.HessianTimesVector),
    ("dual", ForwardMode.OnNumbers),
    ("dot-product", ForwardMode.OnTensors),
    ("batch-normalization", BatchNormalization.Run),
    ("finite-differences", CheckingGradients.FiniteDifferences),
    ("wrong-rule", CheckingGradients.WrongRule),
    ("held-mean", CheckingGradients.WrongAtSecondOrder),
    ("held-mean-hessian", CheckingGradients.SecondDerivatives),
    ("tape-text", Watching.Table),
    ("anomaly", Watching.Anomaly),
])
{
    Print.Section(name);
    run();
    Console.WriteLine();
}
