#!/usr/bin/env python3
"""Writes the reference numbers that the training tests compare Tapestry with.

How to run (Debian 12, package python3-torch, torch 1.13; nothing else is needed):

    /usr/bin/python3 tests/Training.Tests/Fixtures/generate.py [FOLDER]

Five files are written into FOLDER, by default the folder of this script:

    models.f32.json  models.f64.json  losses.f32.json  losses.f64.json  metrics.json

The tests read the files and never run Python. Running the script again gives the same bytes: it has its own random
generator and one thread, sums in a fixed order without a BLAS, and writes no date, path or machine name. What is left
to the machine is how its C library rounds exp and log: without FMA instructions, last digits in F64 come out otherwise.

What is computed. Torch only supplies tensors and automatic derivatives; everything whose definition differs between
frameworks is written out here, with the meaning it has in Keras:

  * dense: y = x kernel + bias, with the kernel stored as [in, out].
  * elu, alpha 1: x where x > 0, otherwise exp(x) - 1.
  * batch normalization over the rows of the batch: epsilon 1e-3 inside the root; in training the batch's own mean and
    biased variance (divided by the number of rows), and moving = 0.99 * moving + 0.01 * batch for both of them;
    in inference the moving statistics.
  * loss: sparse categorical cross-entropy, mean over the batch.
  * sgd:      w -= lr * g
  * momentum: v = momentum * v - lr * g;  w += v
  * nesterov: v = momentum * v - lr * g;  w += momentum * v - lr * g
  * adam:     alpha = lr * sqrt(1 - beta2^t) / (1 - beta1^t), t from 1;  m += (g - m) * (1 - beta1);
              v += (g * g - v) * (1 - beta2);  w -= alpha * m / (sqrt(v) + epsilon)

Every input and every starting parameter is a multiple of 1/1024, exact in both precisions, so the F32 and the F64 file
begin from the same numbers. Each file is computed throughout in the precision that its name says. Numbers are written
with as few digits as give the value back exactly (at most 9 in F32, 17 in F64).

How closely another implementation can be expected to agree: this script was run again with other orders of summation,
matrix products taken in F64 and rounded, batch normalization as x * scale + shift, its derivative in closed form, softmax
before the logarithm, elu with an added error of 1 unit in the last place, and Adam's and the moving averages' factors
rounded to F32. Relative to the largest magnitude in each tensor nothing moved by more than 1.0e-6 in F32 and 3e-15 in
F64, the unstable parameters described below apart. Ordinary mistakes (the variance unbiased, an epsilon misplaced, the
wrong momentum, the batch statistics taken as constants in the derivative) move some tensor by 3e-4 or more.

A TENSOR below is {"shape": [..], "values": [..]}, row-major; a NAMED TENSOR has "name" before them. Parameters stand in
the order in which a layer declares them: gamma, beta, moving_mean, moving_variance; kernel, bias. Layers are named as
Keras does: a counter for each class of layer, and the first one has no suffix.

models.*.json
  dtype        "f32" or "f64"
  inputShape   [5, 4], without the batch
  classes      5
  epsilon      of batch normalization
  momentum     of batch normalization, on the old value
  steps        20 training steps for each optimizer; step i (from 0) uses batches[i % batches.length]
  batches      [{"inputs": TENSOR [8, 5, 4], "labels": [8 integers]}]
  optimizers   [{"name", "learningRate"; "momentum" for momentum and nesterov; "beta1", "beta2", "epsilon" for adam}]
  models       [MODEL]
MODEL
  name         "bn-after", "bn-before", "bn-printed" or "plain"
  layers       [{"kind": "flatten" | "batch_normalization" | "dense" | "activation", "name"; for dense "units", "useBias",
               "activation" ("elu" or "softmax"; absent where there is none); for activation "activation"}]
  zeroGradients  names of parameters whose true gradient is 0 at every step, because a normalization further on takes
               out what they add. They are missing in first.gradients; what an implementation computes for them is
               rounding noise. This script takes exactly 0, so they keep their starting value.
  parameters   [NAMED TENSOR with "trainable": true or false]: the starting values
  first        one pass over batches[0] from the starting values:
    trainingProbabilities   TENSOR [8, 5]: the softmax in training mode
    loss                    the mean loss in training mode
    inferenceProbabilities  TENSOR [8, 5]: the softmax in inference mode, with the starting moving statistics
    gradients               [NAMED TENSOR] of the loss, of every trainable parameter but zeroGradients
    inputGradient           TENSOR [8, 5, 4] of the loss
    moving                  [NAMED TENSOR]: the moving statistics after that training pass
  training     for each of the optimizers, from the starting values again, with new optimizer state:
    optimizer    its name
    losses       [20 numbers]: the training-mode loss of each step, before its update
    unstable     names of parameters not to compare: Adam turns the rounding noise in a zero gradient into steps, and a
                 moving mean then follows them. Nothing else depends on them. Empty for all but adam.
    parameters   [NAMED TENSOR]: all parameters after the steps, moving statistics and unstable ones included

losses.*.json, metrics.json: see losses.py and metrics.py.
"""

