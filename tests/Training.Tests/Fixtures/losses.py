"""The losses by themselves, and fifty steps of training by each. Run generate.py, which writes what document() gives.

Each loss is a function of predictions and targets, [rows, width], to one number a row; torch's own where it agrees with
Keras, else Keras's formula written out on torch tensors:

  * categorical_crossentropy  from logits torch's cross_entropy, whose label smoothing t (1 - s) + s / classes is Keras's too;
                      of probabilities -sum t log p, p clipped to [1e-7, 1 - 1e-7] as in Keras, but not divided by its sum
  * sparse_categorical_crossentropy  the same with class numbers
  * binary_crossentropy  from logits torch's binary_cross_entropy_with_logits; of probabilities -t log p - (1 - t) log(1 - p),
                      p clipped likewise. Label smoothing is Keras's t (1 - s) + s / 2.
  * binary_focal_crossentropy  Keras: (1 - q)^gamma * binary_crossentropy with q = t p + (1 - t)(1 - p), times
                      t alpha + (1 - t)(1 - alpha) if balanced. From logits 1 - q = t sigmoid(-z) + (1 - t) sigmoid(z), since
                      1 - sigmoid(z) = 1 / (1 + e^z) = sigmoid(-z).
  * categorical_focal_crossentropy  Keras: -sum alpha (1 - p)^gamma t log p, with p clipped; from logits log p is
                      log_softmax, and 1 - p = -expm1(log p)
  * mean_squared_error, mean_absolute_error, huber  torch's mse_loss, l1_loss and huber_loss, averaged over a row
  * mean_absolute_percentage_error  Keras: mean of 100 |t - y| / max(|t|, 1e-7)
  * mean_squared_logarithmic_error  Keras: mean of (log(max(y, 1e-7) + 1) - log(max(t, 1e-7) + 1))^2
  * log_cosh          Keras: mean of x + softplus(-2 x) - log 2 with x = y - t, which is log cosh x, since
                      cosh x = e^x (1 + e^(-2 x)) / 2
  * hinge, squared_hinge  Keras: mean of max(1 - t y, 0), and of its square
  * categorical_hinge  Keras: max(max((1 - t) y) - sum t y + 1, 0)
  * kl_divergence     Keras: sum t log(t / p), t and p clipped to [1e-7, 1]. Where nothing is clipped torch's kl_div agrees,
                      which is asserted below. With a softmax log p is its log_softmax.
  * poisson           torch's poisson_nll_loss with eps 1e-7, which is Keras's mean of y - t log(y + 1e-7)
  * cosine_similarity  minus torch's cosine_similarity, which for norms that are not 0 is Keras's

losses.*.json
  dtype      "f32" or "f64"
  cases      [{"name", "loss", "kind", "options": {..}, "predictions": TENSOR [4, 5],
             "targets": TENSOR [4, 5] or "labels": [4 integers], "weights": [4 numbers] or absent,
             "perExample": [4 numbers, not weighed], "value": the sum of weight * perExample over 4, since Keras divides by the
             number of rows whatever the weights are, "gradient": TENSOR [4, 5] of value by predictions}]
    kind     what is a function of the predictions: "softmax": the loss of softmax(predictions), or "sigmoid" of theirs;
             "logits": the same, but they are handed over as logits; "plain": the predictions as they are
  trainings  one for each loss: a dense layer without a model around it, trained by plain gradient descent on one batch
             [{"loss", "options", "activation": "softmax", "sigmoid", "softplus" or "linear", "learningRate",
             "inputs": TENSOR [8, 4], "targets": TENSOR [8, 5] or "labels": [8 integers], "kernel": TENSOR [4, 5],
             "bias": TENSOR [5], "losses": [50 numbers, each before its step], "kernelAfter", "biasAfter"}]

Agreement to be expected: F32 against F64 nothing moves by more than 1e-5 of a tensor's largest magnitude (asserted below),
so an implementation that differs by more does not differ by rounding.
"""

