using System.Runtime.InteropServices;

namespace Tapestry.Samples.Mlp;

/// <summary>
/// Ctrl-C and SIGTERM. The first asks the command to end after what is under way, and to save; a second ends the process at once, and the last checkpoint stands.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const int SignalStatus = 128;

    private readonly CancellationTokenSource source;
    private readonly List<PosixSignalRegistration> registrations = [];
    private int status = ExitStatus.Interrupted;

    private Interruption(CancellationTokenSource source) => this.source = source;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>What to return after an interruption: 130 for Ctrl-C, 143 for SIGTERM.</summary>
    public int Status => status;

    /// <summary>Listens to the process's signals.</summary>
    /// <param name="leave">What to do before a second signal ends the process.</param>
    public static Interruption OfProcess(Action leave)
    {
        Interruption interruption = new(new CancellationTokenSource());
        interruption.Listen(PosixSignal.SIGINT, number: 2, leave);
        interruption.Listen(PosixSignal.SIGTERM, number: 15, leave);
        return interruption;
    }

    /// <summary>Is interrupted by a token instead, as if by Ctrl-C.</summary>
    public static Interruption By(CancellationToken token) => new(CancellationTokenSource.CreateLinkedTokenSource(token));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
        source.Dispose();
    }

    private void Listen(PosixSignal signal, int number, Action leave) => registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (source.IsCancellationRequested)
        {
            leave();
            Environment.Exit(SignalStatus + number);
        }

        status = SignalStatus + number;
        source.Cancel();
    }));
}