import json
import math
import os
import struct
import sys

sys.dont_write_bytecode = True

from common import DTYPES, Generator, grid, matmul  # noqa: E402, which sets torch up before it is loaded
import losses  # noqa: E402
import metrics  # noqa: E402
import torch  # noqa: E402

INPUT_SHAPE = [5, 4]
CLASSES = 5
ROWS = 8
BATCHES = 4
STEPS = 20
EPSILON = 1e-3
MOMENTUM = 0.99
CLIP = 1e-7
SEED = 2024

OPTIMIZERS = [
    {"name": "sgd", "learningRate": 0.05},
    {"name": "momentum", "learningRate": 0.05, "momentum": 0.9},
    {"name": "nesterov", "learningRate": 0.05, "momentum": 0.9},
    {"name": "adam", "learningRate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7},
]

FLATTEN = {"kind": "flatten"}
BN = {"kind": "batch_normalization"}
ELU = {"kind": "activation", "activation": "elu"}


def dense(units, activation=None, use_bias=True):
    layer = {"kind": "dense", "units": units, "useBias": use_bias}
    return layer | {"activation": activation} if activation else layer


# In the two models where a linear layer and then a normalization follow the first normalization, the beta of the first
# adds the same number to every row, and the second takes it out: its gradient is 0. The second one's moving mean sees it.
MODELS = [
    {
        "name": "bn-after",
        "layers": [FLATTEN, BN, dense(12, "elu"), BN, dense(7, "elu"), BN, dense(CLASSES, "softmax")],
        "zeroGradients": [],
        "unstable": [],
    },
    {
        "name": "bn-before",
        "layers": [FLATTEN, BN, dense(12, use_bias=False), BN, ELU, dense(7, use_bias=False), BN, ELU,
                   dense(CLASSES, "softmax")],
        "zeroGradients": ["batch_normalization/beta"],
        "unstable": ["batch_normalization/beta", "batch_normalization_1/moving_mean"],
    },
    {
        "name": "bn-printed",
        "layers": [FLATTEN, BN, dense(12, use_bias=False), BN, ELU, dense(7, use_bias=False), ELU, BN,
                   dense(CLASSES, "softmax")],
        "zeroGradients": ["batch_normalization/beta"],
        "unstable": ["batch_normalization/beta", "batch_normalization_1/moving_mean"],
    },
    {
        "name": "plain",
        "layers": [FLATTEN, dense(12, "elu"), dense(7, "elu"), dense(CLASSES, "softmax")],
        "zeroGradients": [],
        "unstable": [],
    },
]


# The starting point: plain lists of numbers, the same for both precisions.

def size_of(shape):
    return math.prod(shape)


def make_batches():
    """Each class has a picture of its own, and an example is that picture half hidden in noise, within 0 to 1."""
    generator = Generator(SEED)
    pixels = size_of(INPUT_SHAPE)
    pictures = [[generator.uniform(0, 1) for _ in range(pixels)] for _ in range(CLASSES)]
    batches = []
    for _ in range(BATCHES):
        labels = [generator.below(CLASSES) for _ in range(ROWS)]
        values = [grid(0.5 * pixel + 0.5 * generator.uniform(0, 1)) for label in labels for pixel in pictures[label]]
        batches.append((values, labels))
    return batches


def name_layers(layers):
    """Gives each layer its Keras name: dense, dense_1, dense_2 and so on, counted for each class of layer."""
    counts = {}
    named = []
    for layer in layers:
        kind = layer["kind"]
        count = counts.get(kind, 0)
        counts[kind] = count + 1
        named.append({"kind": kind, "name": f"{kind}_{count}" if count else kind} | layer)
    return named


def make_parameters(layers, generator):
    """Starting values as a list of (name, trainable, shape, values), in declared order."""
    features = size_of(INPUT_SHAPE)
    parameters = []

    def add(layer, name, trainable, shape, draw):
        values = [grid(draw()) for _ in range(size_of(shape))]
        parameters.append((layer["name"] + "/" + name, trainable, shape, values))

    for layer in layers:
        if layer["kind"] == "batch_normalization":
            add(layer, "gamma", True, [features], lambda: generator.uniform(0.8, 1.2))
            add(layer, "beta", True, [features], lambda: generator.uniform(-0.2, 0.2))
            add(layer, "moving_mean", False, [features], lambda: generator.uniform(-0.3, 0.6))
            add(layer, "moving_variance", False, [features], lambda: generator.uniform(0.3, 1.5))
        elif layer["kind"] == "dense":
            units = layer["units"]
            deviation = math.sqrt(2 / features)
            add(layer, "kernel", True, [features, units], lambda: generator.normal(deviation))
            if layer["useBias"]:
                add(layer, "bias", True, [units], lambda: generator.uniform(-0.2, 0.2))
            features = units
    return parameters


# The arithmetic. A model's parameters are a dictionary from name to tensor.

def elu(x):
    return torch.where(x > 0, x, torch.expm1(x.clamp(max=0)))


def normalize(x, mean, variance, gamma, beta):
    return (x - mean) / torch.sqrt(variance + EPSILON) * gamma + beta


def batch_statistics(x):
    mean = x.mean(0)
    centred = x - mean
    return mean, (centred * centred).mean(0)


def forward(layers, parameters, x, training):
    """The logits, and the new moving statistics, which are none in inference."""
    moving = {}
    for layer in layers:
        name = layer["name"]
        if layer["kind"] == "flatten":
            x = x.reshape(x.shape[0], -1)
        elif layer["kind"] == "batch_normalization":
            mean, variance = parameters[name + "/moving_mean"], parameters[name + "/moving_variance"]
            if training:
                batch_mean, batch_variance = batch_statistics(x)
                with torch.no_grad():
                    moving[name + "/moving_mean"] = mean * MOMENTUM + batch_mean * (1 - MOMENTUM)
                    moving[name + "/moving_variance"] = variance * MOMENTUM + batch_variance * (1 - MOMENTUM)
                mean, variance = batch_mean, batch_variance
            x = normalize(x, mean, variance, parameters[name + "/gamma"], parameters[name + "/beta"])
        elif layer["kind"] == "dense":
            x = matmul(x, parameters[name + "/kernel"])
            if layer["useBias"]:
                x = x + parameters[name + "/bias"]
        if layer.get("activation") == "elu":
            x = elu(x)
    return x, moving


def sparse_cross_entropy(logits, labels):
    """The loss of each row."""
    return -torch.log_softmax(logits, 1)[torch.arange(len(labels)), labels]


class Optimizer:
    def __init__(self, settings):
        self.settings = settings
        self.step_number = 0
        self.state = {}

    def step(self, parameters, gradients):
        """Moves every parameter that has a gradient, in place."""
        self.step_number += 1
        update = {"sgd": self.sgd, "momentum": self.momentum, "nesterov": self.nesterov, "adam": self.adam}
        with torch.no_grad():
            for name, gradient in gradients.items():
                update[self.settings["name"]](name, parameters[name], gradient)

    def slot(self, kind, name, parameter):
        return self.state.setdefault((kind, name), torch.zeros_like(parameter))

    def sgd(self, name, w, g):
        w -= self.settings["learningRate"] * g

    def velocity(self, name, w, g):
        v = self.slot("velocity", name, w)
        v.copy_(self.settings["momentum"] * v - self.settings["learningRate"] * g)
        return v

    def momentum(self, name, w, g):
        w += self.velocity(name, w, g)

    def nesterov(self, name, w, g):
        v = self.velocity(name, w, g)
        w += self.settings["momentum"] * v - self.settings["learningRate"] * g

    def adam(self, name, w, g):
        beta1, beta2, t = self.settings["beta1"], self.settings["beta2"], self.step_number
        alpha = self.settings["learningRate"] * math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t)
        m, v = self.slot("m", name, w), self.slot("v", name, w)
        m += (g - m) * (1 - beta1)
        v += (g * g - v) * (1 - beta2)
        w -= alpha * m / (torch.sqrt(v) + self.settings["epsilon"])


