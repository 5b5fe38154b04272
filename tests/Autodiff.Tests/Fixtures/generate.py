#!/usr/bin/env python3
"""Writes the reference numbers that the operations' tests compare Tapestry with: values and gradients by PyTorch.

How to run (Debian 12, package python3-torch, torch 1.13; nothing else is needed):

    /usr/bin/python3 tests/Autodiff.Tests/Fixtures/generate.py [FOLDER]

Two files are written into FOLDER, by default the folder of this script:

    operations.f32.json  operations.f64.json

The tests read the files and never run Python. Running the script again gives the same bytes: it has its own random
generator and one thread, and writes no date, path or machine name. Operands of products and sums of products are
multiples of 1/32, so that these are exact in any order; the others are multiples of 1/1024, exact in both precisions.
What is left to the machine is how its C library rounds exp, log and the like: last digits may come out otherwise.

Each file is computed throughout in the precision that its name says, by the function of PyTorch that the table below
names for the operation; by a few of them where it has no such function. Numbers are written with as few digits as give
the value back exactly; "nan", "inf" and "-inf" stand for what JSON has no number for.

A TENSOR is {"shape": [..], "values": [..]}, row-major.

operations.*.json
  dtype        "f32" or "f64"
  cases        [CASE], one on a line
CASE
  name         unlike any other
  op           the operation's name in Tapestry's catalogue
  options      its options, by the names that they have there
  operands     [TENSOR]
  weights      TENSOR: what the output's elements are weighted by for the gradients
  output       TENSOR
  gradients    [TENSOR]: for each operand the gradient of the weighted sum of the output; zeros where there is none
"""

import json
import math
import os
import struct
import sys

# One thread and the plain code paths, so that the numbers do not depend on the processor.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["ATEN_CPU_CAPABILITY"] = "default"

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

DTYPES = {"f32": torch.float32, "f64": torch.float64}


class Generator:
    """SplitMix64: 64 bits of state, the same numbers on every machine and with every version of Python."""

    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.state = seed & self.MASK

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return z ^ (z >> 31)

    def between(self, low, high):
        """A whole number from low to high."""
        return low + self.bits() % (high - low + 1)


# Where operands are drawn from. Each is (smallest, largest, parts of 1).
ANY = (-2, 2, 1024)
WIDE = (-6, 6, 1024)
POSITIVE = (0.25, 3, 1024)
COARSE = (-2, 2, 1)     # with many equal numbers
EXACT = (-2, 2, 32)     # whose products add up exactly

# Around 0 and far out, and for functions of positive numbers near 0 and far out.
EDGES = [-30.0, -5.0, -1.0, -1 / 1024, 0.0, 1 / 1024, 1.0, 5.0, 30.0]
POSITIVE_EDGES = [1 / 1024, 0.25, 1.0, 4.0, 1000.0]


def draw(generator, shape, domain):
    low, high, parts = domain
    return [generator.between(round(low * parts), round(high * parts)) / parts for _ in range(math.prod(shape))]