import math

from common import DTYPES, Generator, grid, matmul
import torch
import torch.nn.functional as F

CLIP = 1e-7
STEPS = 50
SEED = 3024

LOGITS = [
    [0.5, -1.25, 2.0, 0.0, 0.75],
    [-3.0, 1.5, -0.5, 0.25, 4.0],
    [0.125, 0.125, 0.125, 0.125, 0.125],
    [6.0, -2.0, 1.0, -4.5, 0.375],
]
EXTREME = [
    [50.0, -50.0, 20.0, -20.0, 0.0],
    [-90.0, 90.0, 15.0, -15.0, 1.0],
    [30.0, 30.0, -30.0, -30.0, 30.0],
    [0.0, 8.0, -8.0, 40.0, -40.0],
]
TARGETS = [
    [0.125, 0.125, 0.5, 0.0, 0.25],
    [0.0, 1.0, 0.0, 0.0, 0.0],
    [0.0625, 0.1875, 0.25, 0.125, 0.375],
    [0.75, 0.0, 0.0, 0.25, 0.0],
]
LABELS = [2, 1, 4, 3]
ONE_HOT = [[1.0 if column == label else 0.0 for column in range(5)] for label in LABELS]
BITS = [
    [1.0, 0.0, 1.0, 0.0, 0.0],
    [0.0, 1.0, 0.0, 0.0, 1.0],
    [1.0, 1.0, 0.0, 1.0, 0.0],
    [0.0, 0.0, 1.0, 1.0, 1.0],
]
SHARES = [[0.25, 0.5, 1.0, 0.0, 0.125], [0.0, 0.75, 0.5, 0.375, 1.0], [1.0, 0.875, 0.0, 0.5, 0.0], [0.5, 0.0, 0.25, 1.0, 0.625]]
SIGNS = [[2 * bit - 1 for bit in row] for row in BITS]
PROBABILITIES = [
    [0.125, 0.25, 0.375, 0.0625, 0.1875],
    [0.5, 0.125, 0.125, 0.1875, 0.0625],
    [0.25, 0.25, 0.25, 0.125, 0.125],
    [0.03125, 0.125, 0.21875, 0.5, 0.125],
]
CLIPPED_LOW = [
    [0.25, 0.0, 0.375, 0.375, 0.0],
    [0.5, 0.0, 0.25, 0.25, 0.0],
    [0.0, 0.25, 0.25, 0.5, 1e-9],
    [1e-9, 0.25, 0.25, 0.5, 0.0],
]
CLIPPED_HIGH = [
    [0.0, 0.0, 1.0, 0.0, 0.0],
    [1.0, 0.0, 0.0, 0.0, 0.0],
    [0.25, 0.25, 0.25, 0.125, 0.125],
    [0.0, 0.0, 0.0, 1.0, 0.0],
]
MEASURED = [
    [0.5, -1.0, 2.0, 0.25, 1.0],
    [-2.75, 1.0, -0.5, 0.0, 3.0],
    [0.0, 0.25, -0.125, 1.0, 0.5],
    [4.0, -2.5, 1.0, -3.0, 0.625],
]
COUNTS = [[0.0, 1.0, 2.0, 0.0, 3.0], [1.0, 1.0, 0.0, 4.0, 2.0], [2.0, 0.0, 1.0, 0.0, 5.0], [3.0, 1.0, 2.0, 1.0, 0.0]]
POSITIVE = [[0.5, 1.25, 2.0, 0.125, 2.75], [1.5, 0.75, 0.25, 3.5, 2.0], [2.25, 0.0, 1.0, 0.375, 4.5], [2.5, 1.5, 1.75, 0.5, 0.625]]
WEIGHTS = [0.5, 2.0, 0.0, 1.25]


def softplus(x):
    return F.softplus(x, threshold=40)


def smooth(t, options, classes):
    s = options.get("label_smoothing", 0.0)
    return t * (1 - s) + s / classes if s else t


