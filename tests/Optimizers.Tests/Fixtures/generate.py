#!/usr/bin/env python3
"""Writes the reference numbers that the optimizer tests compare Tapestry with.

How to run (Debian 12, package python3-torch, torch 1.13; nothing else is needed):

    /usr/bin/python3 tests/Optimizers.Tests/Fixtures/generate.py [FOLDER]

Three files are written into FOLDER, by default the folder of this script: optimizers.f32.json, optimizers.f64.json and
schedules.json. The tests read them and never run Python. Running the script again gives the same bytes.

The problem: a small network, prediction = tanh(x kernel_1 + bias_1) kernel_2 + bias_2, and the mean squared error over a
batch of 6 rows. Step i (from 0) uses batch i % 4, so that gradients neither vanish nor repeat. Inputs and starting values
are multiples of 1/1024, exact in both precisions; each file is computed throughout in the precision of its name.

Where the formulas agree, torch.optim takes the steps ("torch" below): SGD without momentum, Adadelta, coupled decay in
SGD. Where they differ, Keras's formula (Keras 3, which is that of tf.keras 2.11) is
written out on torch tensors ("keras" below):

  * sgd with momentum: torch multiplies the rate onto the velocity, Keras holds it inside: v = momentum v - rate g. With a
    constant rate both take the same steps, but not the same with a schedule.
      nesterov: w += momentum v - rate g
  * adagrad: Keras a += g^2 from 0.1, w -= rate g / sqrt(a + epsilon); torch sqrt(a) + epsilon.
  * rmsprop: Keras v = rho v + (1 - rho) g^2, centred with a = rho a + (1 - rho) g, w -= rate g / sqrt(v [- a^2] + epsilon);
    torch has epsilon outside the root. With momentum: b = momentum b + rate g / sqrt(..), w -= b; torch has the rate
    outside b.
  * adam: Keras alpha = rate sqrt(1 - beta_2^t) / (1 - beta_1^t), w -= alpha m / (sqrt(v) + epsilon); torch divides v by
    1 - beta_2^t before it adds epsilon. AMSGrad: sqrt(max of all v so far) in the place of sqrt(v), in both.
  * adamw: w -= rate decay w, then Adam's step, as torch has it but for epsilon.
  * adamax: Keras u = max(beta_2 u, |g|), w -= rate / (1 - beta_1^t) m / (u + epsilon); torch max(beta_2 u, |g| + epsilon).
  * nadam: Keras mu_t = beta_1 (1 - 0.5 0.96^t), which is torch's with momentum_decay = 1; but torch 1.13 multiplies mu_t
    into the product twice where it looks ahead, and keeps the product in F32. Keras, pi_t = mu_1 .. mu_t:
      w -= rate (mu_{t+1} m / (1 - pi_{t+1}) + (1 - mu_t) g / (1 - pi_t)) / (sqrt(v / (1 - beta_2^t)) + epsilon)
  * lion: torch 1.13 has none. w -= rate sign(beta_1 m + (1 - beta_1) g), then m = beta_2 m + (1 - beta_2) g.

Around the rule, in this order, as both have it: gradients are averaged over some steps, clipped (torch.nn.utils.clip_grad_
is not used: it divides by the norm + 1e-6; Keras: g min(1, limit / norm)), decayed; an average of the weights follows the
step: average = momentum average + (1 - momentum) w, from the weights before the first step, as tf.keras 2 has it.
By default decay leaves out what is named bias.

optimizers.*.json
  dtype       "f32" or "f64"
  steps       how many batches are gone through
  batches     [{"x": TENSOR [6, 4], "y": TENSOR [6, 2]}]
  parameters  [NAMED TENSOR]: the starting values
  cases       [{"name", "losses": [one a batch, before its step], "parameters": [NAMED TENSOR], "average": the same, for
              the case with averages alone}]
schedules.json
  onecycle    [{"max", "steps", "options", "rates": [..], "momenta": [..]}] by torch.optim.lr_scheduler.OneCycleLR

A TENSOR is {"shape": [..], "values": [..]}, row-major; a NAMED TENSOR has "name" before them.
"""

