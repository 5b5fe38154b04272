using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// Is handed each parameter's gradient when the reverse pass has it complete and reads the parameter no more, so that it may change the parameter there and then. Each comes once:
/// as a tensor, or row by row between <see cref="Open"/> and <see cref="Close"/>.
/// </summary>
internal interface IGradientReceiver
{
    /// <summary>Takes a gradient, which belongs to the tape.</summary>
    void Take(Parameter parameter, Tensor gradient);

    /// <summary>What takes a gradient by rows; null to have it as a tensor.</summary>
    IRowSink? Open(Parameter parameter);

    /// <summary>All rows have been taken.</summary>
    void Close(Parameter parameter);
}
