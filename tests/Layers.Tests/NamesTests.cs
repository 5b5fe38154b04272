namespace Tapestry.Layers.Tests;

public class NamesTests
{
    [Fact]
    public void The_first_has_no_number_and_stems_count_apart()
    {
        Names names = [];

        Assert.Equal(["dense", "dense_1", "flatten", "dense_2"], (string[])[names.Next("dense"), names.Next("dense"), names.Next("flatten"), names.Next("dense")]);
        Assert.Equal(3, names["dense"]);
    }

    [Fact]
    public void A_chosen_start_is_the_next_number()
    {
        Names names = new() { ["dense"] = 50 };

        Assert.Equal(["dense_50", "dense_51", "flatten"], (string[])[names.Next("dense"), names.Next("dense"), names.Next("flatten")]);
    }

    [Fact]
    public void Names_without_a_choice_are_the_class_in_snake_case()
    {
        Assert.Equal("batch_normalization", new BatchNormalization().Name);
        Assert.Equal("dense", new Dense(1).Name);
        Assert.Equal("sequential", new Sequential().Name);
    }
}
