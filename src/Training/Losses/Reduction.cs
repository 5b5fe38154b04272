namespace Tapestry.Training;

/// <summary>What becomes of the losses of a batch's examples.</summary>
public enum Reduction
{
    /// <summary>
    /// Their sum divided by their number, which weights do not change: an example of weight 2 counts as two, and the divisor stays the batch's size. Keras's default.
    /// </summary>
    SumOverBatchSize,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>They stay as they are, one for each example.</summary>
    None,
}