class Model:
    """One model in one precision, at its starting values."""

    def __init__(self, specification, dtype, seed):
        self.layers = name_layers(specification["layers"])
        self.zero = specification["zeroGradients"]
        self.start = make_parameters(self.layers, Generator(seed))
        self.parameters = {}
        for name, trainable, shape, values in self.start:
            tensor = torch.tensor(values, dtype=dtype).reshape(shape)
            self.parameters[name] = tensor.requires_grad_(trainable)

    def gradients(self, inputs, labels):
        """One training pass: logits, loss, gradients of the trainable parameters, and the new moving statistics."""
        logits, moving = forward(self.layers, self.parameters, inputs, training=True)
        loss = sparse_cross_entropy(logits, labels).mean()
        names = [name for name, trainable, _, _ in self.start if trainable]
        wanted = [self.parameters[name] for name in names] + ([inputs] if inputs.requires_grad else [])
        gradients = torch.autograd.grad(loss, wanted)
        by_name = dict(zip(names, gradients))
        for name in self.zero:
            del by_name[name]
        return logits.detach(), loss.item(), by_name, gradients[-1], moving

    def set_moving(self, moving):
        self.parameters.update(moving)


def first_pass(specification, dtype, seed, inputs, labels):
    model = Model(specification, dtype, seed)
    with torch.no_grad():
        inference, _ = forward(model.layers, model.parameters, inputs, training=False)
    inputs = inputs.clone().requires_grad_()
    logits, loss, gradients, input_gradient, moving = model.gradients(inputs, labels)
    return {
        "trainingProbabilities": torch.softmax(logits, 1),
        "loss": loss,
        "inferenceProbabilities": torch.softmax(inference, 1),
        "gradients": list(gradients.items()),
        "inputGradient": input_gradient,
        "moving": list(moving.items()),
    }


