using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>A study as other programs read it: all digits, nothing drawn.</summary>
internal static class StudyJson
{
    public static JsonObject Of(Study study)
    {
        Problem problem = study.Problem;
        string[] asked = [.. problem.Asked.Select(i => problem.Inputs[i].Name)];
        JsonObject result = new()
        {
            ["function"] = problem.Name,
            ["at"] = new JsonObject(problem.Inputs.Select(input => KeyValuePair.Create(input.Name, Nested(input.Value)))),
            ["value"] = Terminal.Number(study.Value),
            ["wrt"] = new JsonArray([.. asked.Select(name => JsonValue.Create(name))]),
            ["reference"] = Methods.Reference,
            ["methods"] = new JsonArray([.. study.Outcomes.Select(outcome => new JsonObject
            {
                ["method"] = outcome.Name,
                ["derivatives"] = Derivatives(problem, outcome.Derivatives),
                ["error"] = Terminal.Number(outcome.Error),
                ["operations"] = outcome.Operations,
                ["multiplications"] = outcome.Multiplications,
                ["microseconds"] = Terminal.Number(outcome.Microseconds),
            })]),
            ["steps"] = new JsonArray([.. StepSweep.Steps.Select((step, i) => new JsonObject
            {
                ["h"] = step,
                ["errors"] = new JsonObject(study.Sweeps.Select(sweep => KeyValuePair.Create(Key(sweep), Terminal.Number(sweep.Errors[i])))),
            })]),
            ["best"] = new JsonObject(study.Sweeps.Select(sweep => KeyValuePair.Create<string, JsonNode?>(Key(sweep), StepSweep.Steps[sweep.Best]))),
            ["formulas"] = new JsonObject(asked.Select((name, i) => KeyValuePair.Create<string, JsonNode?>(name, new JsonObject
            {
                ["recorded"] = Lines(study.Symbolic.Recorded[i].ToLines()),
                ["simplified"] = Lines(study.Symbolic.Simplified[i].ToLines()),
            }))),
            ["by_hand"] = problem.ByHand is { } byHand ? Lines(byHand.Formula) : null,
        };
        if (study.Hessian is { } hessian)
        {
            result["hessian"] = new JsonObject
            {
                ["values"] = new JsonArray([.. hessian.Values.Select(row => Numbers(row))]),
                ["row_sums"] = Numbers(hessian.RowSums),
                ["asymmetry"] = Terminal.Number(hessian.Asymmetry),
                ["errors"] = new JsonObject(hessian.Errors.Select(pair => KeyValuePair.Create(pair.Method, Terminal.Number(pair.Error)))),
            };
        }

        return result;
    }

    private static JsonObject Derivatives(Problem problem, IReadOnlyList<double> flat)
    {
        int next = 0;
        JsonObject result = [];
        foreach ((string name, Tensor value) in problem.Asked.Select(i => problem.Inputs[i]))
        {
            result[name] = Nested(Tensor.From([.. flat.Skip(next).Take(value.Length)], value.Shape));
            next += value.Length;
        }

        return result;
    }

    private static JsonNode? Nested(Tensor value) => value.Rank == 0
        ? Terminal.Number(value.ToScalar())
        : new JsonArray([.. Enumerable.Range(0, value.Shape[0]).Select(i => Nested(value.Rows(i, 1).Reshape(value.Shape.WithoutFirst())))]);

    private static JsonArray Numbers(IEnumerable<double> values) => [.. values.Select(value => Terminal.Number(value))];

    private static JsonArray Lines(IEnumerable<string> lines) => [.. lines.Select(line => JsonValue.Create(line))];

    private static string Key(StepSweep sweep) => sweep.Points == 3 ? "central" : "five_point";
}