# Elementwise operations of one operand: the function, the domain, the edges, and the options to try.
UNARY = {
    "Negate": (torch.neg, ANY, EDGES, [{}]),
    "Exp": (torch.exp, ANY, EDGES, [{}]),
    "Expm1": (torch.expm1, ANY, EDGES, [{}]),
    "Log": (torch.log, POSITIVE, POSITIVE_EDGES, [{}]),
    "Log1p": (torch.log1p, POSITIVE, POSITIVE_EDGES, [{}]),
    "Sqrt": (torch.sqrt, POSITIVE, POSITIVE_EDGES, [{}]),
    "Rsqrt": (torch.rsqrt, POSITIVE, POSITIVE_EDGES, [{}]),
    "Square": (torch.square, ANY, EDGES, [{}]),
    "Abs": (torch.abs, ANY, EDGES, [{}]),
    "Sin": (torch.sin, WIDE, EDGES, [{}]),
    "Cos": (torch.cos, WIDE, EDGES, [{}]),
    "Tan": (torch.tan, (-1.25, 1.25, 1024), EDGES, [{}]),
    "Erf": (torch.erf, ANY, EDGES, [{}]),
    "Sign": (torch.sign, ANY, EDGES, [{}]),
    "Floor": (torch.floor, WIDE, EDGES, [{}]),
    "Clip": (lambda x, low, high: torch.clamp(x, low, high), ANY, EDGES, [{"low": -1.0, "high": 1.0}, {"low": 0.25, "high": 0.25}]),
    "Tanh": (torch.tanh, ANY, EDGES, [{}]),
    "Sigmoid": (torch.sigmoid, WIDE, EDGES, [{}]),
    "Softplus": (lambda x: F.softplus(x, threshold=100), WIDE, EDGES, [{}]),
    "Softsign": (F.softsign, ANY, EDGES, [{}]),
    "Relu": (F.relu, ANY, EDGES, [{}]),
    "LeakyRelu": (lambda x, slope: F.leaky_relu(x, slope), ANY, EDGES, [{"slope": 0.25}, {"slope": 0.01}]),
    "ThresholdedRelu": (lambda x, theta: F.threshold(x, theta, 0.0), ANY, EDGES, [{"theta": 1.0}, {"theta": 0.0}]),
    "Elu": (lambda x, alpha: F.elu(x, alpha), ANY, EDGES, [{"alpha": 1.0}, {"alpha": 0.75}]),
    "Selu": (F.selu, ANY, EDGES, [{}]),
    "Gelu": (lambda x, approximate: F.gelu(x, approximate="tanh" if approximate else "none"), WIDE, EDGES,
             [{"approximate": False}, {"approximate": True}]),
    "Silu": (F.silu, WIDE, EDGES, [{}]),
    "Mish": (F.mish, WIDE, EDGES, [{}]),
    # This is what F.hardsigmoid computes, whose gradient in F64 is 1/6 rounded to F32.
    "HardSigmoid": (lambda x, slope: F.hardtanh(x * slope + 0.5, 0.0, 1.0), WIDE, EDGES, [{"slope": 1 / 6}, {"slope": 0.25}]),
}
UNARY_SHAPES = [[2, 3], [], [1], [0], [7], [3, 1, 5], [2, 0, 3]]

# Elementwise operations of two operands, which broadcast: the function, the domains, and pairs at the edges.
BINARY = {
    "Add": (torch.add, ANY, ANY, []),
    "Subtract": (torch.sub, ANY, ANY, []),
    "Multiply": (torch.mul, ANY, ANY, []),
    "Divide": (torch.div, ANY, POSITIVE, [([1.0, -1.0, 4.0], [0.0, 0.0, -0.5])]),
    "Power": (torch.pow, POSITIVE, ANY, [([-2.0, -2.0, 0.0, 0.0, 0.0, 1.0, 9.0], [3.0, 2.0, 0.0, 2.0, 1.0, -2.0, 0.5])]),
    "Minimum": (torch.minimum, COARSE, COARSE, []),
    "Maximum": (torch.maximum, COARSE, COARSE, []),
    "Greater": (lambda a, b: (a > b).to(a.dtype), COARSE, COARSE, []),
    "GreaterOrEqual": (lambda a, b: (a >= b).to(a.dtype), COARSE, COARSE, []),
    "Less": (lambda a, b: (a < b).to(a.dtype), COARSE, COARSE, []),
    "LessOrEqual": (lambda a, b: (a <= b).to(a.dtype), COARSE, COARSE, []),
    "Equal": (lambda a, b: (a == b).to(a.dtype), COARSE, COARSE, []),
    "NotEqual": (lambda a, b: (a != b).to(a.dtype), COARSE, COARSE, []),
    # F.prelu has one slope for each channel; here the slope broadcasts.
    "PRelu": (lambda x, slope: torch.where(x > 0, x, slope * x), ANY, ANY, [(EDGES, [0.25])]),
}
BINARY_SHAPES = [
    ([2, 3], [2, 3]), ([2, 1, 3], [2, 1]), ([], [3]), ([5], []), ([3, 5], [5]), ([5, 1], [1, 7]), ([1], [1, 1]), ([], []),
    ([0], [0]), ([0, 3], [3]), ([2, 0, 3], [2, 1, 1]), ([1], [0]),
]


