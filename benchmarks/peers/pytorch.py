"""The book's first model (samples/Mlp/models/bn-after.json) in PyTorch.

Usage: pytorch.py DATA THREADS    It answers the lines that benchmarks/Benchmarks/Answers.cs describes.
"""
import sys
import time

import torch
from torch import nn

PIXELS, CLASSES = 784, 10


def load(file):
    """Bytes, all pixels and then all labels; the features are turned into numbers once, not in each epoch."""
    with open(file, "rb") as stream:
        everything = torch.frombuffer(bytearray(stream.read()), dtype=torch.uint8)
    count = len(everything) // (PIXELS + 1)
    return everything[:count * PIXELS].reshape(count, PIXELS).float() / 255, everything[count * PIXELS:].long()


def norm(size):
    """Keras's defaults: momentum 0.99 of the old value, which PyTorch counts as 0.01 of the new one; epsilon 1e-3."""
    return nn.BatchNorm1d(size, momentum=0.01, eps=1e-3)


def model():
    return nn.Sequential(norm(PIXELS), nn.Linear(PIXELS, 300), nn.ELU(), norm(300), nn.Linear(300, 100), nn.ELU(), norm(100), nn.Linear(100, CLASSES))


def rate_without_warm_up(action, seconds):
    start, times = time.perf_counter(), 0
    while True:
        action()
        times += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return times / elapsed


def rate(action, seconds):
    rate_without_warm_up(action, seconds / 5)
    return rate_without_warm_up(action, seconds)


def train(features, labels, rule, batch, seconds):
    net = model().train()
    if rule == "sgd":
        update = torch.optim.SGD(net.parameters(), lr=0.01)
    else:
        update = torch.optim.Adam(net.parameters(), lr=0.001, eps=1e-7)
    total = 0.0

    def epoch():
        nonlocal total
        order = torch.randperm(len(labels))
        for rows in order.split(batch):
            loss = nn.functional.cross_entropy(net(features.index_select(0, rows)), labels.index_select(0, rows))
            update.zero_grad(set_to_none=True)
            loss.backward()
            update.step()
            total += loss.item()

    return len(labels) * rate(epoch, seconds)


def infer(features, batch, seconds):
    with torch.inference_mode():
        net = model().eval()
        inputs = features[:batch].clone()
        return batch * rate(lambda: net(inputs).softmax(1), seconds)


def main():
    torch.set_num_threads(int(sys.argv[2]))
    torch.manual_seed(1)
    features, labels = load(sys.argv[1])
    for line in sys.stdin:
        verb, rule, batch, seconds = line.split()
        answer = train(features, labels, rule, int(batch), float(seconds)) if verb == "train" else infer(features, int(batch), float(seconds))
        print(answer, flush=True)


main()
