using Tapestry.Data;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp;

/// <summary>What a run's examples are for.</summary>
/// <param name="Train">Those that are trained on.</param>
/// <param name="Validation">Those that are evaluated after each epoch; null for none.</param>
/// <param name="Test">Those that the end is measured on.</param>
internal sealed record Parts(DataSet Train, DataSet? Validation, DataSet Test)
{
    /// <summary>The split must not move with the weights' seed, so that runs of several seeds are validated on the same examples.</summary>
    private const ulong SplitSeed = 0;

    /// <summary>Makes or reads a run's data, and holds its validation part out. The same settings give the same parts.</summary>
    /// <exception cref="UsageException">The validation part, or what is left, would be empty.</exception>
    public static Parts Load(RunSettings settings)
    {
        (DataSet train, DataSet test) = settings.Data.Load();
        return Of(train, test, settings);
    }

    /// <summary>Holds the validation part of data that has been loaded out.</summary>
    /// <exception cref="UsageException">The validation part, or what is left, would be empty.</exception>
    public static Parts Of(DataSet train, DataSet test, RunSettings settings)
    {
        if (settings.ValidationSplit == 0) return new Parts(train, null, test);
        try
        {
            (train, DataSet validation) = train.SplitEnd(settings.ValidationSplit, SplitSeed);
            return new Parts(train, validation, test);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new UsageException($"--validation-split: {CommonOptions.Text(error)}");
        }
    }
}