# Reductions: functions of a tensor, its axes and whether these are kept.

def product(x, axes, keep):
    for axis in sorted(axes, reverse=True):
        x = x.prod(axis, keepdim=keep)
    return x


REDUCTIONS = {
    "Sum": (lambda x, axes, keep: x.sum(axes, keepdim=keep), ANY),
    "Mean": (lambda x, axes, keep: x.mean(axes, keepdim=keep), ANY),
    "Prod": (product, ANY),
    "Variance": (lambda x, axes, keep, correction=0: x.var(axes, correction=correction, keepdim=keep), ANY),
    "StandardDeviation": (lambda x, axes, keep, correction=0: x.std(axes, correction=correction, keepdim=keep), ANY),
    "Norm": (lambda x, axes, keep, p=2.0: torch.linalg.vector_norm(x, p, axes, keepdim=keep), ANY),
    # These two share the gradient among equals.
    "Max": (lambda x, axes, keep: x.amax(axes, keepdim=keep), COARSE),
    "Min": (lambda x, axes, keep: x.amin(axes, keepdim=keep), COARSE),
    "LogSumExp": (lambda x, axes, keep: x.logsumexp(axes, keepdim=keep), WIDE),
}
REDUCED_SHAPES = [
    ([2, 3], None, False), ([3, 5], [0], False), ([3, 5], [-1], True), ([2, 3, 4], [0, 2], False), ([2, 3, 4], [1], True),
    ([4, 1, 3], [1], False), ([], None, False), ([1], [0], False), ([7], None, True),
]
# With nothing to fold, and without a result. Max, Min and LogSumExp have no value for the former.
EMPTY_REDUCED_SHAPES = [([0], None, False), ([2, 0], [1], False), ([2, 0, 3], [0, 1], True)]
NO_RESULT = ([0, 3], [1], False)


def reduced(function):
    """A reduction with the options of Tapestry's: all axes where null, and none of a scalar."""
    def call(x, axes, keepDimensions, **options):
        if x.dim() == 0:
            return function(x.reshape(1), (0,), False, **options)
        return function(x, tuple(range(x.dim())) if axes is None else tuple(axis % x.dim() for axis in axes), keepDimensions, **options)
    return call


# Operations on shapes, and linear ones.

def running_sum(x, axis, exclusive, reverse):
    x = x.flip(axis) if reverse else x
    y = x.cumsum(axis)
    y = y - x if exclusive else y
    return y.flip(axis) if reverse else y


def positions(size, bounds):
    """What Python itself takes for start:stop:step."""
    return list(range(size))[slice(*bounds)]


def sliced(x, ranges):
    # Torch's own slices know no negative step.
    for axis, bounds in enumerate(ranges):
        x = x.index_select(axis, torch.tensor(positions(x.shape[axis], bounds), dtype=torch.long))
    return x


def padded(x, paddings, value):
    sizes, places = [], []
    for size, (before, after, between) in zip(x.shape, paddings):
        length = size + max(0, size - 1) * between
        sizes.append(before + length + after)
        places.append(slice(before, before + length, between + 1))
    y = torch.full(sizes, value, dtype=x.dtype)
    y[tuple(places)] = x
    return y


def gathered(x, indices, axis):
    return x[(slice(None),) * (axis % x.dim()) + (torch.tensor(indices["values"], dtype=torch.long).reshape(indices["shape"]),)]


