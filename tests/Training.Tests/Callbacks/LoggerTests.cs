using Tapestry.Data;
using Tapestry.Optimizers;

namespace Tapestry.Training.Tests;

public class LoggerTests
{
    [Fact]
    public void The_csv_log_is_the_history_after_each_epoch()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();

        trainer.Fit(Problem.Points(30, seed: 1), epochs: 2, callbacks: [new CsvLogger(trainer, folder["logs/log.csv"])]);

        Assert.Equal(trainer.History.ToCsv(), File.ReadAllText(folder["logs/log.csv"]));
        Assert.Equal(3, File.ReadAllLines(folder["logs/log.csv"]).Length);
    }

    [Fact]
    public void The_json_log_has_an_object_a_line_and_null_for_what_is_no_number()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();
        trainer.History.Add(new EpochRecord(1, [KeyValuePair.Create("loss", 0.5), KeyValuePair.Create("val_loss", double.NaN)], Seconds: 3));
        trainer.History.Add(new EpochRecord(2, [KeyValuePair.Create("loss", 0.25), KeyValuePair.Create("val_loss", double.PositiveInfinity)], Seconds: 3));

        new JsonLinesLogger(trainer, folder["log.jsonl"]).OnEpochEnd(trainer.History.Epochs[^1]);

        Assert.Equal("""
            {"epoch":1,"loss":0.5,"val_loss":null}
            {"epoch":2,"loss":0.25,"val_loss":null}

            """.ReplaceLineEndings("\n"), File.ReadAllText(folder["log.jsonl"]));
    }

    // Logged, but killed before the checkpoint of that epoch: the resumed run must not keep the line, even where it trains no more.
    [Fact]
    public void A_log_that_is_ahead_of_the_run_is_put_right_when_it_goes_on()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();
        trainer.Fit(Problem.Points(30, seed: 1), epochs: 1);
        foreach (string name in (string[])["log.csv", "log.jsonl"]) File.WriteAllText(folder[name], "1\n2\n3\n");

        trainer.Fit(Problem.Points(30, seed: 1), epochs: 0, callbacks: [new CsvLogger(trainer, folder["log.csv"]), new JsonLinesLogger(trainer, folder["log.jsonl"])]);

        Assert.Equal(trainer.History.ToCsv(), File.ReadAllText(folder["log.csv"]));
        Assert.StartsWith("{\"epoch\":1,\"loss\":", Assert.Single(File.ReadAllLines(folder["log.jsonl"])), StringComparison.Ordinal);
    }

    // Steps 4 an epoch, halved every 4: 1 -> 0.5 -> 0.25; the value is that of the next step, as Keras logs it.
    [Fact]
    public void The_history_has_the_learning_rate_where_it_is_told_to()
    {
        DataSet data = Problem.Points(32, seed: 1);
        Trainer told = new(Problem.Model(), new Sgd(new ExponentialDecay(1, decaySteps: 4, decayRate: 0.5)), Losses.SparseCategoricalCrossentropy) { LogLearningRate = true };

        told.Fit(data, epochs: 2, batchSize: 8, validation: data);

        Assert.Equal([0.5, 0.25], told.History["learning_rate"]);
        Assert.Equal("learning_rate", told.History.Epochs[0].Values[^1].Key);
        Assert.Null(Problem.Trainer().Fit(data).Epochs[0].Find("learning_rate"));
    }
}
