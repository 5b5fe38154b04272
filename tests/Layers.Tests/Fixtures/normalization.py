#!/usr/bin/env python3
"""Writes the reference numbers that the tests of layer and RMS normalization compare Tapestry with: values and gradients by PyTorch.

How to run (Debian 12, package python3-torch, torch 1.13; nothing else is needed):

    /usr/bin/python3 tests/Layers.Tests/Fixtures/normalization.py [FOLDER]

One file is written into FOLDER, by default the folder of this script: normalization.json. The tests read it and never
run Python. Running the script again gives the same bytes. Inputs are multiples of 1/1024, exact in both precisions;
everything is computed in 64 bits, and written with as few digits as give the value back exactly.

Layer normalization is torch.nn.functional.layer_norm. PyTorch 1.13 has no RMS normalization: it is written here as its
paper has it, and PyTorch differentiates it.

A TENSOR is {"shape": [..], "values": [..]}, row-major.

normalization.json: a list, one case on a line
  name         unlike any other
  class        "LayerNormalization" or "RMSNormalization"
  axes         how many axes, the last ones, are normalized over
  epsilon      inside the root
  x            TENSOR
  scale        TENSOR: gamma
  shift        TENSOR: beta; null for RMS normalization
  weights      TENSOR: what the output's elements are weighted by for the gradients
  output       TENSOR
  gradients    [TENSOR]: of x, scale and, where there is one, shift
"""

import json
import os
import sys

# One thread and the plain code paths, so that the numbers do not depend on the processor.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["ATEN_CPU_CAPABILITY"] = "default"

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(1)
MASK = (1 << 64) - 1
state = 2016


def bits():
    """SplitMix64."""
    global state
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def draw(shape, offset=0.0):
    count = 1
    for size in shape:
        count *= size
    values = [offset + ((bits() >> 52) - 2048) / 1024 for _ in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()


def tensor(value):
    return {"shape": list(value.shape), "values": value.detach().reshape(-1).tolist()}


def rms_norm(x, axes, scale, epsilon):
    over = tuple(range(-axes, 0))
    return x / torch.sqrt(x.square().mean(dim=over, keepdim=True) + epsilon) * scale


def case(name, kind, shape, axes, epsilon, offset=0.0):
    x, scale, weights = draw(shape, offset), draw(shape[-axes:]), draw(shape)
    shift = draw(shape[-axes:]) if kind == "LayerNormalization" else None
    y = F.layer_norm(x, shape[-axes:], scale, shift, epsilon) if shift is not None else rms_norm(x, axes, scale, epsilon)
    inputs = [x, scale] + ([] if shift is None else [shift])
    gradients = torch.autograd.grad((y * weights).sum(), inputs)
    return {
        "name": name, "class": kind, "axes": axes, "epsilon": epsilon, "x": tensor(x), "scale": tensor(scale),
        "shift": None if shift is None else tensor(shift), "weights": tensor(weights), "output": tensor(y),
        "gradients": [tensor(gradient) for gradient in gradients],
    }


CASES = [
    case("layer", "LayerNormalization", [3, 5], 1, 0.001),
    case("layer, offset", "LayerNormalization", [3, 5], 1, 1e-5, 64.0),
    case("layer, last of three", "LayerNormalization", [2, 3, 4], 1, 0.001),
    case("layer, two axes", "LayerNormalization", [2, 3, 4], 2, 1e-5),
    case("rms", "RMSNormalization", [3, 5], 1, 1e-6),
    case("rms, two axes", "RMSNormalization", [2, 3, 4], 2, 0.01),
]

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "normalization.json"), "w", encoding="ascii", newline="\n") as file:
    file.write("[\n" + ",\n".join(json.dumps(entry) for entry in CASES) + "\n]\n")