def scattered(x, indices, shape, axis):
    where = torch.tensor(indices["values"], dtype=torch.long).reshape(indices["shape"])
    axis %= len(shape)
    # The axis in front, so that one tensor of indices names places of the result's first axis.
    parts = x.permute([*range(axis, axis + where.dim()), *range(axis), *range(axis + where.dim(), x.dim())])
    front = torch.zeros([shape[axis], *shape[:axis], *shape[axis + 1:]], dtype=x.dtype)
    return front.index_put((where,), parts, accumulate=True).movedim(0, axis)


def split_backward(x, sizes, axis):
    """The parts joined again from the last to the first."""
    return torch.cat(list(reversed(x.split(sizes, axis))), axis)


def matrix_product(a, b, transposeA, transposeB):
    return torch.matmul(a.transpose(-1, -2) if transposeA else a, b.transpose(-1, -2) if transposeB else b)


def normalized(x, gamma, beta, over, epsilon):
    """Normalization by the batch's statistics, over every axis but the second (the last of a matrix)."""
    assert over == [axis for axis in range(x.dim()) if axis != 1]
    return F.batch_norm(x, None, None, gamma.reshape(-1), beta.reshape(-1), training=True, eps=epsilon)


def standardized(x, mean, variance, gamma, beta, over, epsilon):
    """Normalization by statistics that are given. torch.batch_norm has no derivative by those, so it is written out; it is held to it in value."""
    along = [1 if axis in over else size for axis, size in enumerate(x.shape)]
    mean, variance, gamma, beta = (parameter.reshape(along) for parameter in (mean, variance, gamma, beta))
    y = (x - mean) / torch.sqrt(variance + epsilon) * gamma + beta
    by_torch = F.batch_norm(x, mean.detach().reshape(-1), variance.detach().reshape(-1), gamma.reshape(-1), beta.reshape(-1), training=False, eps=epsilon)
    assert torch.allclose(y, by_torch, rtol=1e-5, atol=1e-6)
    return y


ACTIVATIONS = {"linear": lambda x: x, "relu": torch.relu, "elu": F.elu}


def dense(x, kernel, *bias, activation):
    return ACTIVATIONS[activation](F.linear(x, kernel.T, *bias))


def choice(mask, a, b):
    return torch.where(mask != 0, a, b)


OTHERS = {
    "Where": choice,
    "Softmax": lambda x, axis: torch.softmax(x, axis),
    "LogSoftmax": lambda x, axis: torch.log_softmax(x, axis),
    "CumulativeSum": running_sum,
    "Reshape": lambda x, shape: x.reshape(shape),
    "Permute": lambda x, order: x.permute(order),
    "BroadcastTo": lambda x, shape: x.broadcast_to(shape),
    "SumTo": lambda x, shape: x.sum_to_size(shape),
    "Concatenate": lambda *parts, axis: torch.cat(parts, axis),
    "Stack": lambda *parts, axis: torch.stack(parts, axis),
    "Split": split_backward,
    "Slice": sliced,
    "Pad": padded,
    "Flip": lambda x, axes: x.flip(tuple(range(x.dim())) if axes is None else axes),
    "Gather": gathered,
    "ScatterAdd": scattered,
    "MatMul": matrix_product,
    "Einsum": lambda a, b, equation: torch.einsum(equation, a, b),
    "Normalize": normalized,
    "Standardize": standardized,
    "Dense": dense,
    "SoftmaxCrossEntropy": lambda x, labels: F.cross_entropy(x, torch.tensor(labels)),
}

REFERENCE = ({name: row[0] for name, row in UNARY.items()} | {name: row[0] for name, row in BINARY.items()}
             | {name: reduced(row[0]) for name, row in REDUCTIONS.items()} | OTHERS)