def clipped(p, high=1 - CLIP):
    return p.clamp(CLIP, high)


def categorical_crossentropy(x, t, kind, options):
    if kind != "plain":
        return F.cross_entropy(x, t, reduction="none", label_smoothing=options.get("label_smoothing", 0.0))
    return -(smooth(t, options, x.shape[1]) * torch.log(clipped(x))).sum(1)


def sparse_categorical_crossentropy(x, labels, kind, options):
    one_hot = F.one_hot(torch.tensor(labels), x.shape[1]).to(x.dtype)
    return categorical_crossentropy(x, one_hot, kind, options)


def binary_elements(x, t, kind):
    if kind != "plain":
        return F.binary_cross_entropy_with_logits(x, t, reduction="none")
    return -(t * torch.log(clipped(x)) + (1 - t) * torch.log(1 - clipped(x)))


def binary_crossentropy(x, t, kind, options):
    return binary_elements(x, smooth(t, options, 2), kind).mean(1)


def binary_focal_crossentropy(x, t, kind, options):
    t = smooth(t, options, 2)
    if kind == "plain":
        missing = t * (1 - x) + (1 - t) * x
    else:
        missing = t * torch.sigmoid(-x) + (1 - t) * torch.sigmoid(x)
    # The stable form of the cross-entropy, in which 1 - sigmoid does not cancel, as torch's own does in F32 far out.
    crossentropy = binary_elements(x, t, kind) if kind == "plain" else t * softplus(-x) + (1 - t) * softplus(x)
    focal = missing ** options.get("gamma", 2.0) * crossentropy
    if options.get("apply_class_balancing"):
        alpha = options.get("alpha", 0.25)
        focal = focal * (t * alpha + (1 - t) * (1 - alpha))
    return focal.mean(1)


def categorical_focal_crossentropy(x, t, kind, options):
    logarithms = torch.log(clipped(x)) if kind == "plain" else torch.log_softmax(x, 1)
    missing = (-torch.expm1(logarithms)) ** options.get("gamma", 2.0)
    return -(options.get("alpha", 0.25) * missing * smooth(t, options, x.shape[1]) * logarithms).sum(1)


def mean_squared_error(x, t, kind, options):
    return F.mse_loss(x, t, reduction="none").mean(1)


def mean_absolute_error(x, t, kind, options):
    return F.l1_loss(x, t, reduction="none").mean(1)


def mean_absolute_percentage_error(x, t, kind, options):
    return (100 * (t - x).abs() / t.abs().clamp(min=CLIP)).mean(1)


def mean_squared_logarithmic_error(x, t, kind, options):
    return ((torch.log(x.clamp(min=CLIP) + 1) - torch.log(t.clamp(min=CLIP) + 1)) ** 2).mean(1)


def huber(x, t, kind, options):
    return F.huber_loss(x, t, reduction="none", delta=options.get("delta", 1.0)).mean(1)


def log_cosh(x, t, kind, options):
    return ((x - t) + softplus(-2 * (x - t)) - math.log(2)).mean(1)


def hinge(x, t, kind, options):
    return (1 - t * x).clamp(min=0).mean(1)


def squared_hinge(x, t, kind, options):
    return ((1 - t * x).clamp(min=0) ** 2).mean(1)


def categorical_hinge(x, t, kind, options):
    return (((1 - t) * x).amax(1) - (t * x).sum(1) + 1).clamp(min=0)


def kl_divergence(x, t, kind, options):
    t = clipped(t, 1.0)
    logarithms = torch.log(clipped(x, 1.0)) if kind == "plain" else torch.log_softmax(x, 1)
    rows = (t * (torch.log(t) - logarithms)).sum(1)
    assert torch.allclose(rows, F.kl_div(logarithms, t, reduction="none").sum(1), rtol=1e-5)
    return rows


def poisson(x, t, kind, options):
    return F.poisson_nll_loss(x, t, log_input=False, eps=CLIP, reduction="none").mean(1)


