namespace Tapestry.Tensors;

/// <summary>
/// How two operands are walked to fill a broadcast result: the result is cut into runs along which each operand is either contiguous or one number repeated.
/// Axes that both operands walk alike are merged first, so that [32, 784] with [784] is 32 runs and equal shapes are a single one.
/// </summary>
internal readonly struct BroadcastPlan
{
    private readonly int[] sizes;
    private readonly int[] stridesX;
    private readonly int[] stridesY;

    public BroadcastPlan(Shape x, Shape y, Shape result)
    {
        List<int> merged = [], alongX = [], alongY = [];
        int strideX = 1, strideY = 1;
        for (int fromEnd = 1; fromEnd <= result.Rank; fromEnd++)
        {
            int size = result[-fromEnd];
            int sizeX = fromEnd <= x.Rank ? x[-fromEnd] : 1;
            int sizeY = fromEnd <= y.Rank ? y[-fromEnd] : 1;
            if (size != 1)
            {
                int stepX = sizeX == 1 ? 0 : strideX;
                int stepY = sizeY == 1 ? 0 : strideY;
                if (merged.Count > 0 && stepX == alongX[^1] * merged[^1] && stepY == alongY[^1] * merged[^1])
                {
                    merged[^1] *= size;
                }
                else
                {
                    merged.Add(size);
                    alongX.Add(stepX);
                    alongY.Add(stepY);
                }
            }

            strideX *= sizeX;
            strideY *= sizeY;
        }

        if (merged.Count == 0)
        {
            merged.Add(1);
            alongX.Add(1);
            alongY.Add(1);
        }

        // Innermost first: position 0 is the run.
        sizes = [.. merged];
        stridesX = [.. alongX];
        stridesY = [.. alongY];
    }

    /// <summary>The number of elements of the result in one run.</summary>
    public int RunLength => sizes[0];

    /// <summary>Whether x is one number along a run.</summary>
    public bool RepeatsX => stridesX[0] == 0;

    /// <summary>Whether y is one number along a run.</summary>
    public bool RepeatsY => stridesY[0] == 0;

    /// <summary>The start of each run in x, in y and in the result.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Counts through the outer axes like an odometer.</summary>
    public struct Enumerator
    {
        private readonly BroadcastPlan plan;
        private readonly int[] counters;
        private int x;
        private int y;
        private int result;
        private bool started;

        public Enumerator(BroadcastPlan plan)
        {
            this.plan = plan;
            counters = plan.sizes.Length > 1 ? new int[plan.sizes.Length] : [];
        }

        public readonly (int X, int Y, int Result) Current => (x, y, result);

        public bool MoveNext()
        {
            if (!started)
            {
                started = true;
                return true;
            }

            result += plan.RunLength;
            for (int axis = 1; axis < plan.sizes.Length; axis++)
            {
                x += plan.stridesX[axis];
                y += plan.stridesY[axis];
                if (++counters[axis] < plan.sizes[axis]) return true;
                x -= plan.stridesX[axis] * plan.sizes[axis];
                y -= plan.stridesY[axis] * plan.sizes[axis];
                counters[axis] = 0;
            }

            return false;
        }
    }
}