class Cases:
    """The calls: operation, options, and operands as lists of numbers that both precisions hold exactly."""

    def __init__(self):
        self.calls = []

    def add(self, op, shapes, domains, options=None, label="", values=None):
        options = options or {}
        name = " ".join([op, *(str(shape) for shape in shapes), *(f"{key}={json.dumps(value)}" for key, value in options.items()), label]).strip()
        assert all(name != call["name"] for call in self.calls), name
        generator = Generator(len(self.calls) + 1)
        domains = domains if isinstance(domains, list) else [domains] * len(shapes)
        values = values or [draw(generator, shape, domain) for shape, domain in zip(shapes, domains)]
        self.calls.append({"name": name, "op": op, "options": options, "shapes": shapes, "values": values, "generator": generator})


def elementwise(cases):
    for op, (_, domain, edges, all_options) in UNARY.items():
        for options in all_options:
            for shape in UNARY_SHAPES:
                cases.add(op, [shape], domain, options)
            cases.add(op, [[len(edges)]], None, options, "edges", [edges])
    for op, (_, first, second, edges) in BINARY.items():
        for shapes in BINARY_SHAPES:
            cases.add(op, list(shapes), [first, second])
        for a, b in edges:
            cases.add(op, [[len(a)], [len(b)]], None, None, "edges", [a, b])
    for shapes in [([2, 3], [2, 3], [2, 3]), ([2, 1], [3], []), ([], [2], [2]), ([3, 1, 1], [0], [1, 2, 1])]:
        cases.add("Where", list(shapes), [(0, 1, 1), ANY, ANY])
    for op in ["Softmax", "LogSoftmax"]:
        for shape, axis in [([2, 3], -1), ([2, 3], 0), ([7], 0), ([1], -1), ([3, 1], -1), ([2, 3, 4], 1), ([0, 3], -1)]:
            cases.add(op, [shape], WIDE, {"axis": axis})
        cases.add(op, [[2, 3]], None, {"axis": -1}, "far apart", [[1000.0, 0.0, -1000.0, -500.0, -500.0, -501.0]])


def reductions(cases):
    def add(op, row, label="", values=None, **options):
        shape, axes, keep = row
        cases.add(op, [shape], REDUCTIONS[op][1], {"axes": axes, "keepDimensions": keep} | options, label, values)

    for op in REDUCTIONS:
        for row in REDUCED_SHAPES + [NO_RESULT] + ([] if op in ["Max", "Min", "LogSumExp"] else EMPTY_REDUCED_SHAPES):
            add(op, row)
    for op in ["Variance", "StandardDeviation"]:
        for row in REDUCED_SHAPES[:5] + EMPTY_REDUCED_SHAPES:
            add(op, row, correction=1)
        add(op, ([2, 3], [1], False), "equal numbers", [[0.75, 0.75, 0.75, -2.0, -2.0, -2.0]])
        add(op, ([2, 3], [1], False), "far from zero", [[4097.0, 4098.0, 4099.0, -4097.0, -4097.5, -4095.0]])
    for p in [1.0, 3.0, 1.5, "inf"]:
        for row in REDUCED_SHAPES[:5]:
            add("Norm", row, p=p)
    for p in [1.0, 2.0, 3.0, "inf"]:
        add("Norm", ([3, 2], [1], False), "zero vectors", [[0.0, 0.0, 0.0, 2.0, -1.0, 0.0]], p=p)
    for zeros in range(4):
        add("Prod", ([4], None, False), f"{zeros} zeros", [[0.0] * zeros + [2.0, -1.5, 0.5, 3.0][zeros:]])
    for op in ["Max", "Min"]:
        add(op, ([2, 3], [1], False), "equal numbers", [[1.0, 1.0, 1.0, 2.0, 5.0, 5.0]])
    add("LogSumExp", ([2, 3], [1], False), "far apart", [[1000.0, 0.0, -1000.0, -500.0, -500.0, -501.0]])
    for shape, axis in [([7], 0), ([2, 3], 1), ([2, 3], 0), ([2, 3, 4], -2), ([1], 0), ([3, 1], 1), ([0], 0), ([2, 0, 3], 2)]:
        cases.add("CumulativeSum", [shape], ANY, {"axis": axis, "exclusive": False, "reverse": False})
        cases.add("CumulativeSum", [shape], ANY, {"axis": axis, "exclusive": len(shape) > 1, "reverse": True})
    cases.add("CumulativeSum", [[5]], ANY, {"axis": 0, "exclusive": True, "reverse": False})