def train(specification, dtype, seed, settings, batches):
    model = Model(specification, dtype, seed)
    optimizer = Optimizer(settings)
    losses = []
    for step in range(STEPS):
        inputs, labels = batches[step % len(batches)]
        _, loss, gradients, _, moving = model.gradients(inputs, labels)
        losses.append(loss)
        optimizer.step(model.parameters, gradients)
        model.set_moving(moving)
    return {
        "optimizer": settings["name"],
        "losses": losses,
        "unstable": specification["unstable"] if settings["name"] == "adam" else [],
        "parameters": [(name, model.parameters[name].detach()) for name, _, _, _ in model.start],
    }


def models_document(dtype_name):
    dtype = DTYPES[dtype_name]
    batches = [(torch.tensor(values, dtype=dtype).reshape([ROWS] + INPUT_SHAPE), labels)
               for values, labels in make_batches()]
    models = []
    for index, specification in enumerate(MODELS):
        seed = SEED + 1 + index
        start = Model(specification, dtype, seed)
        models.append({
            "name": specification["name"],
            "layers": start.layers,
            "zeroGradients": specification["zeroGradients"],
            "parameters": [Named(name, start.parameters[name].detach(), trainable)
                           for name, trainable, _, _ in start.start],
            "first": first_pass(specification, dtype, seed, *batches[0]),
            "training": [train(specification, dtype, seed, settings, batches) for settings in OPTIMIZERS],
        })
    return {
        "dtype": dtype_name,
        "inputShape": INPUT_SHAPE,
        "classes": CLASSES,
        "epsilon": EPSILON,
        "momentum": MOMENTUM,
        "steps": STEPS,
        "batches": [{"inputs": inputs, "labels": labels} for inputs, labels in batches],
        "optimizers": OPTIMIZERS,
        "models": models,
    }


