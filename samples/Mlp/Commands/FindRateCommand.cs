using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp find-rate</c>: trains for some hundred steps with a rate that rises until the loss explodes, and suggests one.</summary>
internal static class FindRateCommand
{
    private const int DefaultSteps = 300;

    public static Command Create(Terminal terminal, Interruption interruption)
    {
        Option<string> model = CommonOptions.Model();
        Option<DataSource> data = CommonOptions.Data();
        Option<int> batchSize = Numbers.Whole("--batch-size", "How many examples make a step.", 32, smallest: 1);
        OptimizerOptions optimizer = OptimizerOptions.Create();
        Option<ulong> seed = Numbers.Seed("--seed", "What weights, shuffles and dropout are drawn from.", 1);
        Option<double> from = Rate("--from", "The first learning rate.", 1e-7), to = Rate("--to", "The last learning rate.", 10);
        Option<int> steps = Numbers.Whole("--steps", "How many steps there are from the one to the other.", DefaultSteps, smallest: 20);
        Option<int?> threads = Threads.Option();
        Option<bool> json = CommonOptions.Json();
        Command command = new("find-rate", "Look for a good learning rate: a new model is trained with one that rises, until its loss explodes. Nothing is saved.") { model, data, batchSize };
        foreach (Option option in (Option[])[.. optimizer.WithoutRates, seed, from, to, steps, threads, json]) command.Options.Add(option);
        command.Validators.Add(optimizer.Validate);
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () =>
        {
            (double first, double last) = (parsed.GetValue(from), parsed.GetValue(to));
            if (last <= first) throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--to: expected a rate above that of --from, {first}, got {last}."));
            OptimizerSettings settings = optimizer.ReadWithoutRates(parsed);
            DataSource source = parsed.GetValue(data)!;
            DataSet train = source.Load().Train;
            Model made = Models.Create(parsed.GetValue(model)!, parsed.GetValue(seed));
            Models.Fit(made, parsed.GetValue(model)!, train, source.Fitting);
            Show(
                RateRangeTest.Run(made, rising => settings.Create(rising), LossChoice.Default(source.HasClasses).Loss, train, parsed.GetValue(batchSize), parsed.GetValue(steps), first, last, interruption.Token),
                settings,
                parsed.GetValue(json),
                terminal);
            return ExitStatus.Done;
        })));
        return command;
    }

    private static void Show(RateRangeTest test, OptimizerSettings settings, bool json, Terminal terminal)
    {
        if (json)
        {
            for (int i = 0; i < test.Rates.Count; i++) terminal.Result(new JsonObject { ["event"] = "step", ["step"] = i + 1, ["learning_rate"] = test.Rates[i], ["loss"] = test.Losses[i] });
            terminal.Result(new JsonObject
            {
                ["event"] = "result",
                ["suggestion"] = test.Suggestion,
                ["steepest"] = test.Rates[test.Steepest],
                ["lowest"] = test.Rates[test.Lowest],
                ["steps"] = test.Rates.Count,
                ["exploded"] = test.Exploded,
            });
            return;
        }

        if (terminal.IsOutputLive)
        {
            terminal.Drawn.Write(new LineChart("loss over the learning rate", new Series(settings.Optimizer.Text, test.Losses, Color.Blue))
            {
                Ticks = [(0, Text(test.Rates[0])), (test.Rates.Count - 1, Text(test.Rates[^1]))],
                Marks = [(test.Steepest, $"falls fastest at {Text(test.Rates[test.Steepest])}", Color.Green), (test.Lowest, $"lowest at {Text(test.Rates[test.Lowest])}", Color.Orange1)],
            });
        }

        terminal.Result($"falls fastest at  {Text(test.Rates[test.Steepest])}");
        terminal.Result($"lowest at         {Text(test.Rates[test.Lowest])}");
        terminal.Result($"{(test.Exploded ? "explodes behind" : "ends at"),-18}{Text(test.Rates[^1])}");
        terminal.Result($"suggestion        --learning-rate {Text(test.Suggestion)}");
    }

    private static Option<double> Rate(string name, string description, double otherwise) =>
        Numbers.Real(name, description, "X", otherwise, "a number above 0", value => value is > 0 and < double.PositiveInfinity);

    private static string Text(double rate) => rate.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