def shapes(cases):
    for shape, target in [([2, 3], [3, 2]), ([6], [1, 2, 3]), ([], [1, 1]), ([1, 1], []), ([0, 3], [3, 0]), ([7, 1], [7])]:
        cases.add("Reshape", [shape], ANY, {"shape": target})
    for shape, order in [([2, 3], [1, 0]), ([2, 3, 4], [2, 0, 1]), ([2, 3, 4], [-2, -1, 0]), ([1, 5, 1], [2, 1, 0]), ([0, 3], [1, 0]), ([], [])]:
        cases.add("Permute", [shape], ANY, {"order": order})
    for shape, target in [([3], [2, 3]), ([2, 1, 3], [2, 4, 3]), ([], [2, 2]), ([1], [7]), ([1, 3], [0, 3]), ([5], [1, 5])]:
        cases.add("BroadcastTo", [shape], ANY, {"shape": target})
        cases.add("SumTo", [target], ANY, {"shape": shape})
    for parts, axis in [([[2, 3], [2, 3]], 0), ([[2, 1], [2, 3], [2, 2]], -1), ([[5]], 0), ([[0, 2], [1, 2]], 0), ([[2, 3, 1], [2, 1, 1]], 1), ([[0], [0]], 0)]:
        cases.add("Concatenate", parts, ANY, {"axis": axis})
    for shape, axis in [([2, 3], 0), ([2, 3], 1), ([2, 3], -1), ([], 0), ([7], -2), ([0], 1)]:
        cases.add("Stack", [shape, shape, shape], ANY, {"axis": axis})
    for shape, sizes, axis in [([5], [2, 3], 0), ([2, 7], [1, 0, 6], -1), ([3, 2, 2], [1, 1, 1], 0), ([0, 2], [0, 0], 0), ([1], [1], 0)]:
        cases.add("Split", [shape], ANY, {"sizes": sizes, "axis": axis})
    for shape, ranges in [
        ([5], [[1, 4, 1]]), ([5], [[None, None, -1]]), ([7], [[-2, None, -2]]), ([7], [[None, None, 3]]), ([3, 4], [[None, None, 2], [-1, None, -2]]),
        ([3, 4], [[1, None, 1]]), ([4, 5], [[None, None, 1], [-100, 100, 2]]), ([5], [[3, 1, 1]]), ([0, 3], [[None, None, 1], [1, 2, 1]]), ([1, 1], [[-1, None, -5], [0, 1, 1]]),
        ([2, 3, 5], [[-1, None, 1], [None, -1, 1], [4, 0, -3]]), ([], []), ([6], [[5, -100, -2]]),
    ]:
        cases.add("Slice", [shape], ANY, {"ranges": ranges})
    for shape, paddings in [
        ([2, 3], [[1, 0, 0], [2, 1, 0]]), ([3], [[0, 0, 2]]), ([2, 3], [[1, 2, 1], [0, 0, 3]]), ([0], [[2, 1, 1]]), ([1], [[0, 3, 5]]), ([2, 0], [[1, 1, 0], [1, 0, 0]]),
        ([], []), ([2, 1, 3], [[0, 1, 0], [0, 0, 0], [1, 0, 1]]),
    ]:
        cases.add("Pad", [shape], ANY, {"paddings": paddings, "value": -1.5})
    for shape, axes in [([5], [0]), ([2, 3], None), ([2, 3], [1]), ([2, 3, 4], [0, -1]), ([0, 3], [0]), ([1, 1], None)]:
        cases.add("Flip", [shape], ANY, {"axes": axes})
    for shape, indices, axis in [
        ([5], ([3], [4, 0, 4]), 0), ([3, 2], ([4], [2, 0, 2, -1]), 0), ([2, 3], ([2, 2], [0, -3, 1, 0]), 1), ([2, 3, 4], ([3], [1, 1, 2]), -2), ([3], ([], [-1]), 0),
        ([2, 3], ([0], []), 1), ([1, 4], ([1, 1], [0]), 0), ([0, 3], ([2], [2, 1]), 1),
    ]:
        index = {"shape": indices[0], "values": indices[1]}
        axis_at = axis % len(shape)
        cases.add("Gather", [shape], ANY, {"indices": index, "axis": axis})
        cases.add("ScatterAdd", [shape[:axis_at] + indices[0] + shape[axis_at + 1:]], EXACT, {"indices": index, "shape": shape, "axis": axis})