# Writing.

class Named:
    """A tensor with a name, and with the mark of being trainable where that is to be written."""

    def __init__(self, name, tensor, trainable=None):
        self.name, self.tensor, self.trainable = name, tensor, trainable


def number(value, dtype_name):
    """The fewest digits that give the value back in its precision."""
    assert math.isfinite(value)
    if dtype_name == "f64":
        return repr(value)
    for digits in range(1, 9):
        text = f"{value:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return text
    return f"{value:.9g}"


def wrapped(tokens, indent):
    """Tokens joined by commas, on lines of at most 150 characters (brackets follow) that end with a comma."""
    lines, line = [], ""
    for index, token in enumerate(tokens):
        piece = token + ("," if index + 1 < len(tokens) else "")
        if line and len(indent) + len(line) + len(piece) > 150:
            lines.append(line)
            line = ""
        line += piece
    return ("\n" + indent).join(lines + [line])


def write(value, dtype_name, indent=""):
    """JSON: objects and lists of objects over several lines, lists of numbers filled up to the line's width."""
    inner = indent + " "
    if isinstance(value, tuple):
        value = Named(*value)
    if isinstance(value, Named):
        head = f'"name": {json.dumps(value.name)}, '
        if value.trainable is not None:
            head += f'"trainable": {json.dumps(value.trainable)}, '
        return "{" + head + write(value.tensor, dtype_name, indent)[1:]
    if isinstance(value, torch.Tensor):
        values = [number(v, dtype_name) for v in value.reshape(-1).tolist()]
        return f'{{"shape": {json.dumps(list(value.shape))}, "values": [\n{inner}{wrapped(values, inner)}]}}'
    if isinstance(value, dict):
        if not any(isinstance(item, (dict, list, tuple, torch.Tensor)) for item in value.values()):
            return json.dumps(value)
        members = [f"{json.dumps(key)}: {write(item, dtype_name, inner)}" for key, item in value.items()]
        return "{\n" + inner + (",\n" + inner).join(members) + "}"
    if isinstance(value, list):
        if value and all(isinstance(item, float) for item in value):
            return "[\n" + inner + wrapped([number(item, dtype_name) for item in value], inner) + "]"
        if all(isinstance(item, (int, str)) for item in value):
            return json.dumps(value)
        return "[\n" + inner + (",\n" + inner).join(write(item, dtype_name, inner) for item in value) + "]"
    if isinstance(value, float):
        return number(value, dtype_name)
    return json.dumps(value)


def save(path, document, dtype_name):
    with open(path, "w", encoding="ascii", newline="\n") as file:
        file.write(write(document, dtype_name) + "\n")


def main():
    torch.set_num_threads(1)
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for dtype_name in DTYPES:
        for name, document in [("models", models_document), ("losses", losses.document)]:
            save(os.path.join(folder, f"{name}.{dtype_name}.json"), document(dtype_name), dtype_name)
    save(os.path.join(folder, "metrics.json"), metrics.document(), "f64")


if __name__ == "__main__":
    main()
