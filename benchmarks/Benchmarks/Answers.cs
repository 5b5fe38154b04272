using System.Globalization;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Bench;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Benchmarks;

/// <summary>
/// The framework's side of <c>benchmarks/peers/run</c>: answers each line of standard input with one of standard output. The peers' programs answer the same ones.
/// <code>
/// train sgd 32 0.5     examples per second, of epochs that take 0.5 s or little more, in batches of 32, after a warm-up; or adam
/// infer none 32 0.5    the same of inference
/// ping-pong            nanoseconds that two cores take to answer each other
/// data FILE            writes the digits: all pixels, then all labels, bytes
/// </code>
/// </summary>
internal static class Answers
{
    public static void Run(int threads)
    {
        Workers.Count = threads;
        while (Console.ReadLine() is { } line) Console.WriteLine(Answer(line.Split(' ')).ToString(CultureInfo.InvariantCulture));
    }

    private static double Answer(string[] words) => words switch
    {
        ["train", string optimizer, string batch, string seconds] => Train(optimizer, Whole(batch), Number(seconds)),
        ["infer", _, string batch, string seconds] => Infer(Whole(batch), Number(seconds)),
        ["ping-pong"] => Limit.PingPong() ?? 0,
        ["data", string file] => Write(file),
        _ => throw new ArgumentException($"answer: expected a line that begins with train, infer, ping-pong or data, got '{string.Join(' ', words)}'."),
    };

    private static double Train(string optimizer, int batch, double seconds)
    {
        Trainer trainer = Workload.Trainer(Workload.Model(), optimizer);
        return Workload.Examples * Workload.Rate(() => trainer.Fit(Workload.Data, batchSize: batch), seconds);
    }

    private static double Infer(int size, double seconds)
    {
        (Sequential model, Batch batch) = (Workload.Model(), Workload.Batch(size));
        return size * Workload.Rate(() => Workload.Infer(model, batch), seconds);
    }

    private static double Write(string file)
    {
        using FileStream stream = File.Create(file);
        stream.Write(Workload.Data.Features.AsBytes());
        stream.Write(Workload.Data.Targets.AsBytes());
        return Workload.Examples;
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