def linear(cases):
    for a, b in [([2, 3], [3, 4]), ([1, 5], [5, 1]), ([2, 0], [0, 3]), ([0, 2], [2, 3]), ([1, 1], [1, 1]), ([7, 3], [3, 5])]:
        cases.add("MatMul", [a, b], EXACT, {"transposeA": False, "transposeB": False})
    for a, b in [([2, 2, 3], [2, 3, 2]), ([2, 1, 2, 3], [3, 3, 2]), ([4, 2, 3], [3, 2]), ([2, 3], [4, 3, 2]), ([0, 2, 3], [3, 2]), ([1, 2, 3], [5, 3, 1]), ([3, 2, 0], [3, 0, 2])]:
        cases.add("MatMul", [a, b], EXACT, {"transposeA": False, "transposeB": False})
    for a, b, transpose_a, transpose_b in [
        ([3, 2], [3, 4], True, False), ([2, 3], [4, 3], False, True), ([3, 2], [4, 3], True, True), ([2, 3, 2], [3, 4], True, False),
        ([5, 2, 3], [4, 3], False, True), ([2, 3], [2, 4, 3], False, True), ([2, 1, 3, 2], [3, 4, 3], True, True),
    ]:
        cases.add("MatMul", [a, b], EXACT, {"transposeA": transpose_a, "transposeB": transpose_b})
    for equation, a, b in [
        ("ij,jk->ik", [2, 3], [3, 4]), ("ij,jk", [2, 3], [3, 4]), ("ji,kj->ki", [3, 2], [4, 3]), ("bij,bjk->bik", [2, 3, 4], [2, 4, 2]), ("bij,bkj", [2, 3, 4], [2, 2, 4]),
        ("i,j->ij", [5], [7]), ("i,i->", [3], [3]), ("i,i->i", [3], [3]), ("ij,ji->", [2, 3], [3, 2]), ("ij,k->i", [2, 3], [4]), ("ii,ij->j", [3, 3], [3, 2]),
        ("ii,jj->", [3, 3], [2, 2]), ("iji,jk->ik", [2, 3, 2], [3, 2]), ("bij,bjk->bik", [1, 2, 3], [4, 3, 2]), ("abij,bajk->kabi", [2, 3, 2, 2], [3, 2, 2, 2]),
        ("ij,jk->ik", [2, 0], [0, 3]), ("ij,jk->ik", [1, 1], [1, 1]),
    ]:
        cases.add("Einsum", [a, b], EXACT, {"equation": equation})
    for shape, along in [([4, 3], [1, 3]), ([5, 1], [1, 1]), ([2, 3, 5], [1, 3, 1]), ([3, 2, 2, 2], [1, 2, 1, 1])]:
        over = [axis for axis in range(len(shape)) if axis != 1]
        cases.add("Normalize", [shape, along, along], ANY, {"over": over, "epsilon": 0.001})
        cases.add("Standardize", [shape, along, along, along, along], [ANY, ANY, POSITIVE, ANY, ANY], {"over": over, "epsilon": 0.001})
    for m, k, n in [(2, 3, 4), (1, 1, 1), (5, 300, 7), (33, 17, 50), (3, 0, 2)]:
        for activation in ACTIVATIONS:
            cases.add("Dense", [[m, k], [k, n], [n]], EXACT, {"activation": activation})
        cases.add("Dense", [[m, k], [k, n]], EXACT, {"activation": "elu"}, "no bias")
    for labels, classes in [([2, 0], 3), ([1], 2), ([0, 0, 0], 1), ([4, 3, 2, 1, 0, 4, 4], 5)]:
        cases.add("SoftmaxCrossEntropy", [[len(labels), classes]], ANY, {"labels": labels})
    for shape in [[4, 3], [2, 3, 5]]:
        options = {"over": [axis for axis in range(len(shape)) if axis != 1], "epsilon": 0.001}
        cases.add("Normalize", [shape, [3], [3]], ANY, options)
        cases.add("Standardize", [shape, [3], [3], [3], [3]], [ANY, ANY, POSITIVE, ANY, ANY], options)