def cosine_similarity(x, t, kind, options):
    return -F.cosine_similarity(x, t, dim=1)


BY_NAME = {function.__name__: function for function in [
    categorical_crossentropy, sparse_categorical_crossentropy, binary_crossentropy, binary_focal_crossentropy,
    categorical_focal_crossentropy, mean_squared_error, mean_absolute_error, mean_absolute_percentage_error,
    mean_squared_logarithmic_error, huber, log_cosh, hinge, squared_hinge, categorical_hinge, kl_divergence, poisson,
    cosine_similarity]}


def specifications():
    """(name, loss, kind, options, predictions, targets, weights)"""
    def case(suffix, loss, kind, predictions, targets, weights=None, **options):
        cases.append((f"{loss}/{suffix}" if suffix else loss, loss, kind, options, predictions, targets, weights))

    cases = []
    for loss, targets in [("categorical_crossentropy", TARGETS), ("sparse_categorical_crossentropy", LABELS)]:
        case("softmax", loss, "softmax", LOGITS, targets)
        case("probabilities", loss, "plain", PROBABILITIES, targets)
        case("clipped-low", loss, "plain", CLIPPED_LOW, targets)
        case("clipped-high", loss, "plain", CLIPPED_HIGH, targets)
        case("logits", loss, "logits", LOGITS, targets)
        case("extreme", loss, "logits", EXTREME, targets)
        case("smoothed", loss, "softmax", LOGITS, targets, label_smoothing=0.1)
        case("smoothed probabilities", loss, "plain", PROBABILITIES, targets, label_smoothing=0.25)
        case("weighed", loss, "softmax", LOGITS, targets, WEIGHTS)
        case("weighed, smoothed", loss, "softmax", LOGITS, targets, WEIGHTS, label_smoothing=0.1)
        case("weighed probabilities", loss, "plain", PROBABILITIES, targets, WEIGHTS)
    for loss in ["binary_crossentropy", "binary_focal_crossentropy"]:
        case("sigmoid", loss, "sigmoid", LOGITS, BITS)
        case("logits", loss, "logits", LOGITS, SHARES)
        case("extreme", loss, "sigmoid", EXTREME, BITS)
        case("probabilities", loss, "plain", PROBABILITIES, SHARES)
        case("clipped-low", loss, "plain", CLIPPED_LOW, BITS)
        case("clipped-high", loss, "plain", CLIPPED_HIGH, BITS)
        case("smoothed", loss, "sigmoid", LOGITS, BITS, label_smoothing=0.2)
        case("weighed", loss, "sigmoid", LOGITS, BITS, WEIGHTS)
    case("balanced", "binary_focal_crossentropy", "sigmoid", LOGITS, BITS, apply_class_balancing=True, alpha=0.75, gamma=1.5)
    case("gamma 0", "binary_focal_crossentropy", "sigmoid", LOGITS, BITS, gamma=0.0)
    loss = "categorical_focal_crossentropy"
    case("softmax", loss, "softmax", LOGITS, TARGETS)
    case("logits", loss, "logits", LOGITS, ONE_HOT, alpha=0.5, gamma=1.25)
    case("probabilities", loss, "plain", PROBABILITIES, TARGETS)
    case("clipped-low", loss, "plain", CLIPPED_LOW, TARGETS)
    case("smoothed", loss, "softmax", LOGITS, ONE_HOT, label_smoothing=0.1)
    case("weighed", loss, "softmax", LOGITS, TARGETS, WEIGHTS)
    for loss in ["mean_squared_error", "mean_absolute_error", "log_cosh"]:
        case("", loss, "plain", LOGITS, MEASURED)
        case("weighed", loss, "plain", LOGITS, MEASURED, WEIGHTS)
    case("extreme", "log_cosh", "plain", [[1000 * x for x in row] for row in EXTREME], MEASURED)
    case("", "mean_absolute_percentage_error", "plain", LOGITS, [[x + 0.0625 for x in row] for row in MEASURED])
    case("weighed", "mean_absolute_percentage_error", "plain", LOGITS, [[x + 0.0625 for x in row] for row in MEASURED], WEIGHTS)
    case("a target of 0", "mean_absolute_percentage_error", "plain", LOGITS, MEASURED)
    case("", "mean_squared_logarithmic_error", "plain", POSITIVE, COUNTS)
    case("negative", "mean_squared_logarithmic_error", "plain", LOGITS, COUNTS, WEIGHTS)
    case("", "huber", "plain", LOGITS, MEASURED)
    case("delta 0.25", "huber", "plain", LOGITS, MEASURED, delta=0.25)
    case("weighed", "huber", "plain", LOGITS, MEASURED, WEIGHTS, delta=2.0)
    off_kinks = [[x + 0.03125 for x in row] for row in LOGITS]
    for loss in ["hinge", "squared_hinge"]:
        case("", loss, "plain", off_kinks, SIGNS)
        case("weighed", loss, "plain", off_kinks, SIGNS, WEIGHTS)
    case("", "categorical_hinge", "plain", LOGITS, ONE_HOT)
    case("weighed", "categorical_hinge", "plain", LOGITS, ONE_HOT, WEIGHTS)
    case("", "kl_divergence", "plain", PROBABILITIES, TARGETS)
    case("clipped-low", "kl_divergence", "plain", CLIPPED_LOW, TARGETS)
    case("softmax", "kl_divergence", "softmax", LOGITS, TARGETS, WEIGHTS)
    case("", "poisson", "plain", POSITIVE, COUNTS)
    case("weighed", "poisson", "plain", POSITIVE, COUNTS, WEIGHTS)
    case("", "cosine_similarity", "plain", LOGITS, MEASURED[::-1])
    case("weighed", "cosine_similarity", "plain", LOGITS, MEASURED[::-1], WEIGHTS)
    return cases


