using System.Globalization;
using BenchmarkDotNet.Running;
using Tapestry.Benchmarks;

switch (args)
{
    case ["cost"]:
        Cost.Run(secondsPerStretch: 0.3);
        break;
    case ["cost", string seconds]:
        Cost.Run(double.Parse(seconds, CultureInfo.InvariantCulture));
        break;
    case ["answer", string threads]:
        Answers.Run(int.Parse(threads, CultureInfo.InvariantCulture));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