def compute(call, dtype):
    """The case's operands, weights, output and gradients in one precision."""
    tensors = [torch.tensor(values, dtype=dtype).reshape(shape).requires_grad_() for values, shape in zip(call["values"], call["shapes"])]
    options = {key: math.inf if value == "inf" else value for key, value in call["options"].items()}
    output = REFERENCE[call["op"]](*tensors, **options)
    # Drawn anew for each precision, from the same place of the same sequence.
    generator = Generator(call["generator"].state)
    weights = torch.tensor(draw(generator, output.shape, EXACT), dtype=dtype).reshape(output.shape)
    gradients = [None] * len(tensors)
    if output.requires_grad:
        gradients = torch.autograd.grad(output, tensors, weights, allow_unused=True)
    gradients = [torch.zeros_like(tensor) if gradient is None else gradient for tensor, gradient in zip(tensors, gradients)]
    return {"operands": tensors, "weights": weights, "output": output, "gradients": gradients}


# Writing.

def number(value, dtype_name):
    """The fewest digits that give the value back in its precision."""
    if not math.isfinite(value):
        return json.dumps(str(value))
    if value == int(value) and abs(value) < 1e6 and math.copysign(1, value) == (-1 if value < 0 else 1):
        return str(int(value))
    if dtype_name == "f64":
        return repr(value)
    for digits in range(1, 9):
        text = f"{value:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return text
    return f"{value:.9g}"


def written(value, dtype_name):
    if isinstance(value, torch.Tensor):
        values = ",".join(number(element, dtype_name) for element in value.detach().reshape(-1).tolist())
        return f'{{"shape":{json.dumps(list(value.shape), separators=(",", ":"))},"values":[{values}]}}'
    if isinstance(value, list) and value and isinstance(value[0], torch.Tensor):
        return "[" + ",".join(written(item, dtype_name) for item in value) + "]"
    return json.dumps(value, separators=(",", ":"))


def main():
    torch.set_num_threads(1)
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    cases = Cases()
    for section in [elementwise, reductions, shapes, linear]:
        section(cases)
    for dtype_name, dtype in DTYPES.items():
        lines = []
        for call in cases.calls:
            members = {key: call[key] for key in ["name", "op", "options"]} | compute(call, dtype)
            lines.append("{" + ",".join(f'"{key}":{written(value, dtype_name)}' for key, value in members.items()) + "}")
        with open(os.path.join(folder, f"operations.{dtype_name}.json"), "w", encoding="ascii", newline="\n") as file:
            file.write(f'{{"dtype":"{dtype_name}","cases":[\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