import importlib.util
import json
import math
import os
import random
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def writer():
    """How numbers are written is the training fixtures' business."""
    path = os.path.join(HERE, "..", "..", "Training.Tests", "Fixtures", "generate.py")
    specification = importlib.util.spec_from_file_location("training_fixtures", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


DTYPES = {"f32": torch.float32, "f64": torch.float64}
STEPS = 50
ROWS, INPUTS, HIDDEN, OUTPUTS, BATCHES = 6, 4, 5, 2, 4
SHAPES = {"first/kernel": [INPUTS, HIDDEN], "first/bias": [HIDDEN], "second/kernel": [HIDDEN, OUTPUTS], "second/bias": [OUTPUTS]}


def grid(generator, count, size):
    """Multiples of 1/1024 from -size to size. random() is documented to stay the same; randint is not."""
    return [round((2 * generator.random() - 1) * size * 1024) / 1024 for _ in range(count)]


def tensors(dtype):
    generator = random.Random(20)
    start = {name: torch.tensor(grid(generator, math.prod(shape), 0.75), dtype=dtype).reshape(shape) for name, shape in SHAPES.items()}
    batches = [(torch.tensor(grid(generator, ROWS * INPUTS, 1), dtype=dtype).reshape(ROWS, INPUTS),
                torch.tensor(grid(generator, ROWS * OUTPUTS, 1), dtype=dtype).reshape(ROWS, OUTPUTS)) for _ in range(BATCHES)]
    return start, batches


def product(x, w):
    """Without a BLAS, whose order of addition would depend on the library installed."""
    return (x.unsqueeze(2) * w.unsqueeze(0)).sum(1)


def loss_of(w, x, y):
    prediction = product(torch.tanh(product(x, w["first/kernel"]) + w["first/bias"]), w["second/kernel"]) + w["second/bias"]
    return ((prediction - y) ** 2).mean()


# Keras's rules. Each is a function of the settings, the number of the step from 1, weights, gradient and state, which it changes.

def slot(state, name, w, value=0.0):
    if name not in state:
        state[name] = torch.full_like(w, value)
    return state[name]


def sgd(o, t, w, g, state):
    if o["momentum"] == 0:
        w -= o["rate"] * g
        return
    v = slot(state, "v", w)
    v.copy_(o["momentum"] * v - o["rate"] * g)
    w += o["momentum"] * v - o["rate"] * g if o.get("nesterov") else v


def adagrad(o, t, w, g, state):
    a = slot(state, "a", w, 0.1)
    a += g * g
    w -= o["rate"] * g / torch.sqrt(a + 1e-7)


def rmsprop(o, t, w, g, state):
    v = slot(state, "v", w)
    v.copy_(0.9 * v + (1 - 0.9) * g * g)
    measure = v
    if o.get("centered"):
        a = slot(state, "a", w)
        a.copy_(0.9 * a + (1 - 0.9) * g)
        measure = v - a * a
    step = o["rate"] * g / torch.sqrt(measure + 1e-7)
    if o.get("momentum"):
        b = slot(state, "b", w)
        b.copy_(o["momentum"] * b + step)
        step = b
    w -= step


def adam(o, t, w, g, state):
    m, v = slot(state, "m", w), slot(state, "v", w)
    m.copy_(0.9 * m + (1 - 0.9) * g)
    beta_2 = o.get("beta_2", 0.999)
    v.copy_(beta_2 * v + (1 - beta_2) * g * g)
    measure = v
    if o.get("amsgrad"):
        measure = slot(state, "largest", w)
        measure.copy_(torch.maximum(measure, v))
    alpha = o["rate"] * math.sqrt(1 - beta_2 ** t) / (1 - 0.9 ** t)
    w -= alpha * m / (torch.sqrt(measure) + 1e-7)


def adamax(o, t, w, g, state):
    m, u = slot(state, "m", w), slot(state, "u", w)
    m.copy_(0.9 * m + (1 - 0.9) * g)
    u.copy_(torch.maximum(0.999 * u, g.abs()))
    w -= o["rate"] / (1 - 0.9 ** t) * m / (u + 1e-7)


def nadam(o, t, w, g, state):
    def mu(i):
        return 0.9 * (1 - 0.5 * 0.96 ** i)

    m, v = slot(state, "m", w), slot(state, "v", w)
    m.copy_(0.9 * m + (1 - 0.9) * g)
    v.copy_(0.999 * v + (1 - 0.999) * g * g)
    pi = math.prod(mu(i) for i in range(1, t + 1))
    ahead = mu(t + 1) * m / (1 - pi * mu(t + 1)) + (1 - mu(t)) * g / (1 - pi)
    w -= o["rate"] * ahead / (torch.sqrt(v / (1 - 0.999 ** t)) + 1e-7)


def lion(o, t, w, g, state):
    m = slot(state, "m", w)
    w -= o["rate"] * torch.sign(0.9 * m + (1 - 0.9) * g)
    m.copy_(0.99 * m + (1 - 0.99) * g)


def torch_sgd(o, parameters):
    kernels, biases = [p for n, p in parameters.items() if n.endswith("kernel")], [p for n, p in parameters.items() if n.endswith("bias")]
    return torch.optim.SGD([{"params": kernels, "weight_decay": o.get("decay", 0)}, {"params": biases}], lr=o["rate"])


def torch_adadelta(o, parameters):
    return torch.optim.Adadelta(parameters.values(), lr=o["rate"], rho=0.95, eps=1e-7)


CASES = [
    {"name": "sgd", "torch": torch_sgd, "rate": 0.1},
    {"name": "momentum", "keras": sgd, "rate": 0.05, "momentum": 0.9},
    {"name": "nesterov", "keras": sgd, "rate": 0.05, "momentum": 0.9, "nesterov": True},
    {"name": "adagrad", "keras": adagrad, "rate": 0.1},
    {"name": "adadelta", "torch": torch_adadelta, "rate": 1.0},
    {"name": "rmsprop", "keras": rmsprop, "rate": 0.01},
    {"name": "rmsprop-centered", "keras": rmsprop, "rate": 0.01, "centered": True},
    {"name": "rmsprop-momentum", "keras": rmsprop, "rate": 0.005, "momentum": 0.8},
    {"name": "rmsprop-both", "keras": rmsprop, "rate": 0.005, "momentum": 0.8, "centered": True},
    {"name": "adam", "keras": adam, "rate": 0.02},
    {"name": "amsgrad", "keras": adam, "rate": 0.02, "amsgrad": True, "beta_2": 0.9},
    {"name": "adamw", "keras": adam, "rate": 0.02, "decay": 0.1, "decoupled": True},
    {"name": "adamw-amsgrad", "keras": adam, "rate": 0.02, "decay": 0.1, "decoupled": True, "amsgrad": True, "beta_2": 0.9},
    {"name": "adamax", "keras": adamax, "rate": 0.02},
    {"name": "nadam", "keras": nadam, "rate": 0.02},
    {"name": "lion", "keras": lion, "rate": 0.005},
    {"name": "sgd-coupled", "torch": torch_sgd, "rate": 0.1, "decay": 0.05},
    {"name": "adam-coupled", "keras": adam, "rate": 0.02, "decay": 0.05},
    {"name": "clip-value", "keras": sgd, "rate": 0.1, "momentum": 0.9, "clip": ("value", 0.05)},
    {"name": "clip-norm", "keras": sgd, "rate": 0.1, "momentum": 0.9, "clip": ("norm", 0.2)},
    {"name": "global-clip-norm", "keras": sgd, "rate": 0.1, "momentum": 0.9, "clip": ("global", 0.3)},
    {"name": "accumulated", "keras": adam, "rate": 0.02, "every": 3},
    {"name": "averaged", "keras": adam, "rate": 0.02, "ema": 0.9},
    {"name": "everything", "keras": adam, "rate": 0.02, "every": 2, "clip": ("global", 0.3), "decay": 0.05, "ema": 0.9, "groups": True},
]


def clipped(kind, limit, gradients):
    """Keras's clipvalue, clipnorm and global_clipnorm."""
    if kind == "value":
        return {name: g.clamp(-limit, limit) for name, g in gradients.items()}
    if kind == "norm":
        return {name: g * min(1, limit / g.norm().item()) for name, g in gradients.items()}
    norm = math.sqrt(sum((g * g).sum().item() for g in gradients.values()))
    return {name: g * min(1, limit / norm) for name, g in gradients.items()}


def run(case, dtype):
    start, batches = tensors(dtype)
    w = {name: tensor.clone().requires_grad_() for name, tensor in start.items()}
    own = case["torch"](case, w) if "torch" in case else None
    average = {name: tensor.clone() for name, tensor in start.items()}
    states, gathered, losses, taken = {name: {} for name in w}, {}, [], 0
    every = case.get("every", 1)
    for i in range(STEPS):
        loss = loss_of(w, *batches[i % BATCHES])
        losses.append(loss.item())
        gradients = dict(zip(w, torch.autograd.grad(loss, list(w.values()))))
        if own is not None:
            for name in w:
                w[name].grad = gradients[name]
            own.step()
            continue
        gathered = {name: gathered.get(name, 0) + g for name, g in gradients.items()}
        if (i + 1) % every:
            continue
        gradients, gathered, taken = {name: g / every for name, g in gathered.items()}, {}, taken + 1
        if "clip" in case:
            gradients = clipped(*case["clip"], gradients)
        with torch.no_grad():
            for name in w:
                # The group of the second layer has a tenth of the rate, and no decay.
                grouped = case.get("groups") and name.startswith("second")
                settings = case | {"rate": case["rate"] * 0.1} if grouped else case
                if name.endswith("kernel") and not grouped and case.get("decoupled"):
                    w[name] *= 1 - settings["rate"] * case["decay"]
                elif name.endswith("kernel") and not grouped and case.get("decay"):
                    gradients[name] = gradients[name] + case["decay"] * w[name]
                case["keras"](settings, taken, w[name], gradients[name], states[name])
                average[name] = case.get("ema", 0) * average[name] + (1 - case.get("ema", 0)) * w[name]
    result = {"name": case["name"], "losses": losses, "parameters": [(name, tensor.detach()) for name, tensor in w.items()]}
    if "ema" in case:
        result["average"] = list(average.items())
    return result


def optimizers_document(dtype_name):
    dtype = DTYPES[dtype_name]
    start, batches = tensors(dtype)
    return {
        "dtype": dtype_name,
        "steps": STEPS,
        "batches": [{"x": x, "y": y} for x, y in batches],
        "parameters": list(start.items()),
        "cases": [run(case, dtype) for case in CASES],
    }


ONE_CYCLES = [
    {"max": 0.1, "steps": 100, "options": {}},
    {"max": 0.01, "steps": 37, "options": {"pct_start": 0.45, "div_factor": 10, "final_div_factor": 100, "anneal_strategy": "linear"}},
    {"max": 1.0, "steps": 20, "options": {"base_momentum": 0.8, "max_momentum": 0.9}},
]


def one_cycle(case):
    parameter = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=1.0, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=case["max"], total_steps=case["steps"], **case["options"])
    rates, momenta = [], []
    for i in range(case["steps"]):
        rates.append(optimizer.param_groups[0]["lr"])
        momenta.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        if i + 1 < case["steps"]:
            scheduler.step()
    return case | {"rates": rates, "momenta": momenta}


def main():
    torch.set_num_threads(1)
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    shared = writer()
    for dtype_name in DTYPES:
        with open(os.path.join(folder, f"optimizers.{dtype_name}.json"), "w", encoding="ascii", newline="\n") as file:
            file.write(shared.write(optimizers_document(dtype_name), dtype_name) + "\n")
    with open(os.path.join(folder, "schedules.json"), "w", encoding="ascii", newline="\n") as file:
        file.write(json.dumps({"onecycle": [one_cycle(case) for case in ONE_CYCLES]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
