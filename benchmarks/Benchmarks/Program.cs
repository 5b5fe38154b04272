using System.Globalization;
using BenchmarkDotNet.Running;
using Tapestry.Benchmarks;

switch (args)
{
    case ["cost"]:
        Cost.Run(secondsPerStretch: 0.3);
        break;
    case ["cost", string text] when double.TryParse(text, CultureInfo.InvariantCulture, out double seconds):
        Cost.Run(seconds);
        break;
    case ["answer", string text] when int.TryParse(text, CultureInfo.InvariantCulture, out int threads):
        Answers.Run(threads);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
