"""The metrics over one set of examples, weighed and not, each from its definition in plain Python: no framework takes part. Run
generate.py, which writes what document() gives.

  * accuracies: the mean of 1 where right; top k: fewer than k classes have a larger score, or an equal one further to the left
  * precision, recall, f1_score of a class c, from the examples of which it is the label, the answer, or both; macro is the
    mean over classes, micro the score of the sums, weighted the mean with the labels' weights; 0/0 is 0
  * auc: Keras's, threshold by threshold: -1e-7, i/199 for i from 1 to 198, and 1 + 1e-7; a score above the threshold counts as 1.
    ROC: the trapezoids of recall over the false positives' rate. PR: Davis and Goadrich's interpolation, as Keras writes it.
  * auc_ranks: the share of pairs of a 1 and a 0 in which the 1 has the larger score, ties counting half (Mann and Whitney), which
    is the exact area under ROC. The scores are multiples of 1/64 and so never share a stretch of 1/199: the two must agree.
  * mean_absolute_error, mean_squared_error, root_mean_squared_error over all elements; r2_score the mean over the columns of
    1 - sum w (t - y)^2 / sum w (t - mean t)^2, with the mean taken first

metrics.json
  labels, weights  [60 integers], [60 numbers]
  scores           TENSOR [60, 5], with many ties
  bits, ranks      [60 numbers], 0 or 1, and their scores from 0 to 1
  targets, outputs TENSOR [60, 2]
  confusion        [{"weighed", "counts": TENSOR [5, 5]}]: a row a label, a column an answer
  expected         [{"metric", "data": "classes", "bits" or "numbers", "weighed", "options", "value"}]
"""

import math

from common import Generator, grid
import torch

ROWS, CLASSES, THRESHOLDS, SEED = 60, 5, 200, 4024


def mean(values, weights):
    return sum(v * w for v, w in zip(values, weights)) / sum(weights)


def largest(row):
    return max(range(len(row)), key=lambda i: (row[i], -i))


def place(row, label):
    """How many classes stand before the label's."""
    return sum(1 for i, score in enumerate(row) if score > row[label] or (score == row[label] and i < label))


def scores(both, answered, labelled):
    def ratio(a, b):
        return a / b if b else 0.0

    precision, recall = ratio(both, answered), ratio(both, labelled)
    return {"precision": precision, "recall": recall, "f1_score": ratio(2 * precision * recall, precision + recall)}


def by_class(labels, answers, weights):
    def total(condition):
        return sum(w for a, b, w in zip(labels, answers, weights) if condition(a, b))

    return [(total(lambda a, b: a == c and b == c), total(lambda a, b: b == c), total(lambda a, b: a == c)) for c in range(CLASSES)]


def averaged(metric, average, counts):
    if average == "micro":
        return scores(*[sum(column) for column in zip(*counts)])[metric]
    values = [scores(*count)[metric] for count in counts]
    return mean(values, [labelled for _, _, labelled in counts] if average == "weighted" else [1] * CLASSES)


def curve_points(bits, ranks, weights):
    thresholds = [-1e-7] + [i / (THRESHOLDS - 1) for i in range(1, THRESHOLDS - 1)] + [1 + 1e-7]
    points = []
    for threshold in thresholds:
        tp = sum(w for b, r, w in zip(bits, ranks, weights) if r > threshold and b == 1)
        fp = sum(w for b, r, w in zip(bits, ranks, weights) if r > threshold and b == 0)
        points.append((tp, fp))
    return points


def auc(curve, bits, ranks, weights):
    points = curve_points(bits, ranks, weights)
    ones, zeros = mean(bits, weights) * sum(weights), sum(w for b, w in zip(bits, weights) if b == 0)
    area = 0.0
    for (tp0, fp0), (tp1, fp1) in zip(points, points[1:]):
        if curve == "roc":
            area += (fp0 - fp1) / zeros * (tp0 + tp1) / 2 / ones
            continue
        p0, p1 = tp0 + fp0, tp1 + fp1
        slope = (tp0 - tp1) / (p0 - p1) if p0 > p1 else 0.0
        intercept = tp1 - slope * p1
        ratio = p0 / p1 if p0 > 0 and p1 > 0 else 1.0
        area += slope * (tp0 - tp1 + intercept * math.log(ratio)) / ones
    return area