def case_document(dtype, name, loss, kind, options, predictions, targets, weights):
    x = torch.tensor(predictions, dtype=dtype).requires_grad_()
    sparse = loss.startswith("sparse")
    t = targets if sparse else torch.tensor(targets, dtype=dtype)
    rows = BY_NAME[loss](x, t, kind, options)
    value = (rows * torch.tensor(weights or [1.0] * len(predictions), dtype=dtype)).mean()
    value.backward()
    return {
        "name": name, "loss": loss, "kind": kind, "options": options, "predictions": x.detach(),
        "labels" if sparse else "targets": t,
    } | ({"weights": weights} if weights else {}) | {
        "perExample": rows.tolist(), "value": value.item(), "gradient": x.grad,
    }


ACTIVATIONS = {"softmax": lambda z: z, "sigmoid": lambda z: z, "softplus": softplus, "linear": lambda z: z}


def training_document(dtype, index, loss, activation, learning_rate, draw, options):
    generator = Generator(SEED + index)
    inputs = torch.tensor([[grid(generator.uniform(-1, 1)) for _ in range(4)] for _ in range(8)], dtype=dtype)
    targets = draw(generator)
    sparse = loss.startswith("sparse")
    t = targets if sparse else torch.tensor(targets, dtype=dtype)
    kernel = torch.tensor([[grid(generator.uniform(-0.7, 0.7)) for _ in range(5)] for _ in range(4)], dtype=dtype)
    bias = torch.tensor([grid(generator.uniform(-0.2, 0.2)) for _ in range(5)], dtype=dtype)
    start = (kernel.clone(), bias.clone())
    kind = activation if activation in ("softmax", "sigmoid") else "plain"
    values = []
    for _ in range(STEPS):
        kernel.requires_grad_()
        bias.requires_grad_()
        value = BY_NAME[loss](ACTIVATIONS[activation](matmul(inputs, kernel) + bias), t, kind, options).mean()
        gradients = torch.autograd.grad(value, [kernel, bias])
        kernel, bias = kernel.detach() - learning_rate * gradients[0], bias.detach() - learning_rate * gradients[1]
        values.append(value.item())
    return {
        "loss": loss, "options": options, "activation": activation, "learningRate": learning_rate, "inputs": inputs,
        "labels" if sparse else "targets": t, "kernel": start[0], "bias": start[1], "losses": values,
        "kernelAfter": kernel, "biasAfter": bias,
    }


