using System.Globalization;

namespace Tapestry.Training.Tests;

public class HistoryTests
{
    [Fact]
    public void Values_are_read_by_name_through_the_epochs()
    {
        History history = Of([("loss", 0.5), ("accuracy", 0.25)], [("loss", 0.125), ("accuracy", 0.75)]);

        Assert.Equal([0.5, 0.125], history["loss"]);
        Assert.Equal(0.75, history.Epochs[1]["accuracy"]);
        Assert.Equal([1, 2], history.Epochs.Select(epoch => epoch.Epoch));
        Assert.Null(history.Epochs[0].Find("val_loss"));
    }

    [Fact]
    public void A_name_that_was_not_measured_is_refused_with_those_that_were()
    {
        History history = Of([("loss", 0.5), ("accuracy", 0.25)]);

        string message = Assert.Throws<KeyNotFoundException>(() => history["val_loss"]).Message;

        Assert.Equal("History: expected one of loss, accuracy, got 'val_loss'.", message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("fr-FR")]
    public void The_table_is_the_same_under_every_culture(string culture)
    {
        History history = Of([("loss", 1234.5), ("accuracy", 0.1)], [("loss", 1e-7), ("accuracy", 1)]);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal("epoch,loss,accuracy\n1,1234.5,0.1\n2,1E-07,1\n", history.ToCsv());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void What_is_no_number_or_was_not_measured_is_empty()
    {
        History history = Of([("loss", double.NaN)], [("loss", 0.5), ("val_loss", 0.25)]);

        Assert.Equal("epoch,loss,val_loss\n1,,\n2,0.5,0.25\n", history.ToCsv());
    }

    [Fact]
    public void The_table_of_nothing_is_its_header() => Assert.Equal("epoch\n", new History().ToCsv());

    [Fact]
    public void Clock_values_stay_out()
    {
        History history = new();
        history.Add(new EpochRecord(1, [KeyValuePair.Create("loss", 0.5)], Seconds: 98765));

        Assert.DoesNotContain("98765", history.ToCsv(), StringComparison.Ordinal);
    }

    private static History Of(params (string Name, double Value)[][] epochs)
    {
        History history = new();
        for (int i = 0; i < epochs.Length; i++) history.Add(new EpochRecord(i + 1, [.. epochs[i].Select(value => KeyValuePair.Create(value.Name, value.Value))], Seconds: i));
        return history;
    }
}