def auc_ranks(bits, ranks, weights):
    won = total = 0.0
    for b, r, w in zip(bits, ranks, weights):
        for other_b, other_r, other_w in zip(bits, ranks, weights):
            if b == 1 and other_b == 0:
                total += w * other_w
                won += w * other_w * (1 if r > other_r else 0.5 if r == other_r else 0)
    return won / total


def r2(targets, outputs, weights):
    columns = []
    for t, y in zip(zip(*targets), zip(*outputs)):
        centre = mean(t, weights)
        residual = sum(w * (a - b) ** 2 for a, b, w in zip(t, y, weights))
        columns.append(1 - residual / sum(w * (a - centre) ** 2 for a, w in zip(t, weights)))
    return sum(columns) / len(columns)


def document():
    generator = Generator(SEED)
    labels = [generator.below(CLASSES) for _ in range(ROWS)]
    table = [[generator.below(12) / 16 + (0.25 if i == label else 0) for i in range(CLASSES)] for label in labels]
    bits = [float(generator.below(3) == 0) for _ in range(ROWS)]
    ranks = [(generator.below(49) + 15 * int(bit) + 0.5) / 64 for bit in bits]
    targets = [[grid(generator.uniform(-2, 2)), grid(generator.uniform(90, 110))] for _ in range(ROWS)]
    outputs = [[grid(t + generator.normal(1)), grid(u + generator.normal(2))] for t, u in targets]
    weights = [generator.below(8) / 4 for _ in range(ROWS)]
    answers = [largest(row) for row in table]
    expected, confusion = [], []
    for weighed in [False, True]:
        w = weights if weighed else [1.0] * ROWS

        def add(metric, data, value, **options):
            expected.append({"metric": metric, "data": data, "weighed": weighed, "options": options, "value": value})

        right = [float(place(row, label) == 0) for row, label in zip(table, labels)]
        for name in ["accuracy", "categorical_accuracy", "sparse_categorical_accuracy"]:
            add(name, "classes", mean(right, w))
        for k in [1, 2, 3, 5]:
            value = mean([float(place(row, label) < k) for row, label in zip(table, labels)], w)
            add("top_k_categorical_accuracy", "classes", value, k=k)
            add("sparse_top_k_categorical_accuracy", "classes", value, k=k)
        counts = by_class(labels, answers, w)
        for metric in ["precision", "recall", "f1_score"]:
            for average in ["macro", "micro", "weighted"]:
                add(metric, "classes", averaged(metric, average, counts), average=average)
        for threshold in [0.5, 0.25, 0.75]:
            chosen = [float(rank > threshold) for rank in ranks]
            both = sum(v for b, c, v in zip(bits, chosen, w) if b == c == 1)
            ones = scores(both, sum(c * v for c, v in zip(chosen, w)), sum(b * v for b, v in zip(bits, w)))
            for metric, value in ones.items():
                add(metric, "bits", value, threshold=threshold)
            add("binary_accuracy", "bits", mean([float(b == c) for b, c in zip(bits, chosen)], w), threshold=threshold)
        exact = auc_ranks(bits, ranks, w)
        assert abs(exact - auc("roc", bits, ranks, w)) < 1e-12
        add("auc", "bits", exact, curve="roc")
        add("auc", "bits", auc("pr", bits, ranks, w), curve="pr")
        flat = ([t for row in targets for t in row], [y for row in outputs for y in row], [v for v in w for _ in range(2)])
        errors = [y - t for t, y in zip(*flat[:2])]
        add("mean_absolute_error", "numbers", mean([abs(e) for e in errors], flat[2]))
        add("mean_squared_error", "numbers", mean([e * e for e in errors], flat[2]))
        add("root_mean_squared_error", "numbers", math.sqrt(mean([e * e for e in errors], flat[2])))
        add("r2_score", "numbers", r2(targets, outputs, w))
        cells = [[sum(v for a, b, v in zip(labels, answers, w) if a == row and b == column) for column in range(CLASSES)] for row in range(CLASSES)]
        confusion.append({"weighed": weighed, "counts": torch.tensor(cells, dtype=torch.float64)})
    return {
        "labels": labels, "weights": weights, "scores": torch.tensor(table, dtype=torch.float64), "bits": bits, "ranks": ranks,
        "targets": torch.tensor(targets, dtype=torch.float64), "outputs": torch.tensor(outputs, dtype=torch.float64),
        "confusion": confusion, "expected": expected,
    }