def trainings(dtype):
    def table(draw):
        return lambda generator: [[draw(generator) for _ in range(5)] for _ in range(8)]

    def labels(generator):
        return [generator.below(5) for _ in range(8)]

    def one_hot(generator):
        return [[1.0 if i == label else 0.0 for i in range(5)] for label in labels(generator)]

    def shares(generator):
        cuts = [sorted(generator.below(1025) for _ in range(4)) for _ in range(8)]
        return [[(b - a) / 1024 for a, b in zip([0] + cut, cut + [1024])] for cut in cuts]

    bits = table(lambda generator: float(generator.below(2)))
    signs = table(lambda generator: 2.0 * generator.below(2) - 1)
    numbers = table(lambda generator: grid(generator.uniform(-2, 2)))
    away = table(lambda generator: grid((2 * generator.below(2) - 1) * generator.uniform(0.5, 2)))
    counts = table(lambda generator: float(generator.below(4)))
    rows = [
        ("categorical_crossentropy", "softmax", 0.5, shares, {"label_smoothing": 0.1}),
        ("sparse_categorical_crossentropy", "softmax", 0.5, labels, {}),
        ("binary_crossentropy", "sigmoid", 0.5, bits, {}),
        ("binary_focal_crossentropy", "sigmoid", 1.0, bits, {"apply_class_balancing": True}),
        ("categorical_focal_crossentropy", "softmax", 1.0, one_hot, {}),
        ("mean_squared_error", "linear", 0.25, numbers, {}),
        ("mean_absolute_error", "linear", 0.125, numbers, {}),
        ("mean_absolute_percentage_error", "linear", 0.001, away, {}),
        ("mean_squared_logarithmic_error", "softplus", 0.25, counts, {}),
        ("huber", "linear", 0.25, numbers, {"delta": 0.75}),
        ("log_cosh", "linear", 0.25, numbers, {}),
        ("hinge", "linear", 0.125, signs, {}),
        ("squared_hinge", "linear", 0.125, signs, {}),
        ("categorical_hinge", "linear", 0.0625, one_hot, {}),
        ("kl_divergence", "softmax", 0.5, shares, {}),
        ("poisson", "softplus", 0.125, counts, {}),
        ("cosine_similarity", "linear", 0.25, numbers, {}),
    ]
    assert [row[0] for row in rows] == list(BY_NAME)
    return [training_document(dtype, index, *row) for index, row in enumerate(rows)]


def assert_near(rough, exact, tolerance=1e-5):
    """F32 and F64 within what a test allows, so that no case sits on a kink or amplifies rounding. 1 - 1e-7 itself rounds in F32."""
    for a, b in zip(rough["cases"] + rough["trainings"], exact["cases"] + exact["trainings"]):
        if b.get("name", "").endswith("clipped-high"):
            continue
        for key, value in b.items():
            if not isinstance(value, (torch.Tensor, float)) and key not in ("perExample", "losses"):
                continue
            wanted, given = torch.as_tensor(value, dtype=torch.float64), torch.as_tensor(a[key], dtype=torch.float64)
            error = (wanted - given).abs().max() / wanted.abs().max().clamp(min=1e-30)
            assert error <= tolerance, (b.get("name", b["loss"]), key, error.item())


def build(dtype_name):
    dtype = DTYPES[dtype_name]
    return {"dtype": dtype_name, "clip": CLIP, "cases": [case_document(dtype, *case) for case in specifications()],
            "trainings": trainings(dtype)}


def document(dtype_name):
    documents = {name: build(name) for name in DTYPES}
    assert_near(documents["f32"], documents["f64"])
    return documents[dtype_name]
