using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// What a function takes from around its arguments when it first runs, on an arena inside another tape: parameters, and the states of the generators that it draws from. A
/// replay of the function finds the same.
/// </summary>
internal sealed class Captured(Tape around)
{
    private readonly List<Parameter> parameters = [];
    private readonly List<Variable> standIns = [];
    private readonly List<(ulong Seed, ulong Position)> draws = [];

    /// <summary>The tape that the function was called on.</summary>
    public Tape Around => around;

    /// <summary>The parameters that it watched, each once, in order.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>What stands for each of them on the tape around. A layer writes into its states, so these are copies: a replay must see what the first run saw.</summary>
    public IReadOnlyList<Variable> StandIns => standIns;

    /// <summary>A parameter as the arena's constant, with the numbers that it stands for on the tape around.</summary>
    public Variable Take(Parameter parameter, Tape arena)
    {
        Variable standIn = around.Watch(parameter);
        if (parameter.Role == ParameterRole.State && !standIn.IsTracked) standIn = around.Constant(standIn.Value.Clone());
        parameters.Add(parameter);
        standIns.Add(standIn);
        return arena.Constant(standIn.Value);
    }

    /// <summary>Remembers where a generator stands before the function draws from it.</summary>
    public Rng Take(Rng rng)
    {
        Rng source = around.DrawFrom(rng);
        draws.Add((source.Seed, source.Position));
        return source;
    }

    /// <summary>The generators again, each where it stood.</summary>
    public Queue<Rng> Draws() => new(draws.Select(state => new Rng(state.Seed, state.Position)));
}
