using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>How normalization's parameters lie along x: one number for each place along the axes that are not reduced.</summary>
internal readonly struct KeptAxes
{
    private readonly Shape x;
    private readonly Axes over;
    private readonly int[] reduced;

    /// <summary>All axes of x's shape but those.</summary>
    /// <exception cref="ArgumentException">An axis lies outside the rank, or is named twice.</exception>
    public KeptAxes(Shape x, Axes over)
    {
        (this.x, this.over) = (x, over);
        reduced = over.Resolve(x.Rank);
        bool comesFirst = reduced.Length > 0 && reduced[^1] == reduced.Length - 1;
        int columns = 1;
        foreach (int size in x.AsSpan()[reduced.Length..]) columns *= size;
        Columns = comesFirst && x.ElementCount > 0 ? columns : 0;
    }

    /// <summary>How many columns x has as a matrix where the reduced axes are its first ones, so that the kernels for columns serve; 0 where they do not.</summary>
    public int Columns { get; }

    /// <summary>The shape in which parameters broadcast to x: 1 along the reduced axes.</summary>
    public Shape Along => Op.KeptShape(x, over);

    /// <summary>Refuses parameters of another shape than <see cref="Along"/>, or the kept sizes alone.</summary>
    /// <exception cref="ArgumentException">One has another shape, or they differ from each other.</exception>
    public void Check(string name, params ReadOnlySpan<Tensor> parameters)
    {
        foreach (Tensor parameter in parameters)
        {
            if (parameter.Shape == parameters[0].Shape && Fits(parameter.Shape)) continue;
            throw new ArgumentException($"{name}: expected parameters of one shape, {Along} or without its reduced axes, for x {x}, got {string.Join(" and ", parameters.ToArray().Select(other => other.Shape))}.");
        }
    }

    private bool Fits(Shape parameter)
    {
        bool isWhole = parameter.Rank == x.Rank;
        if (!isWhole && parameter.Rank != x.Rank - reduced.Length) return false;
        for (int axis = 0, place = 0; axis < x.Rank; axis++)
        {
            bool isReduced = Array.IndexOf(reduced, axis) >= 0;
            if (isReduced && !isWhole) continue;
            if (parameter[place++] != (isReduced ? 1 : x[axis])) return false;
        }

        return true;
    }
}
