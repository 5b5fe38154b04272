namespace Tapestry.Autodiff.Symbolic;

/// <summary>Walks over the nodes of an expression that look at each once, however often it is used, and do not recurse, however deep it is.</summary>
internal static class Graph
{
    /// <summary>The node and all that it is computed from, operands before what uses them.</summary>
    public static Node[] Below(Node root)
    {
        HashSet<Node> found = [root];
        Stack<Node> open = new([root]);
        while (open.TryPop(out Node? node))
        {
            foreach (Node operand in node.Operands)
            {
                if (found.Add(operand)) open.Push(operand);
            }
        }

        return [.. found.OrderBy(node => node.Id)];
    }
}
