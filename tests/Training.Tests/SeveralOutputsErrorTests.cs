using System.Text;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;

namespace Tapestry.Training.Tests;

public class SeveralOutputsErrorTests
{
    // Whatever does not belong together is refused before a step is taken and before a callback hears of the training.
    [Fact]
    public async Task Texts_say_what_was_expected_and_what_came()
    {
        Functional two = Pairs.Model();
        DataSet data = Pairs.Data(8, seed: 1), points = Problem.Points(8, seed: 1);
        Objective loss = new(Losses.SparseCategoricalCrossentropy), number = new(Losses.MeanSquaredError);
        Trainer trainer = Pairs.Trainer(two);
        LossMetric shared = new(Losses.MeanAbsoluteError);
        StringBuilder texts = new();

        Refused(() => new Trainer(two, new Sgd(), Losses.MeanSquaredError));
        Refused(() => new Trainer(two, new Sgd(), [loss, number, number]));
        Refused(() => new Trainer(Problem.Model(), new Sgd(), [loss, number]));
        Refused(() => new Trainer(two, new Sgd(), []));
        Refused(() => new Trainer(two, new Sgd(), [loss, number with { Weight = double.NaN }]));
        Refused(() => new Trainer(two, new Sgd(), [loss, new(new MeanSquaredError { Reduction = Reduction.None })]));
        Refused(() => new Trainer(two, new Sgd(), [loss with { Metrics = [new Accuracy(), new Accuracy()] }, number]));
        Refused(() => new Trainer(two, new Sgd(), [loss, number]) { Metrics = [] });
        Refused(() => new Trainer(two, new Sgd(), [loss, number]) { WeightedMetrics = [] });
        Refused(() => trainer.Loss);
        Refused(() => trainer.Fit(points, callbacks: [new Never()]));
        Refused(() => trainer.Fit(new DataSet(data.AllFeatures, [data.AllTargets[0]]), callbacks: [new Never()]));
        Refused(() => trainer.Fit(data, validation: points, callbacks: [new Never()]));
        Refused(() => trainer.Evaluate(points));
        Refused(() => trainer.PredictAll(points));
        Refused(() => trainer.Predict(data));
        Refused(() => Problem.Trainer().Fit(data));
        Refused(() => trainer.Fit(data, classWeights: new Dictionary<int, double> { [0] = 2 }));
        Refused(() => new Trainer(two, new Sgd(), [loss with { Metrics = [shared] }, number with { Metrics = [shared] }]).Fit(data, callbacks: [new Never()]));
        Refused(() => new Trainer(two, new Sgd(), [loss with { Metrics = [new Accuracy { Name = "loss" }] }, number]).Evaluate(data));
        Refused(() => new Trainer(Problem.Model(), new Sgd(), [loss with { Metrics = [new Accuracy { Name = "loss" }] }]).Evaluate(points));
        Refused(() => new Trainer(Problem.Model(), new Sgd(), [loss with { Metrics = [shared], WeightedMetrics = [shared] }]).Fit(points, callbacks: [new Never()]));
        Refused(() => RateRangeTest.Run(two, schedule => new Sgd(schedule), new MeanSquaredError(), data));
        Refused(() =>
        {
            PopulationStatistics.Estimate(two, data, batchSize: 4);
            return two;
        });

        Assert.Equal(0, trainer.Optimizer.Iterations);
        await Verifier.Verify(texts.ToString());

        void Refused(Func<object> act)
        {
            Exception error = Assert.ThrowsAny<Exception>(() => act());
            texts.Append(error.GetType().Name).Append(": ").Append(error.Message).Append('\n');
        }
    }

    private sealed class Never : ICallback
    {
        public void OnTrainBegin() => Assert.Fail("the training began");
    }
}
